"""Permissions and trust of roles: their statements from all policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from functools import partial
from typing import Never

from cdk_containers.checks.engine import Outcome, worst
from cdk_containers.checks.templates import (
    CannotTell,
    Estate,
    Malformed,
    Map,
    Missing,
    Partial,
    Resource,
    Unknown,
    Value,
)
from cdk_containers.core.frozen import frozen

from .settings import listed
from .statements import Statement, pattern_of

ROLE = "AWS::IAM::Role"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
_PROFILE = "AWS::IAM::InstanceProfile"
_ATTACHED = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", MANAGED_POLICY)
_HOLDERS = {"AWS::IAM::Group": "Groups", "AWS::IAM::User": "Users"}
_OF_AWS = ":iam::aws:policy/"


@frozen(kw_only=False)
class Grants:
    """All permissions of a role.

    Attributes:
        statements: The statements of policies of this estate.
        managed: Names of AWS managed policies, such as `AdministratorAccess`.
        unknown: Policies whose content is unknown.
    """

    statements: list[Statement] = field(default_factory=list)
    managed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def grants_of(role: Resource) -> Grants:
    """Collect the permissions of a role, a group or a user: inline and attached policies."""
    grants = Grants()
    for number, policy in enumerate(_maps(role, "Policies", grants)):
        _add(policy, _name(policy, f"inline policy {number + 1}"), grants)
    attached = _attached(role)
    for policy in attached:
        _add(policy, policy.logical_id, grants)
    for value in _values(role, "ManagedPolicyArns", grants):
        policy_or_name = _managed(value, role.template.estate, grants)
        if isinstance(policy_or_name, str):
            grants.managed.append(policy_or_name)
        elif policy_or_name is not None and policy_or_name not in attached:
            _add(policy_or_name, policy_or_name.logical_id, grants)
    return grants


def worst_grant(
    role: Resource,
    statement: Callable[[Statement], Outcome | None],
    managed: Callable[[str], Outcome | None],
) -> Outcome | None:
    """Check every Allow statement, and the name of every AWS managed policy. The worst result counts.

    Raises:
        CannotTell: No policy has a fault, but the role has an unknown policy.
    """
    grants = grants_of(role)
    looks: list[Callable[[], Outcome | None]] = [
        *(partial(_allowed, statement, one) for one in grants.statements),
        *(partial(managed, name) for name in grants.managed),
        *(partial(_unknown, why) for why in grants.unknown),
    ]
    return worst(lambda look: look(), looks)


def trust_of(role: Resource) -> list[Statement]:
    """Return the trust statements of a role."""
    document = role.map("AssumeRolePolicyDocument")
    return [Statement(one, "trust policy") for one in document.maps("Statement")]


def trusts(role: Resource, service: str) -> bool:
    """Tell whether a service, such as `ecs-tasks`, can assume a role."""
    return any(
        principal.startswith(f"{service}.")
        for statement in trust_of(role)
        if statement.allows
        for principal in statement.principals("Service")
    )


def role_of(value: Value, estate: Estate) -> Resource | None:
    """Return the role that a property names, by reference, ARN, name or instance profile; None if it is elsewhere.

    Raises:
        CannotTell: Only a deployment decides what the property names.
    """
    name = _literal_name(value)
    try:
        resource = estate.find(value, ROLE, _PROFILE)
    except CannotTell:
        if not name:
            raise
        resource = None
    if resource is not None and resource.type == _PROFILE:
        roles = listed(resource, "Roles")
        return role_of(roles[0], estate) if roles else None
    if resource is None and name:
        resource = next((role for role in estate.of_type(ROLE) if _is_named(role, "RoleName", name)), None)
    return resource if resource is not None and resource.type == ROLE else None


def _allowed(look: Callable[[Statement], Outcome | None], statement: Statement) -> Outcome | None:
    return look(statement) if statement.allows else None


def _unknown(why: str) -> Never:
    raise CannotTell(why)


def _add(policy: Map, name: str, grants: Grants) -> None:
    try:
        values = policy.map("PolicyDocument").values("Statement")
    except (CannotTell, Malformed) as error:
        grants.unknown.append(f"{name}: {error}")
        return
    for value in values:
        if isinstance(value, Map):
            grants.statements.append(Statement(value, name))
        elif isinstance(value, Unknown):
            grants.unknown.append(f"a statement of {name} depends on {value.why}")


def _values(role: Resource, key: str, grants: Grants) -> list[Value]:
    try:
        return role.values(key)
    except CannotTell as error:
        grants.unknown.append(str(error))
        return []


def _maps(role: Resource, key: str, grants: Grants) -> Iterator[Map]:
    for value in _values(role, key, grants):
        if isinstance(value, Map):
            yield value
        elif isinstance(value, Unknown):
            grants.unknown.append(f"{key} depends on {value.why}")


def _managed(value: Value, estate: Estate, grants: Grants) -> Resource | str | None:
    """Return a managed policy: of the estate, or the name of one of AWS."""
    pattern = "" if isinstance(value, Unknown) and not isinstance(value, Partial) else pattern_of(value)
    if _OF_AWS in pattern:
        return pattern.rpartition("/")[2]
    try:
        policy = estate.find(value, MANAGED_POLICY)
    except CannotTell:
        policy = None
    name = _literal_name(value)
    if policy is None and name:
        candidates = estate.of_type(MANAGED_POLICY)
        policy = next((one for one in candidates if _is_named(one, "ManagedPolicyName", name)), None)
    if policy is None:
        why = (
            (f"the role has the policy {name}, which is not in the templates")
            if name
            else "the role has an unknown policy"
        )
        grants.unknown.append(f"{why}: it depends on {value.why}" if isinstance(value, Unknown) and not name else why)
    return policy


def _attached(role: Resource) -> list[Resource]:
    """Return the policies that are attached to a role, by reference or by name."""
    policies = role.template.estate.mentioning(role, *_ATTACHED)
    if role.has("RoleName"):
        policies += [one for one in role.template.estate.of_type(*_ATTACHED) if one not in policies]
    return [policy for policy in policies if policy.exists and _names(policy, role)]


def _names(policy: Resource, role: Resource) -> bool:
    key = "RoleName" if policy.type == "AWS::IAM::RolePolicy" else _HOLDERS.get(role.type, "Roles")
    try:
        values = listed(policy, key)
    except (CannotTell, Malformed):
        return False
    return any(_is(value, role) for value in values)


def _is(value: Value, role: Resource) -> bool:
    try:
        if role.template.estate.find(value) is role:
            return True
    except CannotTell:
        pass
    return _same(value, role.value("RoleName"))


def _same(one: Value, other: Value) -> bool:
    """Tell whether two values are certainly equal."""
    if isinstance(one, Missing) or isinstance(other, Missing):
        return False
    try:
        return bool(one == other)
    except CannotTell:
        return False


def _is_named(resource: Resource, key: str, name: str) -> bool:
    return _same(resource.value(key), name)


def _literal_name(value: Value) -> str:
    """Return the name at the end of an ARN, or a plain name, as far as it is known."""
    text = value.tail if isinstance(value, Partial) else value if isinstance(value, str) else ""
    if isinstance(value, Partial) and "/" not in text:
        return ""
    return text.rpartition("/")[2]


def _name(policy: Map, default: str) -> str:
    value = policy.value("PolicyName")
    return value if isinstance(value, str) else default
