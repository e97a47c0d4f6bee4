"""What stops a command before it has done anything."""

from __future__ import annotations


class UsageError(Exception):
    """The command cannot do what it was asked to; each problem is one line."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
