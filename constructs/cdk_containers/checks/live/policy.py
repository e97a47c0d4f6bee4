"""The IAM policy for the live checks, from the calls that the readers declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .actions import action
from .reader import Reader
from .readers import READERS


def allowed_calls(readers: Sequence[Reader] = READERS) -> Mapping[str, frozenset[str]]:
    """Return every operation that the readers declare, by service, with boto3's names."""
    calls: dict[str, set[str]] = {}
    for reader in readers:
        for service, names in reader.calls.items():
            calls.setdefault(service, set()).update(names)
    return {service: frozenset(names) for service, names in calls.items()}


def read_only_policy(readers: Sequence[Reader] = READERS) -> dict[str, Any]:
    """Return a policy that allows only the calls of the live checks."""
    actions = {action(service, name) for service, names in allowed_calls(readers).items() for name in names}
    statement = {"Sid": "ReadForChecks", "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
