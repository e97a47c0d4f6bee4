"""What pods run on: nodes that EKS manages, nodes of one's own, Fargate, Karpenter, machines outside AWS."""

from ..rendering import Taint
from .fargate_profile import FargateProfile, FargateSelector
from .managed_node_group import ManagedNodeGroup
from .node_options import NodeOptions
from .self_managed_nodes import SelfManagedNodes

__all__ = [
    "FargateProfile",
    "FargateSelector",
    "ManagedNodeGroup",
    "NodeOptions",
    "SelfManagedNodes",
    "Taint",
]
