"""Containers on Amazon EKS."""
