"""Permissions of CloudFormation in an account, limited to what its stacks need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cdk_containers.core.frozen import frozen

from .assembly import DeployedStack
from .iam_statements import allow, iam_statements
from .registry import resource_type

LARGEST = 6144
"""Maximum characters of a managed policy, without white space."""

_GLOBAL = ("iam", "organizations", "route53", "cloudfront", "globalaccelerator", "shield", "sts", "support", "s3")
"""Services with actions that are called in a region other than that of the stack."""

_IN_TEMPLATES = {
    "{{resolve:secretsmanager:": "secretsmanager:GetSecretValue",
    "{{resolve:ssm": "ssm:GetParameters",
    "AWS::SSM::Parameter::Value<": "ssm:GetParameters",
}
"""Actions that CloudFormation needs to resolve the content of a template."""


@frozen
class ExecutionPolicy:
    """Permissions of CloudFormation in an account.

    Attributes:
        documents: Policy documents, each small enough for a managed policy.
        unknown: Types whose permissions are not known.
    """

    documents: tuple[Mapping[str, Any], ...]
    unknown: tuple[str, ...]


def execution_policy(stacks: Sequence[DeployedStack], *, also: Iterable[str] = ()) -> ExecutionPolicy:
    """Compute the permissions that CloudFormation needs for stacks of one account.

    Args:
        stacks: The stacks.
        also: Additional actions, for types that the registry does not know or whose schema is incomplete.
    """
    known = {resource.type: resource_type(resource.type) for stack in stacks for resource in stack.resources}
    actions = {action for it in known.values() if it is not None for action in it.actions} | set(also)
    written = json.dumps([template.source for stack in stacks for template in stack.estate.templates])
    actions |= {action for text, action in _IN_TEMPLATES.items() if text in written}
    iam = {action for action in actions if action.startswith("iam:")}
    statements = [*_of_services(actions - iam, stacks), *iam_statements(iam, stacks)]
    unknown = sorted(name for name, it in known.items() if it is None)
    return ExecutionPolicy(documents=tuple(_documents(statements)), unknown=tuple(unknown))


def _of_services(actions: set[str], stacks: Sequence[DeployedStack]) -> Iterator[dict[str, Any]]:
    regions = sorted({stack.region for stack in stacks if stack.region})
    anywhere = {action for action in actions if action.partition(":")[0] in _GLOBAL}
    yield from allow(anywhere, ["*"])
    yield from allow(actions - anywhere, ["*"], {"StringEquals": {"aws:RequestedRegion": regions}})


def _documents(statements: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Fill documents up to their maximum size: a statement can continue in the next document."""
    held: list[dict[str, Any]] = []
    for statement in statements:
        held.append({**statement, "Action": []})
        for action in statement["Action"]:
            held[-1]["Action"].append(action)
            if _size(held) > LARGEST:
                held[-1]["Action"].pop()
                yield _document(held)
                held = [{**statement, "Action": [action]}]
    if held:
        yield _document(held)


def _document(statements: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {"Version": "2012-10-17", "Statement": [it for it in statements if it["Action"]]}


def _size(statements: Sequence[Mapping[str, Any]]) -> int:
    return len(json.dumps(_document(statements), separators=(",", ":")))
