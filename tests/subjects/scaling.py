"""Subjects of `scaling`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cdk_containers import (
    ServiceScaling,
)
from tests.toolkit import (
    web,
)

from .model import Subject

SUBJECTS: list[Subject] = [
    Subject(
        ServiceScaling,
        lambda stack, given: web(stack, scaling=ServiceScaling(**given)),
        lambda _: {"min_tasks": 2, "max_tasks": 20},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "ServiceScaling": {
        "min_tasks": 3,
        "max_tasks": 30,
        "cpu_percent": 50,
        "memory_percent": 50,
        "requests_per_target": 500,
        "scale_out_cooldown": timedelta(seconds=30),
        "scale_in_cooldown": timedelta(seconds=30),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
