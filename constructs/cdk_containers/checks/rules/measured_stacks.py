"""Quota usage of stacks, networks, roles and policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from cdk_containers.checks.templates import WHOLE, Resource

from .known_size import least_size
from .measures import measures
from .roles import MANAGED_POLICY, ROLE
from .security_groups import GROUP, egress, ingress
from .subnets import SUBNET, VPC, routes_of

_ROUTE_TABLE = "AWS::EC2::RouteTable"
_INLINE = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")


@measures("stack-resources", WHOLE)
def resources(stack: Resource) -> float:
    """Count the resources."""
    return len(stack.template.resources)


@measures("stack-outputs", WHOLE)
def outputs(stack: Resource) -> float:
    """Count the outputs."""
    return len(stack.template.outputs)


@measures("stack-parameters", WHOLE)
def parameters(stack: Resource) -> float:
    """Count the parameters."""
    return len(stack.template.parameters)


@measures("stack-mappings", WHOLE)
def mappings(stack: Resource) -> float:
    """Count the mappings."""
    return len(stack.template.mappings)


@measures("template-bytes", WHOLE)
def size(stack: Resource) -> float:
    """Return the length of the template file."""
    file = Path(stack.template.name)
    return file.stat().st_size if file.is_file() else len(json.dumps(stack.template.source, default=str))


@measures("security-group-rules", GROUP)
def rules(group: Resource) -> float:
    """Count the rules in the direction that has more of them."""
    return max(len(ingress(group)), len(egress(group)))


@measures("vpc-subnets", VPC)
def subnets(vpc: Resource) -> float:
    """Count the subnets in sight."""
    return len(vpc.referring(SUBNET))


@measures("vpc-route-tables", VPC)
def route_tables(vpc: Resource) -> float:
    """Count the route tables in sight."""
    return len(vpc.referring(_ROUTE_TABLE))


@measures("route-table-routes", _ROUTE_TABLE)
def routes(table: Resource) -> float:
    """Count the routes in sight."""
    return len(routes_of(table))


@measures("role-managed-policies", ROLE)
def managed_policies(role: Resource) -> float:
    """Count the managed policies, wherever they are attached."""
    return len(role.values("ManagedPolicyArns")) + len(role.referring(MANAGED_POLICY))


@measures("role-inline-characters", ROLE)
def inline_policies(role: Resource) -> float:
    """Return the minimum total length of the inline policies."""
    return sum(least_size(it) for it in _documents(role))


@measures("role-trust-characters", ROLE)
def trust(role: Resource) -> float:
    """Return the minimum length of the trust policy."""
    return least_size(role.source.get("AssumeRolePolicyDocument", ""))


@measures("managed-policy-characters", MANAGED_POLICY)
def policy(managed: Resource) -> float:
    """Return the minimum length of a managed policy."""
    return least_size(managed.source.get("PolicyDocument", ""))


def _documents(role: Resource) -> Iterator[object]:
    inline = role.source.get("Policies")
    for one in inline if isinstance(inline, list) else []:
        yield one.get("PolicyDocument", "") if isinstance(one, Mapping) else ""
    for attached in role.referring(*_INLINE):
        yield attached.source.get("PolicyDocument", "")
