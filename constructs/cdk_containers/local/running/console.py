"""Output of a run: the lines of its containers with their sources, and its own messages."""

from __future__ import annotations

import re
from collections.abc import Callable

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Console:
    """Prints lines.

    Args:
        write: Function that prints a line.
        colour: Whether to use colours.
    """

    def __init__(self, write: Callable[[str], None], *, colour: bool = False) -> None:
        self._write = write
        self._colour = colour
        self._known: dict[str, int] = {}
        self._width = 0

    def expect(self, *sources: str) -> None:
        """Set the width of the column of sources."""
        self._width = max(self._width, *map(len, sources))

    def line(self, source: str, text: str) -> None:
        """Print a line of a container."""
        if not self._colour:
            self._write(f"{source:<{self._width}} | {_ESCAPES.sub('', text)}")
            return
        number = self._known.setdefault(source, len(self._known))
        colour = _COLOURS[number % len(_COLOURS)]
        self._write(f"\x1b[{colour}m{source:<{self._width}} |\x1b[0m {text}")

    def say(self, text: str, *, source: str = "") -> None:
        """Print a message of the run."""
        said = f"{source}: {text}" if source else text
        self._write(f"\x1b[1m== {said}\x1b[0m" if self._colour else f"== {said}")
