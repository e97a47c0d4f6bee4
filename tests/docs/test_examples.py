"""Every Python example of the documentation runs, and synthesizes.

The examples of README.md and docs/index.md are complete. Those in other pages begin where the example of
docs/examples.md ends, which makes an app, a stack, a cluster and a certificate. A block of plain text after an
example is the error that it raises.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "_text" not in path.parts)]

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>.*)\n(?P<text>(?:.*\n)*?)(?P=indent)```$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    page: Path
    line: int
    code: str
    error: str | None

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def examples(page: Path) -> Iterator[Example]:
    text = page.read_text()
    blocks = list(_FENCE.finditer(text))
    for block, after in pairwise([*blocks, None]):
        if block["language"] != "python":
            assert "python" not in block["language"], "an example is run, or it is none"
            continue
        follows = after is not None and after["language"] == "text" and not text[block.end() : after.start()].strip()
        line = text.count("\n", 0, block.start()) + 1
        yield Example(page, line, block["text"], after["text"] if after and follows else None)


EXAMPLES = [example for page in PAGES for example in examples(page)]
PRELUDE = next(example for example in EXAMPLES if example.page.name == "examples.md").code


def run(code: str, name: str) -> dict[str, Any]:
    variables: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, name, "exec"), variables)  # noqa: S102  (our own documentation)
    return variables


def resources(variables: dict[str, Any]) -> int:
    assembly = variables["app"].synth(force=True)
    stacks = assembly.stacks_recursively
    told = [str(message.entry.data) for stack in stacks for message in stack.messages]
    assert not [text for text in told if "first-deployment" in text], "it cannot be deployed as it is written"
    return sum(len(stack.template.get("Resources", {})) for stack in stacks)


@pytest.fixture(scope="module")
def prelude_resources() -> int:
    return resources(run(PRELUDE, "docs/examples.md"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_example_runs(example: Example, prelude_resources: int) -> None:
    complete = example.page.name in ("README.md", "index.md", "examples.md")
    code = example.code if complete else PRELUDE + example.code
    if example.error is not None:
        with pytest.raises(Exception) as caught:  # noqa: PT011  (the text says which)
            run(code, example.name)
        assert "".join(traceback.format_exception_only(caught.value)) == example.error
        return
    made = resources(run(code, example.name))
    assert made > (0 if complete else prelude_resources), "the example adds nothing"


def test_there_are_examples_on_the_page_of_each_construct() -> None:
    pages = {path.name for path in (ROOT / "docs" / "constructs").glob("*.md")}
    assert len(pages) > 10
    assert pages <= {example.page.name for example in EXAMPLES}
