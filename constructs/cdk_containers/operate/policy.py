"""The IAM policy that some commands need: exactly the calls that they can make."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cdk_containers.checks.live.actions import action

from .needs import NEEDS, Calls


def policy_of(commands: Sequence[str], *, role: str = "") -> dict[str, Any]:
    """Return the policy for some commands.

    Args:
        commands: Their names.
        role: ARN of the role that the commands assume, if any.
    """
    needs = [NEEDS[command] for command in commands]
    reads = sorted({it for need in needs for it in _actions(need.reads)})
    statements: list[dict[str, Any]] = [{"Sid": "Read", "Effect": "Allow", "Action": reads, "Resource": "*"}]
    changes: dict[str | tuple[str, ...], set[str]] = {}
    for need in needs:
        for it in _actions(need.changes):
            changes.setdefault(need.resources.get(it, "*"), set()).add(it)
    for number, (resource, actions) in enumerate(sorted(changes.items(), key=lambda it: str(it[0]))):
        sid = "Change" if not number else f"Change{number + 1}"
        statements.append({"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": _listed(resource)})
    implied = {json.dumps(it, sort_keys=True): it for need in needs for it in need.implied}
    statements += [{"Sid": f"Implied{number}", **it} for number, it in enumerate(implied.values(), 1)]
    if role:
        statements.append({"Sid": "TakeOn", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role})
    return {"Version": "2012-10-17", "Statement": statements}


def _listed(resource: str | tuple[str, ...]) -> str | list[str]:
    return resource if isinstance(resource, str) else list(resource)


def _actions(calls: Calls | Mapping[str, Sequence[str]]) -> list[str]:
    return [action(service, name) for service, names in calls.items() for name in names]
