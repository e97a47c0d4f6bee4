"""A drawing as text: DOT for Graphviz, Mermaid for pages on Git hosts, and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape

from .drawing import Box, Drawing

_COLOURS: Mapping[str, str] = {
    "outside": "#5a6b7b",
    "network": "#8c4fff",
    "compute": "#c2570c",
    "data": "#b0084d",
    "messages": "#c2185b",
    "delivery": "#3553c9",
    "other": "#5a6b7b",
}
"""AWS colors of the categories, darkened so that white text is readable."""

_FONT = "Helvetica,Arial,sans-serif"
_EM = 0.62
_MARGIN = 8
_WIDE = 4
"""Maximum number of services side by side. With more, the drawing runs from left to right."""


def dot(drawing: Drawing) -> str:
    """Write a drawing for Graphviz."""
    ids = {box.id: f"n{number}" for number, box in enumerate(drawing.boxes)}
    direction = "LR" if sum(box.family == "compute" for box in drawing.boxes) > _WIDE else "TB"
    lines = [
        f'digraph "{_quoted(drawing.title)}" {{',
        f'  rankdir={direction}; bgcolor="transparent"; compound=true; nodesep=0.4; ranksep=0.6;',
        f'  node [shape=plain, fontname="{_FONT}", fontsize=11];',
        f'  edge [color="#6b7785", fontcolor="#6b7785", fontname="{_FONT}", fontsize=10];',
    ]
    for box, inside in drawing.groups():
        if inside:
            lines += [
                f"  subgraph cluster_{ids[box.id]} {{",
                f'    style=rounded; color="{_COLOURS[box.family]}"; margin=12; fontname="{_FONT}"; fontsize=11;',
                f"    label=<{_table(box)}>;",
                *(f"    {_node(it, ids)}" for it in inside),
                "  }",
            ]
        else:
            lines.append(f"  {_node(box, ids)}")
    for arrow in drawing.arrows:
        label = f' [label="{_quoted(arrow.label)}"]' if arrow.label else ""
        lines.append(f"  {ids[arrow.source]} -> {ids[arrow.target]}{label};")
    if drawing.shared:
        also = Box(id="shared", kind="also", name="", family="other", lines=drawing.shared)
        lines.append(f"  {_node(also, {'shared': 'shared'})}")
    return "\n".join([*lines, "}"]) + "\n"


def _node(box: Box, ids: Mapping[str, str]) -> str:
    return f'{ids[box.id]} [label=<{_table(box)}>, tooltip="{_quoted(f"{box.kind} {box.name}".strip())}"];'


def _table(box: Box) -> str:
    colour = _COLOURS[box.family]
    style = ' STYLE="DASHED"' if box.elsewhere else ""
    rows = [
        _row(box.kind, 11, colour, start='<FONT COLOR="#ffffff">', end="</FONT>"),
        *([_row(box.name, 11, "#ffffff", start="<B>", end="</B>")] if box.name else []),
        *(_row(it, 10, "#ffffff") for it in box.lines),
    ]
    borders = f'BORDER="1" COLOR="{colour}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="5"{style}'
    return f"<TABLE {borders}>{''.join(rows)}</TABLE>"


def _row(text: str, size: int, background: str, *, start: str = "", end: str = "") -> str:
    """Write a line of a box, with room for fonts that are wider than Graphviz assumes."""
    width = round(len(text) * size * _EM) + 2 * _MARGIN
    font = f'<FONT POINT-SIZE="{size}">{start}{escape(text)}{end}</FONT>'
    return f'<TR><TD ALIGN="LEFT" BGCOLOR="{background}" WIDTH="{width}">{font}</TD></TR>'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def mermaid(drawing: Drawing) -> str:
    """Write a drawing as a Mermaid flowchart."""
    ids = {box.id: f"n{number}" for number, box in enumerate(drawing.boxes)}
    lines = ["flowchart TD"]
    for box, inside in drawing.groups():
        if inside:
            lines += [
                f'  subgraph {ids[box.id]}["{_words(box)}"]',
                *(f'    {ids[it.id]}["{_words(it)}"]' for it in inside),
                "  end",
            ]
        else:
            lines.append(f'  {ids[box.id]}["{_words(box)}"]')
    for arrow in drawing.arrows:
        label = f'|"{_entities(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {ids[arrow.source]} -->{label} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


def _words(box: Box) -> str:
    parts: Iterable[str] = (f"{box.kind}: {box.name}" if box.name else box.kind, *box.lines)
    return "<br>".join(map(_entities, parts))


def _entities(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def text(drawing: Drawing) -> str:
    """Describe a drawing in words."""
    return "\n".join([drawing.title, *(f"- {sentence}" for sentence in drawing.sentences())]) + "\n"


FORMATS: Mapping[str, Callable[[Drawing], str]] = {"mermaid": mermaid, "dot": dot, "text": text}
