"""A workload as Kubernetes objects, and what of it has no counterpart there. Nothing here needs AWS CDK."""

from .cluster_facts import ClusterFacts, Compute
from .node_facts import CapacityType, NodeFacts, Taint, label_problems, pod_fit_problems
from .rendered import Loss, Rendered

__all__ = [
    "CapacityType",
    "ClusterFacts",
    "Compute",
    "Loss",
    "NodeFacts",
    "Rendered",
    "Taint",
    "label_problems",
    "pod_fit_problems",
]
