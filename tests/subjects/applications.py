"""Subjects of `applications`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs

from cdk_containers import (
    AlbExposure,
    Application,
    Approval,
    BlueGreen,
    ConstructError,
    Disabled,
    Environment,
    ExistingNetwork,
    FargateCapacity,
    HostedDomain,
    NatGateways,
    NewNetwork,
    WebService,
)
from tests.toolkit import IMAGE, REASON, certificate, network

from .making import OFF, domain
from .subject import Change, Subject


def _application(stack: cdk.Stack, given: dict[str, Any]) -> Application:
    made = Application(stack, "App", **given)
    if given.get("certificates") or made.domain or given.get("https", True) is not True:
        try:
            made.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080, domain=made.domain))
        except ConstructError:  # the application itself was right, and would stay
            stack.node.try_remove_child("App")
            raise
    return made


EXISTING = {
    "vpc_id": "vpc-0123456789abcdef0",
    "availability_zones": ["eu-west-1a", "eu-west-1b"],
    "private_subnet_ids": ["subnet-0000000000000000a", "subnet-0000000000000000b"],
    "public_subnet_ids": ["subnet-0000000000000000c", "subnet-0000000000000000d"],
}
ZONE_ID = "Z0123456789EXAMPLE"

SUBJECTS: list[Subject] = [
    Subject(
        Application,
        _application,
        lambda stack: {"network": network(stack), "certificates": [certificate(stack)]},
    ),
    Subject(
        Environment,
        lambda stack, given: _application(stack, {"environment": Environment(**given)}),
        lambda _: {"domain": HostedDomain(name="shop.example.com", zone_id=ZONE_ID)},
    ),
    Subject(
        NewNetwork,
        lambda stack, given: _application(stack, {"environment": Environment(network=NewNetwork(**given))}),
    ),
    Subject(
        ExistingNetwork,
        lambda stack, given: _application(
            stack, {"certificates": [certificate(stack)], "environment": Environment(network=ExistingNetwork(**given))}
        ),
        lambda _: EXISTING,
    ),
    Subject(
        HostedDomain,
        lambda stack, given: _application(stack, {"environment": Environment(domain=HostedDomain(**given))}),
        lambda _: {"name": "shop.example.com"},
    ),
    Subject(
        Approval,
        lambda stack, given: _application(stack, {"environment": Environment(approval=Approval(**given))}),
        lambda _: {"email_addresses": ["team@example.com"]},
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
        "domain": HostedDomain(name="other.example.com", zone_id=ZONE_ID),
        "network": ExistingNetwork(**EXISTING),  # type: ignore[arg-type]
        "email_addresses": ["team@example.com"],
        "deployment": BlueGreen(),
        "capacity": [FargateCapacity.spot()],
        "architecture": "ARM64",
        "nat_gateways": NatGateways.SINGLE,
        "desired_count": 3,
        "log_retention": aws_logs.RetentionDays.ONE_MONTH,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "subdomain": "dev",
        "throw_away": Disabled(REASON),
    },
    "NewNetwork": {"cidr": "10.1.0.0/16", "max_azs": 2},
    "ExistingNetwork": {
        "vpc_id": "vpc-0fedcba9876543210",
        "private_subnet_ids": ["subnet-0000000000000000e", "subnet-0000000000000000f"],
        "public_subnet_ids": ["subnet-0000000000000000e", "subnet-0000000000000000f"],
        "dual_stack": True,
    },
    "HostedDomain": {
        "name": "store.example.com",
        "zone_id": ZONE_ID,
    },
}

_OF_PIPELINES = "what a pipeline asks before it deploys: see its tests"

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "Environment.account": "the stack says where it is deployed: see test_environment",
    "Environment.region": "the stack says where it is deployed: see test_environment",
    "Environment.approval": _OF_PIPELINES,
    "Approval.email_addresses": _OF_PIPELINES,
    "Approval.timeout": _OF_PIPELINES,
    "Approval.reason": _OF_PIPELINES,
    "ExistingNetwork.availability_zones": "only subnets are in templates: see test_environment",
    "HostedDomain.zone_name": "CDK checks names by it: see test_environment",
}

NOT_A_SUBJECT: dict[str, str] = {}
