"""Checks of the permissions of people on clusters."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import Resource

from .roles import ROLE, trust_of, worst_grant
from .statements import Statement

_PEOPLE = (ROLE, "AWS::IAM::Group", "AWS::IAM::User")
_OPERATING = ("ecs:RunTask", "ecs:StopTask", "ecs:UpdateService", "ecs:DeleteService", "ecs:DeleteCluster")
_EXECUTE = "ecs:ExecuteCommand"
_LIMITS = ("ecs:", "aws:resourcetag/")


@check(
    "cluster-access-by-arn",
    *_PEOPLE,
    fix="Limit Resource to the clusters, or add a Condition on ecs:cluster or on a tag.",
)
def clusters_are_named(who: Resource) -> Outcome | None:
    """A command for one cluster cannot affect another."""
    return worst_grant(who, _operating, _operating_policy) if _is_people(who) else None


def _operating(statement: Statement) -> Outcome | None:
    allowed = [action for action in _OPERATING if statement.names(action)]
    if not allowed:
        return None
    if statement.on_everything and not _is_limited(statement):
        return fault(f"{statement.policy} allows {allowed[0]} on every cluster")
    return ok("it names the clusters")


def _operating_policy(name: str) -> Outcome | None:
    return fault(f"{name} allows everything on every cluster") if _is_all(name) else None


@check(
    "execute-command-by-permission",
    *_PEOPLE,
    fix="Allow ecs:ExecuteCommand by name, for specific clusters and tasks, or not at all.",
)
def shells_are_allowed_by_name(who: Resource) -> Outcome | None:
    """No wildcard allows a shell in a container."""
    return worst_grant(who, _executing, _executing_policy) if _is_people(who) else None


def _executing(statement: Statement) -> Outcome | None:
    if not statement.names(_EXECUTE):
        return ok("it opens no shell") if any(map(statement.names, _OPERATING)) else None
    if _EXECUTE not in statement.actions:
        return fault(f"{statement.policy} allows {_EXECUTE} by a wildcard")
    if statement.on_everything and not _is_limited(statement):
        return fault(f"{statement.policy} allows {_EXECUTE} on every container")
    return ok("it allows a shell only in named containers")


def _executing_policy(name: str) -> Outcome | None:
    return fault(f"{name} allows {_EXECUTE} on every container") if _is_all(name) else None


def _is_all(policy: str) -> bool:
    return policy in {"AdministratorAccess", "PowerUserAccess", "AmazonECS_FullAccess"}


def _is_people(who: Resource) -> bool:
    """Tell whether people assume a role: users of this account, or of another directory."""
    if who.type != ROLE:
        return True
    return any(one.principals("AWS") or one.principals("Federated") for one in trust_of(who) if one.allows)


def _is_limited(statement: Statement) -> bool:
    keys = (
        key.lower()
        for operator in statement.source.map("Condition")
        for key in statement.source.map("Condition", operator)
    )
    return any(key.startswith(_LIMITS) for key in keys)
