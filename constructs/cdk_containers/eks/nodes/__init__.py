"""Compute for pods: managed nodes, self-managed nodes, Fargate, Karpenter and hybrid nodes."""

from ..rendering import Taint
from .fargate_profile import FargateProfile, FargateSelector, runs_on_fargate
from .hybrid_nodes import HybridNodes
from .karpenter_nodes import KarpenterNodes
from .karpenter_pool import KarpenterPool
from .managed_node_group import ManagedNodeGroup
from .node_options import NodeOptions
from .roles_anywhere import RolesAnywhere
from .self_managed_nodes import SelfManagedNodes

__all__ = [
    "FargateProfile",
    "FargateSelector",
    "HybridNodes",
    "KarpenterNodes",
    "KarpenterPool",
    "ManagedNodeGroup",
    "NodeOptions",
    "RolesAnywhere",
    "SelfManagedNodes",
    "Taint",
    "runs_on_fargate",
]
