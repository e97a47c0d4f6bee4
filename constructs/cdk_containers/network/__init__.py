"""Where things run: a VPC with private subnets, egress, endpoints and flow logs."""

from .network import (
    WHICH_SUBNETS,
    NatGateways,
    Network,
    NetworkLike,
    public_subnet_problems,
    subnet_ids_of,
    subnet_problems,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
    which_subnets_problems,
)

__all__ = [
    "WHICH_SUBNETS",
    "NatGateways",
    "Network",
    "NetworkLike",
    "public_subnet_problems",
    "subnet_ids_of",
    "subnet_problems",
    "task_subnet_problems",
    "task_subnets_of",
    "vpc_of",
    "which_subnets_problems",
]
