"""The IAM policy that the live checks need, made of the calls that the readers name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .reader import Reader
from .readers import READERS

_PREFIXES = {"elbv2": "elasticloadbalancing", "efs": "elasticfilesystem", "stepfunctions": "states"}
"""Where IAM has another name for a service than boto3."""


def allowed_calls(readers: Sequence[Reader] = READERS) -> Mapping[str, frozenset[str]]:
    """Return every operation that the readers name, by service, in boto3's words."""
    calls: dict[str, set[str]] = {}
    for reader in readers:
        for service, names in reader.calls.items():
            calls.setdefault(service, set()).update(names)
    return {service: frozenset(names) for service, names in calls.items()}


def read_only_policy(readers: Sequence[Reader] = READERS) -> dict[str, Any]:
    """Return a policy that allows the calls of the live checks, and nothing else."""
    actions = {action for service, names in allowed_calls(readers).items() for action in _actions(service, names)}
    statement = {"Sid": "ReadForChecks", "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _actions(service: str, operations: Iterable[str]) -> Iterable[str]:
    for operation in operations:
        yield f"{_PREFIXES.get(service, service)}:{''.join(word.capitalize() for word in operation.split('_'))}"
