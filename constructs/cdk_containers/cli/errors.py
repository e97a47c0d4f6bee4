"""Errors that stop a command before it does anything."""

from __future__ import annotations


class UsageError(Exception):
    """The command cannot run. Each problem is one line."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
