"""What the registry schemas of CloudFormation say about a property: whether another value replaces the resource.

cfn-lint carries the schemas, so nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

_REGION = "us-east-1"

IN_PLACE: Mapping[str, str] = {
    "AWS::AutoScaling::AutoScalingGroup/VPCZoneIdentifier": "replaced only under AutoScalingReplacingUpdate",
    "AWS::AutoScaling::AutoScalingGroup/LaunchTemplate": "replaced only under AutoScalingReplacingUpdate",
    "AWS::AutoScaling::AutoScalingGroup/MixedInstancesPolicy": "replaced only under AutoScalingReplacingUpdate",
    "AWS::EC2::Subnet/Ipv6CidrBlock": "an update associates a block with a subnet that had none: its handler may",
}
"""Properties that the schemas call create-only on a condition that no template here meets, with that condition."""


COMES_OR_GOES: Mapping[str, str] = {
    "AWS::ElasticLoadBalancing::LoadBalancer/HealthCheck": "changed in place, while there is one",
    "AWS::ElasticLoadBalancing::LoadBalancer/Subnets": "changed in place, while there is one",
    "AWS::ElasticLoadBalancing::LoadBalancer/AvailabilityZones": "changed in place, while there is one",
}
"""Properties that replace a resource only when there was none, or is none any more."""


@cache
def create_only(type_: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths of the properties whose change replaces a resource of this type."""
    schema = _schema(type_)
    always = schema.get("createOnlyProperties", ())
    sometimes = [
        path
        for path in schema.get("conditionalCreateOnlyProperties", ())
        if f"{type_}/{'/'.join(_steps(path))}" not in IN_PLACE
    ]
    return tuple(_steps(path) for path in (*always, *sometimes))


@cache
def names(type_: str) -> tuple[tuple[str, ...], ...]:
    """Return sets of properties that tell a resource of this type from all others, and that a template may set."""
    schema = _schema(type_)
    read_only = {_steps(path) for path in schema.get("readOnlyProperties", ())}
    identifiers = [schema.get("primaryIdentifier", ()), *schema.get("additionalIdentifiers", ())]
    found = []
    for identifier in identifiers:
        steps = [_steps(path) for path in identifier]
        if steps and not any(step in read_only or len(step) > 1 for step in steps):
            found.append(tuple(step[0] for step in steps))
    noun = type_.rsplit("::", 1)[1]
    own = {f"{noun}Name", "Name"} & {path[0] for path in create_only(type_) if len(path) == 1}
    return (*found, *((name,) for name in sorted(own) if (name,) not in found))


def has_schema(type_: str) -> bool:
    try:
        _schema(type_)
    except KeyError:
        return False
    return True


@cache
def _schema(type_: str) -> Mapping[str, Any]:
    # cfn-lint's own error for a type that it does not know is no part of its interface.
    if type_.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return {}
    if type_ not in PROVIDER_SCHEMA_MANAGER.get_resource_types(_REGION):
        raise KeyError(type_)
    schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, type_).schema
    return schema


def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.removeprefix("/properties/").split("/"))
