"""Every class with options, with the least that creates one, for tests of all of them.

There is a module for each part of the package. It has the subjects of that part, another value for each of their
options, the options that no template shows, and the public classes without their own options.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from .subject import Change, Subject, options_of

_HERE = Path(__file__).parent
_PARTS = [
    import_module("." + ".".join(path.relative_to(_HERE).with_suffix("").parts), __name__)
    for path in sorted(_HERE.rglob("*.py"))
    if path.stem not in ("__init__", "making", "pairs", "subject")
]


def _all(table: str) -> dict[str, Any]:
    return {name: entry for part in _PARTS for name, entry in getattr(part, table).items()}


SUBJECTS: list[Subject] = [subject for part in _PARTS for subject in part.SUBJECTS]

CHANGES: Mapping[str, Mapping[str, Any]] = _all("CHANGES")
"""Another value for each option."""

NOT_IN_THE_TEMPLATE: Mapping[str, str] = _all("NOT_IN_THE_TEMPLATE")
"""Options that no template shows, with the reason."""

NOT_A_SUBJECT: Mapping[str, str] = _all("NOT_A_SUBJECT")
"""Public classes without own options that a template could show, with the reason."""

__all__ = ["CHANGES", "NOT_A_SUBJECT", "NOT_IN_THE_TEMPLATE", "SUBJECTS", "Change", "Subject", "options_of"]
