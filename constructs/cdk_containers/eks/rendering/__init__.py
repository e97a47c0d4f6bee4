"""A workload as Kubernetes objects, and what of it has no counterpart there. Nothing here needs AWS CDK."""

from .cluster_facts import ClusterFacts, Compute
from .rendered import Loss, Rendered

__all__ = ["ClusterFacts", "Compute", "Loss", "Rendered"]
