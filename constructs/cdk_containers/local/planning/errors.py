"""What keeps a task from running here."""

from __future__ import annotations


class LocalError(Exception):
    """The task cannot run here; each problem is one line."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
