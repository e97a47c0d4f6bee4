"""Screens as data. The text and the JSON come from the same lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from cdk_containers.core.frozen import frozen

from .targets import Target
from .words import iso


@frozen(kw_only=False)
class Line:
    """A line of a screen.

    Attributes:
        key: Name of the line, also in JSON.
        text: Text of the line.
        data: Content for programs.
    """

    key: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Told:
    """A screen.

    Attributes:
        target: Service, job or cluster that it shows.
        at: The moment.
        state: State in one word, such as `ROLLING_OUT`.
        title: Text beside the name.
        code: Exit code of this state.
        lines: The other lines.
    """

    target: Target
    at: datetime
    state: str
    title: str
    code: int
    lines: tuple[Line, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The screen for programs: each line by its name."""
        it = self.target
        return {
            "name": it.name,
            "kind": it.kind,
            "environment": it.environment,
            "account": it.account,
            "region": it.region,
            "id": it.id,
            "at": iso(self.at),
            "state": self.state,
            "summary": self.title,
            "exit_code": self.code,
            **{line.key: {"text": line.text, **line.data} for line in self.lines},
        }
