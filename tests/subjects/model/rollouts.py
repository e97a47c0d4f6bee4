"""Subjects of `rollouts`."""

from __future__ import annotations

from typing import Any

from ..subject import Subject

SUBJECTS: list[Subject] = []

CHANGES: dict[str, dict[str, Any]] = {}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {
    "Rollout": "the result of the model of rollouts",
    "RolloutTimings": "what the model of rollouts is told",
}
