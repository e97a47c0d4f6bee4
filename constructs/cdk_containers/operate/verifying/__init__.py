"""What a deployment needs, looked up before it begins: images, secrets, certificates, versions of EKS, quotas."""
