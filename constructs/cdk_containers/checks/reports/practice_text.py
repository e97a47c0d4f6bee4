"""Practices as text and data: all in a table, or a single practice with all details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

from cdk_containers.checks.engine import CHECKS
from cdk_containers.core.practices import AREAS, Practice

_WIDTH = 100
_KINDS: Mapping[str, str] = {
    "template": "in templates",
    "live": "only in deployed resources",
    "none": "by nothing in AWS",
}


def area_of(practice: Practice) -> str:
    """Return the area that a practice belongs to."""
    return next(area for area, practices in AREAS.items() if practice in practices)


def catalogue_table(practices: Sequence[Practice]) -> str:
    """Return a line for each practice, below its area."""
    width = max(len(it.id) for it in practices)
    lines: list[str] = []
    for area, members in AREAS.items():
        here = [it for it in practices if it in members]
        rows = [f"  {it.id:<{width}}  {it.severity:<8}  {it.check:<8}  {it.title}" for it in here]
        lines += ["", area, *rows] if rows else []
    return "\n".join(lines[1:])


def explained(practice: Practice) -> str:
    """Return all details of a practice."""
    checks = [check for check in CHECKS if check.practice == practice.id]
    seen = _KINDS[practice.check] + (f": {practice.not_in_templates}" if practice.not_in_templates else "")
    rows = {
        "Severity": str(practice.severity),
        "Area": area_of(practice),
        "Seen": seen,
        "Types": ", ".join(dict.fromkeys(type_ for check in checks for type_ in check.types)),
        "Fix": " ".join(dict.fromkeys(check.fix for check in checks)),
        "Option": practice.option,
        "Other tools": "; ".join(f"{tool} {', '.join(ids)}" for tool, ids in practice.checkers.items()),
        "Source": practice.source,
    }
    lines = [f"{practice.id}: {practice.title}", "", fill(practice.why, _WIDTH), ""]
    for name, text in rows.items():
        indent = f"{name + ':':<13}"
        if text:
            lines.append(fill(text, _WIDTH, initial_indent=indent, subsequent_indent=" " * 13, break_long_words=False))
    return "\n".join(lines)


def as_data(practice: Practice) -> dict[str, Any]:
    """Return a practice as data."""
    return {
        "id": practice.id,
        "area": area_of(practice),
        "title": practice.title,
        "severity": practice.severity,
        "check": practice.check,
        "not_in_templates": practice.not_in_templates,
        "why": practice.why,
        "source": practice.source,
        "option": practice.option,
        "checkers": {tool: list(ids) for tool, ids in practice.checkers.items()},
    }
