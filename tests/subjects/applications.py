"""Subjects of `applications`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs

from cdk_containers import AlbExposure, Application, Disabled, Environment, FargateCapacity, NatGateways, WebService
from tests.toolkit import IMAGE, REASON, certificate, network

from .making import OFF, domain
from .subject import Change, Subject


def _application(stack: cdk.Stack, given: dict[str, Any]) -> Application:
    made = Application(stack, "App", **given)
    if given.get("certificates") or made.domain or given.get("https", True) is not True:
        made.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080, domain=made.domain))
    return made


SUBJECTS: list[Subject] = [
    Subject(
        Application,
        _application,
        lambda stack: {"network": network(stack), "certificates": [certificate(stack)]},
    ),
    Subject(
        Environment,
        lambda stack, given: _application(stack, {"domain": domain(stack), "environment": Environment(**given)}),
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Application": {
        "environment": Environment.development(),
        "network": None,
        "domain": domain,
        "certificates": lambda stack: [certificate(stack, "Other")],
        "https": Change(OFF, along={"certificates": []}),
        "email_addresses": ["team@example.com"],
    },
    "Environment": {
        "name": "other",
        "capacity": [FargateCapacity.spot()],
        "architecture": "ARM64",
        "nat_gateways": NatGateways.SINGLE,
        "desired_count": 3,
        "log_retention": aws_logs.RetentionDays.ONE_MONTH,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "subdomain": "dev",
        "throw_away": Disabled(REASON),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
