"""Subjects of `deployments`."""

from __future__ import annotations

from typing import Any

from cdk_containers import (
    Rolling,
)
from tests.toolkit import (
    web,
)

from .making import OFF, alarm
from .model import Subject

SUBJECTS: list[Subject] = [
    Subject(Rolling, lambda stack, given: web(stack, deployment=Rolling(**given))),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Rolling": {
        "min_healthy_percent": 50,
        "max_healthy_percent": 150,
        "circuit_breaker": OFF,
        "alarm_rollback": OFF,
        "alarms": alarm,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
