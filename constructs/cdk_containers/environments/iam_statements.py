"""IAM permissions of CloudFormation, limited to roles of the stacks: access to any role would allow everything."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cdk_containers.checks.templates import CannotTell, Malformed, Map, Partial, Resource
from cdk_containers.model.workload.ecr_address import partition_of

from .assembly import DeployedStack

_PREFIX = 20
"""Characters of a stack name that CloudFormation keeps in generated names, minus a few."""

_MOST_NAMES = 8
"""Above this number, names are combined by their first word, which is the same in one environment."""

_ABOUT = {
    "openidconnectprovider": "oidc-provider/*",
    "samlprovider": "saml-provider/*",
    "servercertificate": "server-certificate/*",
    "servicelinkedrole": "role/aws-service-role/*",
    "instanceprofile": "instance-profile/",
    "groupsforuser": "user/",
    "group": "group/",
    "mfadevice": "*",
    "user": "user/",
    "accesskey": "user/",
    "loginprofile": "user/",
    "role": "role/",
    "polic": "policy/",
}
"""The kind of object of an IAM action, by the first of these words that it contains."""

_ABOUT_NOTHING = re.compile(
    r"(?i)iam:List(Roles|Policies|InstanceProfiles|OpenIDConnectProviders|SAMLProviders|ServerCertificates|Users"
    r"|Groups|VirtualMFADevices)"
)
_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
_HOLDERS = ("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName")
"""Properties of policies with the names that they are attached to."""

_ROLE = re.compile(r":iam::([0-9]*|\*):role/([^\s\"]+)")
_ATTACHES = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")


def allow(
    actions: Iterable[str], resources: Sequence[str], condition: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield a statement, if there is something to allow."""
    if given := sorted(actions):
        statement: dict[str, Any] = {"Effect": "Allow", "Action": given, "Resource": list(resources)}
        yield statement | ({"Condition": condition} if condition else {})


def iam_statements(actions: set[str], stacks: Sequence[DeployedStack]) -> Iterator[dict[str, Any]]:
    """Yield the statements that allow IAM actions, only on what the stacks create and name."""
    prefix, names = _prefix(stacks[0]), _names(stacks)
    by_resources: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for action in actions - {"iam:PassRole", *_ATTACHES}:
        by_resources[_resources(action, prefix, names)].add(action)
    for resources in sorted(by_resources):
        yield from allow(by_resources[resources], resources)
    roles = _arns("role/", prefix, names)
    attached = sorted({*_arns("policy/", prefix, names), *_managed_policies(stacks)})
    yield from allow(actions & set(_ATTACHES), roles, {"ArnLike": {"iam:PolicyARN": attached}})
    if "iam:PassRole" in actions:
        services = sorted(_services(stacks))
        passed = {"StringEquals": {"iam:PassedToService": services}} if services else None
        yield from allow(["iam:PassRole"], roles, passed)
        if existing := sorted(_existing_roles(stacks) - set(roles)):
            yield from allow(["iam:PassRole"], existing)


def _prefix(stack: DeployedStack) -> str:
    return f"arn:{partition_of(stack.region or '')}:iam::{stack.account}:"


def _resources(action: str, prefix: str, names: Sequence[str]) -> tuple[str, ...]:
    about = next((it for word, it in _ABOUT.items() if word in action.lower()), "*")
    return ("*",) if about == "*" or _ABOUT_NOTHING.fullmatch(action) else _arns(about, prefix, names)


def _arns(about: str, prefix: str, names: Sequence[str]) -> tuple[str, ...]:
    ends = [about] if about.endswith("*") else [about + name for name in names]
    return tuple(f"{prefix}{end}" for end in ends)


def _names(stacks: Sequence[DeployedStack]) -> list[str]:
    names = {name for stack in stacks for resource in stack.resources for name in _names_of(resource, stack)}
    if len(names) > _MOST_NAMES:
        names = {re.sub(r"(?<=[A-Za-z0-9])[-_].*", "-*", name) if name.endswith("*") else name for name in names}
    return sorted(names)


def _names_of(resource: Resource, stack: DeployedStack) -> Iterator[str]:
    """Yield the names of what a resource creates in IAM, and of what it attaches a policy to."""
    if not resource.type.startswith("AWS::IAM::"):
        return
    for holder in _HOLDERS if resource.type.endswith(("Policy", "InstanceProfile")) else ():
        yield from (text for text in _texts(_value(resource, holder)) if text != "*")
    if resource.type in _NAMES:
        path = next(_texts(_value(resource, "Path")), "/").lstrip("/")
        given = next(_texts(_value(resource, _NAMES[resource.type])), f"{stack.name[:_PREFIX]}*")
        yield path + given


def _managed_policies(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    for stack in stacks:
        for resource in stack.resources:
            yield from (text for text in _texts(_value(resource, "ManagedPolicyArns")) if text.startswith("arn:"))


def _services(stacks: Sequence[DeployedStack]) -> set[str]:
    """Return the services that can assume a role of the stacks."""
    return {
        service
        for stack in stacks
        for resource in stack.resources
        if resource.type == "AWS::IAM::Role"
        for statement in _maps(_value(resource, "AssumeRolePolicyDocument", "Statement"))
        for service in _texts(_value(statement, "Principal", "Service"))
    }


def _existing_roles(stacks: Sequence[DeployedStack]) -> set[str]:
    """Return the existing roles that something other than a policy refers to."""
    return {
        f"{_prefix(stack)}role/{found[2]}"
        for stack in stacks
        for resource in stack.resources
        if not resource.type.startswith("AWS::IAM::")
        for text in _texts(resource)
        if (found := _ROLE.search(text)) and found[1] in ("", "*", stack.account)
    }


# ---- values of templates


def _value(of: Map, *path: str) -> Any:
    try:
        return of.value(*path)
    except (CannotTell, Malformed):
        return None


def _maps(value: Any) -> Iterator[Map]:
    yield from (it for it in (value if isinstance(value, list) else [value]) if isinstance(it, Map))


def _texts(value: Any) -> Iterator[str]:
    """Yield every text except those in policies, with `*` for parts that are known only at deployment."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Partial):
        yield "".join(part if isinstance(part, str) else "*" for part in value.parts)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Map):
        for key in value.source:
            if "Polic" not in key:
                yield from _texts(_value(value, key))
