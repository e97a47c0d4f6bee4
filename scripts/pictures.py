"""Writing the pictures of docs/images, or checking that they are as they would be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

INK = "#1f2937"
"""The color of what is written into pictures."""
IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


def write_pictures(pictures: Mapping[str, str], arguments: list[str]) -> int:
    """Write or check the pictures; return the exit code."""
    stale = {
        name: drawn
        for name, drawn in pictures.items()
        if not (IMAGES / name).exists() or (IMAGES / name).read_text(encoding="utf-8") != drawn
    }
    if "--check" in arguments:
        for name in stale:
            print(f"stale: docs/images/{name}")
        return 1 if stale else 0
    IMAGES.mkdir(exist_ok=True)
    for name, drawn in stale.items():
        (IMAGES / name).write_text(drawn, encoding="utf-8")
        print(f"drawn: docs/images/{name}")
    return 0


def text_at(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    colour: str = INK,
    anchor: str = "start",
    weight: str = "normal",
) -> str:
    """Write a text of a picture."""
    return (
        f'<text x="{x:.5g}" y="{y:.5g}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
