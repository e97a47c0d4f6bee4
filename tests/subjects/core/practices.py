"""Subjects of `practices`."""

from __future__ import annotations

from typing import Any

from ..subject import Subject

SUBJECTS: list[Subject] = []

CHANGES: dict[str, dict[str, Any]] = {}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {
    "Practice": "data of the catalogue",
    "Disabled": "the word of an opt-out: each has a test that looks for the reason",
}
