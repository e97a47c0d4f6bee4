"""Where things run: a VPC with private subnets, egress, endpoints and flow logs."""

from .connections import Connections
from .network import (
    WHICH_SUBNETS,
    NatGateways,
    Network,
    NetworkLike,
    different_networks,
    public_subnet_problems,
    subnet_ids_of,
    subnet_problems,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
    which_subnets_problems,
)
from .security_group_rules import PortRange, RuleKey, let_in, rules_of

__all__ = [
    "WHICH_SUBNETS",
    "Connections",
    "NatGateways",
    "Network",
    "NetworkLike",
    "PortRange",
    "RuleKey",
    "different_networks",
    "let_in",
    "public_subnet_problems",
    "rules_of",
    "subnet_ids_of",
    "subnet_problems",
    "task_subnet_problems",
    "task_subnets_of",
    "vpc_of",
    "which_subnets_problems",
]
