"""Where things run: a VPC with private subnets, egress, endpoints and flow logs."""

from .network import (
    NatGateways,
    Network,
    NetworkLike,
    public_subnet_problems,
    subnet_ids_of,
    subnet_problems,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
)

__all__ = [
    "NatGateways",
    "Network",
    "NetworkLike",
    "public_subnet_problems",
    "subnet_ids_of",
    "subnet_problems",
    "task_subnet_problems",
    "task_subnets_of",
    "vpc_of",
]
