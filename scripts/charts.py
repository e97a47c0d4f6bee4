"""Line charts in SVG with logarithmic axes, for the pictures of docs/images."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from pictures import text_at

WIDTH, HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 520, 58, 340
_PALE, _PAPER, _GRID = "#6b7280", "#ffffff", "#e5e7eb"
_COLOURS = ("#2f5f9e", "#d9a15f", "#3f8f6b", "#a8506b", "#6b5fa8", "#7a6a4f", "#4aa3b5", "#8a8f98")
_LABEL_GAP = 14

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """An axis: what it is, its marks, and how a mark is written. It is logarithmic."""

    title: str
    marks: Sequence[float]
    shown: Callable[[float], str] = lambda value: f"{value:,.0f}"

    def share(self, value: float) -> float:
        """Return where a value is, from 0 to 1."""
        low, high = math.log(self.marks[0]), math.log(self.marks[-1])
        return (math.log(max(value, self.marks[0])) - low) / (high - low)


def line_chart(title: str, description: str, x: Axis, y: Axis, lines: Mapping[str, Points]) -> str:
    """Draw lines with their names at their ends."""

    def across(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * x.share(value)

    def up(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * y.share(value)

    ends = _apart({name: up(points[-1][1]) for name, points in lines.items() if points})
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="Helvetica, Arial, sans-serif" role="img" aria-labelledby="title description">'
    )
    parts = [
        head,
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>',
        text_at(24, 26, title, size=15, weight="bold"),
        text_at(24, 46, y.title, size=12, colour=_PALE),
        *_grid(x, y, across, up),
        text_at(_RIGHT, _BOTTOM + 40, x.title, size=12, colour=_PALE, anchor="end"),
    ]
    for (name, points), colour in zip(lines.items(), _COLOURS, strict=False):
        if points:
            path = "L".join(f"{across(one):.1f} {up(other):.1f}" for one, other in points)
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
            last = up(points[-1][1])
            parts.append(f'<path d="M{_RIGHT + 2} {last:.1f}L{_RIGHT + 12} {ends[name]:.1f}" stroke="{colour}"/>')
            parts.append(text_at(_RIGHT + 16, ends[name] + 4, name, size=12, colour=colour))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _grid(x: Axis, y: Axis, across: Callable[[float], float], up: Callable[[float], float]) -> Iterator[str]:
    for mark in y.marks:
        yield f'<path d="M{_LEFT} {up(mark):.1f}H{_RIGHT}" stroke="{_GRID}"/>'
        yield text_at(_LEFT - 8, up(mark) + 4, y.shown(mark), size=11, colour=_PALE, anchor="end")
    for mark in x.marks:
        yield f'<path d="M{across(mark):.1f} {_BOTTOM}v5" stroke="{_PALE}"/>'
        yield text_at(across(mark), _BOTTOM + 19, x.shown(mark), size=11, colour=_PALE, anchor="middle")


def _apart(places: Mapping[str, float]) -> dict[str, float]:
    """Move the names of lines that end close to each other, so that none covers another."""
    found: dict[str, float] = {}
    last = -math.inf
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        last = max(place, last + _LABEL_GAP)
        found[name] = last
    over = max((last - (_BOTTOM + 10), 0.0))
    return {name: place - over for name, place in found.items()} if over else found
