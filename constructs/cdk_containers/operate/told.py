"""What a screen says, as data: the text and the JSON are made of the same lines."""

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
        key: Its name, the same in JSON.
        text: What it says.
        data: The same for programs.
    """

    key: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Told:
    """A screen.

    Attributes:
        target: What it is about.
        at: The moment.
        state: One word for how it is, such as `ROLLING_OUT`.
        title: What stands beside the name.
        code: The exit code that it means.
        lines: The others.
    """

    target: Target
    at: datetime
    state: str
    title: str
    code: int
    lines: tuple[Line, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The screen for programs: every line by its name."""
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
