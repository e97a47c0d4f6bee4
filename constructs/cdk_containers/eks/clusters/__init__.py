"""EKS clusters: who may use them, what belongs to them, and what is applied to them."""

from .eks_cluster import EksCluster

__all__ = ["EksCluster"]
