"""Screens as text, with colours if the terminal shows them, and lines that fit its width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .exits import DONE, WAITS
from .told import Told
from .words import short

_MARGIN = 12
_WIDEST = 100
_GOOD, _BAD, _ASKS, _DIM = "32", "31", "33", "2"


def painted(text: str, colour: str, *, on: bool) -> str:
    """Return a text in a colour, if colours are on."""
    return f"\033[{colour}m{text}\033[0m" if on else text


def screen(
    told: Told, *, width: int = _WIDEST, colour: bool = False, cut: bool = False, unread: Iterable[str] = ()
) -> str:
    """Return a screen as text, followed by what could not be read.

    Args:
        told: The screen.
        width: Number of characters that fit on a line; at most 100 are used.
        colour: Whether to use colours.
        cut: Whether to cut lines that are too long, as a screen that is redrawn in place needs.
        unread: What could not be read.
    """
    width = min(width, _WIDEST)
    it = told.target
    left = "  ".join(part for part in (it.name, it.environment, it.region) if part)
    gap = max(2, width - len(left) - len(told.title))
    paint = _GOOD if told.code == DONE else _ASKS if told.code == WAITS else _BAD
    lines = [f"{left}{' ' * gap}{painted(told.title, paint, on=colour)}"]
    lines += [_line(it.key, it.text, width if cut else None, on=colour) for it in told.lines]
    lines += [f"  {'not read':<{_MARGIN - 2}} {why}" for why in unread]
    return "\n".join(line.rstrip() for line in lines)


def _line(key: str, text: str, width: int | None, *, on: bool) -> str:
    one = " ".join(text.split())  # reasons from AWS sometimes have several lines
    return (
        f"  {painted(key.ljust(_MARGIN - 2), _DIM, on=on)} {one if width is None else short(one, width - _MARGIN - 1)}"
    )


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Return a table with columns of fitting width."""
    every = [header, *rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in every
    )
