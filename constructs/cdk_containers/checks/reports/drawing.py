"""The diagram as SVG: in columns for a desk, in one column for a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from cdk_containers.core.frozen import frozen

from .diagram import DATA, LOAD_BALANCING, NETWORK, REST, SERVICES, Box, Diagram

_BOX_HEIGHT, _GAP, _PADDING, _HEAD = 62, 12, 14, 30
_CHARACTER, _SMALL_CHARACTER = 9.2, 7.4
"""Estimated width of small letters, on the safe side, because the font of the reader is unknown."""
_WIDER, _NARROWER = frozenset("ABCDEGHKLNOPQRSTUVXYZmw×…+"), frozenset("fijlrtI.,:;'|/- ()[]")


@frozen(kw_only=False)
class Badge:
    """The label in the corner of a box: the number of findings, and the worst severity."""

    text: str
    severity: str


@frozen(kw_only=False)
class _Place:
    x: float
    y: float
    width: float


class _Drawing:
    def __init__(self, diagram: Diagram, badges: Mapping[str, Badge], width: float) -> None:
        self._diagram = diagram
        self._badges = badges
        self._width = width
        self._places: dict[str, _Place] = {}
        self._parts: list[str] = []

    def group(self, name: str, x: float, y: float, width: float, *, columns: int) -> float:
        """Draw a group, and return the position of the next one."""
        boxes = self._diagram.of_group(name)
        if not boxes:
            return y
        box_width = (width - 2 * _PADDING - (columns - 1) * _GAP) / columns
        rows = -(-len(boxes) // columns)
        height = _HEAD + rows * (_BOX_HEIGHT + _GAP) - _GAP + _PADDING
        self._parts.append(
            f'<g class="group"><rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="10"/>'
            f'<text x="{x + _PADDING:g}" y="{y + 20:g}">{escape(name)}</text></g>'
        )
        for number, box in enumerate(boxes):
            row, column = divmod(number, columns)
            place = _Place(
                x + _PADDING + column * (box_width + _GAP), y + _HEAD + row * (_BOX_HEIGHT + _GAP), box_width
            )
            self._places[box.id] = place
            self._parts.append(self._box(box, place))
        return y + height + _GAP

    def _box(self, box: Box, at: _Place) -> str:
        badge = self._badges.get(box.id)
        room = (at.width - 24) / _CHARACTER
        small = (at.width - 24) / _SMALL_CHARACTER
        corner = ""
        if badge:
            wide = len(badge.text) * 7.6 + 18
            room -= (wide + 4) / _CHARACTER
            corner = (
                f'<g class="badge {badge.severity}"><rect x="{at.x + at.width - wide - 8:g}" y="{at.y + 8:g}" '
                f'width="{wide}" height="20" rx="10"/><text x="{at.x + at.width - wide / 2 - 8:g}" '
                f'y="{at.y + 22:g}" text-anchor="middle">{escape(badge.text)}</text></g>'
            )
        return (
            f'<a href="#findings" class="box" data-box="{box.id}">'
            f'<rect x="{at.x:g}" y="{at.y:g}" width="{at.width:g}" height="{_BOX_HEIGHT}" rx="6">'
            f"<title>{escape(f'{box.title}: {box.kind}')}</title></rect>"
            f'<text class="name" x="{at.x + 12:g}" y="{at.y + 26:g}">{escape(_cut_left(box.title, room))}</text> '
            f'<text class="kind" x="{at.x + 12:g}" y="{at.y + 47:g}">{escape(_cut(box.kind, small))}</text> '
            f"{corner}</a>"
        )

    def arrows(self) -> Iterator[str]:
        """Draw the arrows from column to column."""
        for one, other in self._diagram.arrows:
            start, end = self._places[one.id], self._places[other.id]
            x1, y1 = start.x + start.width, start.y + _BOX_HEIGHT / 2
            x2, y2 = end.x - 7, end.y + _BOX_HEIGHT / 2
            middle = (x1 + x2) / 2
            yield (
                f'<path class="arrow" marker-end="url(#head)" '
                f'd="M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"/>'
            )

    def svg(self, height: float, *, name: str, arrows: bool) -> str:
        """Return the picture."""
        drawn = "".join(self.arrows()) if arrows else ""
        marker = (
            '<defs><marker id="head" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="8" markerHeight="8" '
            'orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
            if drawn
            else ""
        )
        return (
            f'<svg class="{name}" viewBox="0 0 {self._width:g} {height:g}" '
            f'role="group" aria-label="Diagram of the resources">{marker}{"".join(self._parts)}{drawn}</svg>'
        )


def wide(diagram: Diagram, badges: Mapping[str, Badge]) -> str:
    """Draw the columns load balancing, services and data, with the network above and the rest below."""
    width, column, gap = 1120.0, 304.0, 104.0
    drawing = _Drawing(diagram, badges, width)
    top = drawing.group(NETWORK, 0, 0, width, columns=3)
    ends = [
        drawing.group(name, number * (column + gap), top, column, columns=1)
        for number, name in enumerate((LOAD_BALANCING, SERVICES, DATA))
    ]
    return drawing.svg(drawing.group(REST, 0, max(ends), width, columns=1), name="wide", arrows=True)


def narrow(diagram: Diagram, badges: Mapping[str, Badge]) -> str:
    """Draw all groups below each other; the arrows are in the text beside it."""
    width = 360.0
    drawing = _Drawing(diagram, badges, width)
    y = 0.0
    for name in (NETWORK, LOAD_BALANCING, SERVICES, DATA, REST):
        y = drawing.group(name, 0, y, width, columns=1)
    return drawing.svg(y, name="narrow", arrows=False)


def _cut(text: str, room: float) -> str:
    shorter = text
    while _width(shorter) > room and len(shorter) > 2:
        shorter = f"{shorter[:-2].rstrip(' ,')}…"
    return shorter


def _cut_left(text: str, room: float) -> str:
    """Shorten a path at its beginning, because its end is more specific."""
    return _cut(text[::-1], room)[::-1]


def _width(text: str) -> float:
    """Return how wide text is, in small letters."""
    return sum(1.5 if it in "MW" else 1.25 if it in _WIDER else 0.6 if it in _NARROWER else 1 for it in text)
