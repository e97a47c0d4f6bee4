"""Subjects of `network`."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_logs

from cdk_containers import (
    Logs,
    NatGateways,
    Network,
    SubnetMasks,
)

from .subject import Subject

SUBJECTS: list[Subject] = [
    Subject(Network, lambda stack, given: Network(stack, "Network", **given)),
    Subject(
        SubnetMasks,
        lambda stack, given: Network(stack, "Network", isolated_subnets=True, subnet_masks=SubnetMasks(**given)),
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Network": {
        "cidr": "10.1.0.0/16",
        "max_azs": 2,
        "nat_gateways": NatGateways.SINGLE,
        "isolated_subnets": True,
        "interface_endpoints": True,
        "flow_logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "dual_stack": True,
        "subnet_masks": SubnetMasks(private=22),
    },
    "SubnetMasks": {"public": 25, "private": 22, "isolated": 26},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
