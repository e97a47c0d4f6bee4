"""A drawing as text: DOT for Graphviz, Mermaid for pages on Git hosts, and words."""

from __future__ import annotations

from collections import Counter, defaultdict
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
"""AWS's colors of these categories, darkened until white text on them can be read."""

_TINTS: Mapping[str, str] = defaultdict(lambda: "#f4f6f8", {"network": "#f7f2ff", "compute": "#fff5ee"})
"""What is inside a frame is on the color of its category, made light."""

_FONT = "Helvetica,Arial,sans-serif"
_EM = 0.62
_MARGIN = 8
_BETWEEN = " · "
_LINE = 40
"""Characters of a line in a box."""
_WIDE = 4
"""With more boxes than this beside each other, a picture is read from left to right."""


def dot(drawing: Drawing) -> str:
    """Write a drawing for Graphviz."""
    ids = {box.id: f"n{number}" for number, box in enumerate(drawing.boxes)}
    frames = {box.inside for box in drawing.boxes}
    lines = [
        f'digraph "{_quoted(drawing.title)}" {{',
        f'  rankdir={_direction(drawing)}; bgcolor="transparent"; compound=true; nodesep=0.4; ranksep=0.6;',
        f'  node [shape=plain, fontname="{_FONT}", fontsize=11];',
        f'  edge [color="#6b7785", fontcolor="#6b7785", fontname="{_FONT}", fontsize=10];',
    ]
    for box in drawing.within():
        lines += _dot_box(box, drawing, ids)
    for arrow in drawing.arrows:
        said = [f"label=<{_label(arrow.label)}>"] if arrow.label else []
        said += [
            f"{end}=cluster_{ids[box]}"
            for end, box in (("ltail", arrow.source), ("lhead", arrow.target))
            if box in frames
        ]
        attributes = f" [{', '.join(said)}]" if said else ""
        lines.append(f"  {ids[arrow.source]} -> {ids[arrow.target]}{attributes};")
    if drawing.shared:
        also = Box(id="shared", kind="also", name="", family="other", lines=drawing.shared)
        lines.append(f"  {_node(also, {'shared': 'shared'})}")
    return "\n".join([*lines, "}"]) + "\n"


def _dot_box(box: Box, drawing: Drawing, ids: Mapping[str, str], indent: str = "  ") -> list[str]:
    """Write a box, as a node or around the boxes inside it. An invisible point takes arrows that end at a frame."""
    inside = drawing.within(box)
    if not inside:
        return [f"{indent}{_node(box, ids)}"]
    style = f"rounded,filled{',dashed' if box.elsewhere else ''}"
    deeper = indent + "  "
    return [
        f"{indent}subgraph cluster_{ids[box.id]} {{",
        f'{deeper}style="{style}"; color="{_COLOURS[box.family]}"; fillcolor="{_TINTS[box.family]}"; margin=12;',
        f'{deeper}fontname="{_FONT}"; fontsize=11;',
        f"{deeper}label=<{_heading(box)}>; labeljust=l; labelloc={_where(box, drawing)};",
        f'{deeper}{ids[box.id]} [shape=point, style=invis, width=0, height=0, label=""];',
        *(line for it in inside for line in _dot_box(it, drawing, ids, deeper)),
        f"{indent}}}",
    ]


def _where(frame: Box, drawing: Drawing) -> str:
    """Put the name of a frame where arrows that come in do not cross it."""
    within = {box.id for box in drawing.boxes if frame.id in drawing.around(box)}
    enters = any(arrow.target in within and arrow.source not in within for arrow in drawing.arrows)
    return "b" if enters and _direction(drawing) == "TB" else "t"


def _direction(drawing: Drawing) -> str:
    """Read from top to bottom, unless too many boxes would be beside each other: boxes as far from a first one."""
    depth = dict.fromkeys((box.id for box in drawing.boxes), 0)
    for _ in drawing.boxes:
        for arrow in drawing.arrows:
            depth[arrow.target] = min(max(depth[arrow.target], depth[arrow.source] + 1), len(depth))
    frames = {box.inside for box in drawing.boxes}
    ranks = Counter(depth[box.id] for box in drawing.boxes if box.id not in frames)
    return "LR" if max(ranks.values(), default=0) > _WIDE else "TB"


