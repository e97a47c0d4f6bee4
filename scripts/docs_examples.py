"""The Python examples of the documentation, as a reader meets them.

The examples of README.md and docs/index.md are complete. Those in other pages begin where the example of
docs/examples.md ends, which makes an app, a stack, a cluster and a certificate. A block of plain text after an
example is the error that it raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONSTRUCTS = ROOT / "docs" / "constructs"
PAGES = [ROOT / "README.md", *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "_text" not in path.parts)]
COMPLETE = ("README.md", "index.md", "examples.md")

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>.*)\n(?P<text>(?:.*\n)*?)(?P=indent)```$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One example.

    Attributes:
        page: The page that shows it.
        line: Where it begins.
        code: What it says.
        error: The error that it raises, if it raises one.
        end: Where its block ends in the text of the page.
    """

    page: Path
    line: int
    code: str
    error: str | None
    end: int

    @property
    def name(self) -> str:
        """Say where it is."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def examples(page: Path) -> Iterator[Example]:
    """Give the examples of a page."""
    yield from examples_in(page.read_text(), page)


def examples_in(text: str, page: Path) -> Iterator[Example]:
    """Give the examples of the text of a page."""
    blocks = list(_FENCE.finditer(text))
    for block, after in pairwise([*blocks, None]):
        if block is None or block["language"] != "python":
            if block is not None and "python" in block["language"]:
                raise ValueError(f"{page}: an example is run, or it is none: {block['language']}")
            continue
        follows = after is not None and after["language"] == "text" and not text[block.end() : after.start()].strip()
        line = text.count("\n", 0, block.start()) + 1
        yield Example(page, line, block["text"], after["text"] if after and follows else None, block.end())


def first_example(text: str, page: Path) -> Example | None:
    """Return the first example of a page that raises no error."""
    return next((example for example in examples_in(text, page) if example.error is None), None)


def prelude() -> str:
    """Return what the examples of most pages begin with."""
    return next(examples(ROOT / "docs" / "examples.md")).code


def run(code: str, name: str) -> dict[str, Any]:
    """Run an example, and return its variables."""
    variables: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, name, "exec"), variables)  # noqa: S102  (our own documentation)
    return variables
