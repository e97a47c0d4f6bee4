"""Subjects of `fleet`."""

from __future__ import annotations

from typing import Any

from ..subject import Subject

SUBJECTS: list[Subject] = []

CHANGES: dict[str, dict[str, Any]] = {}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {
    "Fleet": "what the model of fleets is told",
    "FleetPlan": "the result of the model of fleets",
}