def _node(box: Box, ids: Mapping[str, str]) -> str:
    return f'{ids[box.id]} [label=<{_table(box)}>, tooltip="{_quoted(f"{box.kind} {box.name}".strip())}"];'


def _heading(frame: Box) -> str:
    """Write what a frame is, so that it does not look like one of the boxes inside."""
    colour, tint = _COLOURS[frame.family], _TINTS[frame.family]
    title = f"{frame.kind} {frame.name}".strip()
    rows = [
        _row(title, 11, tint, start=f'<FONT COLOR="{colour}"><B>', end="</B></FONT>"),
        *(_row(it, 10, tint) for line in frame.lines for it in _wrapped(line)),
    ]
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">{"".join(rows)}</TABLE>'


def _table(box: Box) -> str:
    colour = _COLOURS[box.family]
    style = ' STYLE="DASHED"' if box.elsewhere else ""
    rows = [
        _row(box.kind, 11, colour, start='<FONT COLOR="#ffffff">', end="</FONT>"),
        *([_row(box.name, 11, "#ffffff", start="<B>", end="</B>")] if box.name else []),
        *(_row(it, 10, "#ffffff") for line in box.lines for it in _wrapped(line)),
    ]
    borders = f'BORDER="1" COLOR="{colour}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="5"{style}'
    return f"<TABLE {borders}>{''.join(rows)}</TABLE>"


def _row(text: str, size: int, background: str, *, start: str = "", end: str = "") -> str:
    """Write a line of a box, with room for readers whose fonts are wider than Graphviz's."""
    width = round(len(text) * size * _EM) + 2 * _MARGIN
    font = f'<FONT POINT-SIZE="{size}">{start}{escape(text)}{end}</FONT>'
    return f'<TR><TD ALIGN="LEFT" BGCOLOR="{background}" WIDTH="{width}">{font}</TD></TR>'


def _wrapped(line: str) -> list[str]:
    """Break a line between two facts, so that no box is much wider than its neighbors."""
    lines: list[str] = []
    for fact in line.split(_BETWEEN):
        if lines and len(lines[-1]) + len(fact) <= _LINE:
            lines[-1] += f"{_BETWEEN}{fact}"
        else:
            lines.append(fact)
    return lines


def _label(text: str) -> str:
    """Write what is on an arrow, beside its line also if the font of a reader is wider than Graphviz's."""
    width = round(len(text) * 10 * _EM) + 2 * _MARGIN
    return f'<TABLE BORDER="0" CELLSPACING="0"><TR><TD WIDTH="{width}">{escape(text)}</TD></TR></TABLE>'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def mermaid(drawing: Drawing) -> str:
    """Write a drawing as a Mermaid flowchart."""
    ids = {box.id: f"n{number}" for number, box in enumerate(drawing.boxes)}
    lines = ["flowchart TD"]
    for box in drawing.within():
        lines += _mermaid_box(box, drawing, ids)
    for arrow in drawing.arrows:
        label = f'|"{_entities(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {ids[arrow.source]} -->{label} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


def _mermaid_box(box: Box, drawing: Drawing, ids: Mapping[str, str], indent: str = "  ") -> list[str]:
    inside = drawing.within(box)
    if not inside:
        return [f'{indent}{ids[box.id]}["{_words(box)}"]']
    return [
        f'{indent}subgraph {ids[box.id]}["{_words(box)}"]',
        *(line for it in inside for line in _mermaid_box(it, drawing, ids, f"{indent}  ")),
        f"{indent}end",
    ]


def _words(box: Box) -> str:
    parts: Iterable[str] = (f"{box.kind}: {box.name}" if box.name else box.kind, *box.lines)
    return "<br>".join(map(_entities, parts))


def _entities(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def text(drawing: Drawing) -> str:
    """Write what a drawing shows in words."""
    return "\n".join([drawing.title, *(f"- {sentence}" for sentence in drawing.sentences())]) + "\n"


FORMATS: Mapping[str, Callable[[Drawing], str]] = {"mermaid": mermaid, "dot": dot, "text": text}
