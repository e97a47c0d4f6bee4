"""Every Python example of the documentation runs, and synthesizes. A block of plain text after an example is its error.

The pictures on the pages of constructs show what their first example makes.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docs_examples import COMPLETE, CONSTRUCTS, PAGES, Example, examples, first_example, prelude, run
from draw_constructs import FOLDER, Before, figure_of_example, stacks_before
from graphviz_figures import digest

EXAMPLES = [example for page in PAGES for example in examples(page)]
PRELUDE = prelude()


@dataclass(frozen=True)
class Synthesized:
    folder: Path
    resources: int


def synthesized(variables: dict[str, Any]) -> Synthesized:
    assembly = variables["app"].synth(force=True)
    stacks = assembly.stacks_recursively
    told = [str(message.entry.data) for stack in stacks for message in stack.messages]
    assert not [text for text in told if "first-deployment" in text], "it cannot be deployed as it is written"
    made = sum(len(stack.template.get("Resources", {})) for stack in stacks)
    return Synthesized(Path(assembly.directory), made)


@pytest.fixture(scope="module")
def start() -> Synthesized:
    return synthesized(run(PRELUDE, "docs/examples.md"))


@pytest.fixture(scope="module")
def before(start: Synthesized) -> Before:
    return stacks_before(start.folder)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_example_runs(example: Example, start: Synthesized, before: Before) -> None:
    complete = example.page.name in COMPLETE
    code = example.code if complete else PRELUDE + example.code
    if example.error is not None:
        with pytest.raises(Exception) as caught:  # noqa: PT011  (the text says which)
            run(code, example.name)
        assert "".join(traceback.format_exception_only(caught.value)) == example.error
        return
    made = synthesized(run(code, example.name))
    assert made.resources > (0 if complete else start.resources), "the example adds nothing"
    if example.page.parent == CONSTRUCTS and example == first_example(example.page.read_text(), example.page):
        figure = figure_of_example(made.folder, before, page=example.page.stem)
        path = FOLDER / f"{example.page.stem}.dot"
        committed = path.read_text() if path.exists() else None
        assert committed == (figure and figure.dot), "run scripts/draw_constructs.py"


@pytest.mark.parametrize("name", ["constructs", "parts", "stacks"])
def test_each_picture_is_drawn_from_the_text_beside_it(name: str) -> None:
    pictures = {path.stem: path.read_text() for path in (FOLDER.parent / name).glob("*.svg")}
    texts = {path.stem: path.read_text() for path in (FOLDER.parent / name).glob("*.dot")}
    assert len(texts) >= 3
    assert pictures.keys() == texts.keys()
    assert [it for it, text in texts.items() if f'data-dot="{digest(text)}"' not in pictures[it]] == []


def test_each_picture_is_on_its_page() -> None:
    shown = {
        page.stem for page in CONSTRUCTS.glob("*.md") if f"(../images/constructs/{page.stem}.svg)" in page.read_text()
    }
    assert shown == {path.stem for path in FOLDER.glob("*.svg")}


def test_there_are_examples_on_the_page_of_each_construct() -> None:
    pages = {path.name for path in CONSTRUCTS.glob("*.md")}
    assert len(pages) > 10
    assert pages <= {example.page.name for example in EXAMPLES}
