"""Subjects of `errors`."""

from __future__ import annotations

from typing import Any

from ..subject import Subject

SUBJECTS: list[Subject] = []

CHANGES: dict[str, dict[str, Any]] = {}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {
    "ConstructError": "an error",
    "Problem": "part of an error",
}
