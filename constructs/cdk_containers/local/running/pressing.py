"""What somebody asks for who presses Ctrl-C."""

from __future__ import annotations

from enum import Enum

_SAME_PRESS = 1.0


class Asked(Enum):
    """What a press asks for."""

    NOTHING = "nothing"
    STOP = "stop"
    STOP_AT_ONCE = "stop at once"


class Presses:
    """Tells a second press from the first that arrives twice: `uv run` and others hand the signal on as well."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._second = False

    def at(self, now: float) -> Asked:
        """Return what a press at this time asks for, in seconds of a clock that only goes forward."""
        if self._first is None:
            self._first = now
            return Asked.STOP
        if self._second or now - self._first <= _SAME_PRESS:
            return Asked.NOTHING
        self._second = True
        return Asked.STOP_AT_ONCE
