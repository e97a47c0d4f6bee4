"""Errors of tasks that cannot run locally."""

from __future__ import annotations


class LocalError(Exception):
    """The task cannot run. Each problem is one line."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
