"""Checks the prerequisites of a deployment: images, secrets, certificates, EKS versions and quotas."""
