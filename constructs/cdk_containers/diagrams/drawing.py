"""A drawing: boxes, arrows between them, and what belongs to no box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from cdk_containers.core.frozen import frozen

Family = Literal["outside", "network", "compute", "data", "messages", "delivery", "other"]
"""What a box belongs to. It decides the color, by AWS's categories."""


@frozen
class Box:
    """A thing that has a name in a conversation, such as a service or a queue.

    Attributes:
        id: Unique in the drawing.
        kind: What it is, such as `Fargate service`.
        name: What the code calls it.
        family: What it belongs to.
        lines: What a reviewer asks first, such as sizes and counts.
        inside: The id of the box that contains it, if one does.
        elsewhere: Whether another stack or another team owns it.
    """

    id: str
    kind: str
    name: str
    family: Family
    lines: Sequence[str] = ()
    inside: str | None = None
    elsewhere: bool = False


@frozen
class Arrow:
    """Traffic or data that goes from one box to another.

    Attributes:
        source: The id of the box that starts it.
        target: The id of the box that it reaches.
        label: What goes there, such as `HTTPS 443` or `reads`.
    """

    source: str
    target: str
    label: str = ""


@frozen
class Drawing:
    """What one stack makes.

    Attributes:
        title: The name of the stack.
        boxes: What is drawn as a box.
        arrows: Traffic and data.
        shared: What belongs to no box, as words: `1 KMS key`.
    """

    title: str
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    shared: Sequence[str] = ()

    def within(self, box: Box | None = None) -> list[Box]:
        """Return the boxes that are directly inside one, or those that are inside none."""
        return [it for it in self.boxes if it.inside == (box.id if box else None)]

    def around(self, box: Box) -> Iterator[str]:
        """Give the id of each box that contains one, from the inside out."""
        by_id = {it.id: it for it in self.boxes}
        while box.inside is not None:
            box = by_id[box.inside]
            yield box.id

    def sentences(self) -> list[str]:
        """Say in words what the drawing shows, for those who cannot see it."""
        names = {box.id: f"{box.name} ({box.kind})" if box.name else box.kind for box in self.boxes}
        said = []
        for box in self.boxes:
            place = f", inside {names[box.inside]}" if box.inside else ""
            said.append(f"{names[box.id]}{place}{': ' if box.lines else ''}{', '.join(box.lines)}.")
        for arrow in self.arrows:
            label = f" ({arrow.label})" if arrow.label else ""
            said.append(f"{names[arrow.source]} to {names[arrow.target]}{label}.")
        if self.shared:
            said.append(f"Also: {', '.join(self.shared)}.")
        return said
