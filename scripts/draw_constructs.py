"""Draw what the first example of each construct's page makes, for the page.

Usage: draw_constructs.py [PAGE...]

  PAGE  names of pages in docs/constructs, such as rolling; all pages where none is given

Not drawn are the app and the cluster with which all examples begin, and pages whose picture would say nothing: a
picture needs an arrow, or a box inside something that runs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("JSII_NODE", str(ROOT / ".venv/node/bin/node"))
os.environ.setdefault("CDK_VALIDATION", "false")

from docs_examples import CONSTRUCTS, first_example, prelude, run  # noqa: E402  (after the choice of Node)
from graphviz_figures import Figure, files  # noqa: E402

from cdk_containers.checks.reading import read_estate  # noqa: E402
from cdk_containers.checks.templates import Estate  # noqa: E402
from cdk_containers.diagrams import FORMATS, Drawing, drawing_of  # noqa: E402

FOLDER = ROOT / "docs" / "images" / "constructs"

Before = Mapping[str, frozenset[str]]
"""The logical ids that each stack has when an example begins."""


def stacks_before(assembly: Path) -> Before:
    """Read what all examples begin with."""
    return {template.stack_name: frozenset(template.resources) for template in _estate(assembly).templates}


def figure_of_example(assembly: Path, before: Before, *, page: str) -> Figure | None:
    """Draw the stack to which an example adds most boxes; None if the drawing says nothing."""
    templates = [template for template in _estate(assembly).templates if template.nested_in is None]
    drawings = [drawing_of(template, before=before.get(template.stack_name, ())) for template in templates]
    drawing = max(drawings, key=lambda it: sum(not box.elsewhere for box in it.boxes))
    if not _says_something(drawing):
        return None
    named = (f"{box.name} ({box.kind})" if box.name else box.kind for box in drawing.boxes)
    title = f"What the example makes: {', '.join(named)}"
    return Figure(FOLDER / page, title, drawing.sentences(), FORMATS["dot"](replace(drawing, title=page)))


def _says_something(drawing: Drawing) -> bool:
    running = {box.id for box in drawing.boxes if box.family == "compute"}
    return bool(drawing.arrows) or any(box.inside in running for box in drawing.boxes)


def _estate(assembly: Path) -> Estate:
    estate = Estate(assume_defaults=True)
    read_estate([assembly], estate)
    return estate


def figures(pages: Sequence[Path]) -> Iterator[Figure]:
    """Run the first example of each page, and draw what it makes."""
    before = stacks_before(_synthesized(prelude(), "docs/examples.md"))
    for page in pages:
        example = first_example(page.read_text(), page)
        if example is not None:
            assembly = _synthesized(prelude() + example.code, example.name)
            figure = figure_of_example(assembly, before, page=page.stem)
            if figure is not None:
                yield figure


def _synthesized(code: str, name: str) -> Path:
    return Path(run(code, name)["app"].synth().directory)


def main(names: list[str]) -> int:
    """Run the command."""
    pages = [CONSTRUCTS / f"{name}.md" for name in names] or sorted(CONSTRUCTS.glob("*.md"))
    drawn = [*figures(pages)]
    texts = files(drawn)
    for page in pages:
        for ending in ("dot", "svg"):
            (FOLDER / f"{page.stem}.{ending}").unlink(missing_ok=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text)
    print(f"drawn: {len(drawn)} of {len(pages)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
