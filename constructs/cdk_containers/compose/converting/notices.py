"""Differences of converted services, for the report."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen(kw_only=False)
class Notice:
    """A difference.

    Attributes:
        service: The service; empty for the whole project.
        text: The difference, and what to do about it.
    """

    service: str
    text: str

    @property
    def line(self) -> str:
        """The notice as one line."""
        return f"{self.service}: {self.text}" if self.service else self.text
