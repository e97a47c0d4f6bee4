"""A drawing: boxes, arrows between them, and resources without a box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from cdk_containers.core.frozen import frozen

Family = Literal["outside", "network", "compute", "data", "messages", "delivery", "other"]
"""The AWS category of a box, which determines its color."""


@frozen
class Box:
    """A resource that people refer to by name, such as a service or a queue.

    Attributes:
        id: Unique in the drawing.
        kind: Kind of resource, such as `Fargate service`.
        name: Name in the code.
        family: AWS category.
        lines: Key facts, such as sizes and counts.
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
    """Traffic or data from one box to another.

    Attributes:
        source: The id of the box that starts it.
        target: The id of the box that it reaches.
        label: Kind of traffic or access, such as `HTTPS 443` or `reads`.
    """

    source: str
    target: str
    label: str = ""


@frozen
class Drawing:
    """The drawing of a stack.

    Attributes:
        title: The name of the stack.
        boxes: Boxes of the drawing.
        arrows: Traffic and data.
        shared: Resources without a box, in words: `1 KMS key`.
    """

    title: str
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    shared: Sequence[str] = ()

    def within(self, box: Box | None = None) -> list[Box]:
        """Return the boxes directly inside a box, or the outermost boxes."""
        return [it for it in self.boxes if it.inside == (box.id if box else None)]

    def around(self, box: Box) -> Iterator[str]:
        """Yield the ids of the boxes that contain a box, from the inside out."""
        by_id = {it.id: it for it in self.boxes}
        while box.inside is not None:
            box = by_id[box.inside]
            yield box.id

    def sentences(self) -> list[str]:
        """Describe the drawing in words, for readers who cannot see it."""
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
