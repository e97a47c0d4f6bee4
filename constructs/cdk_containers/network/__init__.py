"""A VPC with private subnets, egress, endpoints and flow logs."""

from .connections import Connections, groups_of
from .file_systems import access_point_of, efs_problems, open_file_system
from .nat_gateways import NatGateways
from .network import (
    WHICH_SUBNETS,
    Network,
    NetworkLike,
    different_networks,
    has_ipv6,
    open_ipv6_egress,
    task_subnets_of,
    vpc_of,
)
from .security_group_rules import PortRange, RuleKey, let_in, rules_of
from .subnet_checks import (
    public_subnet_problems,
    selection_problems,
    task_subnet_problems,
    which_subnets_problems,
)
from .subnets import SubnetMasks
from .vpc_subnets import select_subnets, subnet_ids_of, subnet_problems
from .way_out import warn_without_way_out

__all__ = [
    "WHICH_SUBNETS",
    "Connections",
    "NatGateways",
    "Network",
    "NetworkLike",
    "PortRange",
    "RuleKey",
    "SubnetMasks",
    "access_point_of",
    "different_networks",
    "efs_problems",
    "groups_of",
    "has_ipv6",
    "let_in",
    "open_file_system",
    "open_ipv6_egress",
    "public_subnet_problems",
    "rules_of",
    "select_subnets",
    "selection_problems",
    "subnet_ids_of",
    "subnet_problems",
    "task_subnet_problems",
    "task_subnets_of",
    "vpc_of",
    "warn_without_way_out",
    "which_subnets_problems",
]
