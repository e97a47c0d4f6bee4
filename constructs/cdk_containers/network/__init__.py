"""Where things run: a VPC with private subnets, egress, endpoints and flow logs."""

from .network import (
    NatGateways,
    Network,
    NetworkLike,
    different_networks,
    has_ipv6,
    open_ipv6_egress,
    public_subnet_problems,
    selection_problems,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
)
from .security_group_rules import PortRange, RuleKey, let_in, rules_of
from .subnets import SubnetMasks
from .way_out import warn_without_way_out

__all__ = [
    "NatGateways",
    "Network",
    "NetworkLike",
    "PortRange",
    "RuleKey",
    "SubnetMasks",
    "different_networks",
    "has_ipv6",
    "let_in",
    "open_ipv6_egress",
    "public_subnet_problems",
    "rules_of",
    "selection_problems",
    "task_subnet_problems",
    "task_subnets_of",
    "vpc_of",
    "warn_without_way_out",
]
