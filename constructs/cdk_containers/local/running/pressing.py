"""Meaning of a press of Ctrl-C."""

from __future__ import annotations

from enum import Enum

_SAME_PRESS = 1.0


class Asked(Enum):
    """What to do after a press."""

    NOTHING = "nothing"
    STOP = "stop"
    STOP_AT_ONCE = "stop at once"


class Presses:
    """Tells a second press from a first press that arrives twice, because `uv run` and others forward the signal."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._second = False

    def at(self, now: float) -> Asked:
        """Return what a press at this time means. The time is in seconds of a monotonic clock."""
        if self._first is None:
            self._first = now
            return Asked.STOP
        if self._second or now - self._first <= _SAME_PRESS:
            return Asked.NOTHING
        self._second = True
        return Asked.STOP_AT_ONCE
