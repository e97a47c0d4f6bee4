"""Subjects of `network`."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_logs

from cdk_containers import (
    Logs,
    NatGateways,
    Network,
)

from .model import Subject

SUBJECTS: list[Subject] = [
    Subject(Network, lambda stack, given: Network(stack, "Network", **given)),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Network": {
        "cidr": "10.1.0.0/16",
        "max_azs": 2,
        "nat_gateways": NatGateways.SINGLE,
        "isolated_subnets": True,
        "interface_endpoints": True,
        "flow_logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
