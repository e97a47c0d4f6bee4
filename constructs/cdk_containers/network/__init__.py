"""Where things run: a VPC with private subnets, egress, endpoints and flow logs."""

from .network import (
    NatGateways,
    Network,
    NetworkLike,
    different_networks,
    public_subnet_problems,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
)
from .security_group_rules import PortRange, RuleKey, let_in, rules_of

__all__ = [
    "NatGateways",
    "Network",
    "NetworkLike",
    "PortRange",
    "RuleKey",
    "different_networks",
    "let_in",
    "public_subnet_problems",
    "rules_of",
    "task_subnet_problems",
    "task_subnets_of",
    "vpc_of",
]
