"""Draw the reference stacks for the documentation; scripts/write_docs.py writes what comes of it.

Graphviz lays the drawings out; it comes as WebAssembly from npm. Tests compare the text that it is given, since
another version of it may place boxes elsewhere.
"""

from __future__ import annotations

import hashlib
import html
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.templates import Estate
from cdk_containers.diagrams import FORMATS, Drawing, drawing_of

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "images" / "stacks"
PAGE = ROOT / "docs" / "reference-stacks.md"

_LAY_OUT = """
import { Graphviz } from "@hpcc-js/wasm-graphviz";
const graphviz = await Graphviz.load();
const texts = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => graphviz.dot(text))));
"""


def drawings(assembly: Path) -> list[Drawing]:
    """Read what the stacks of an assembly make; stacks without a box are left out."""
    estate = Estate(assume_defaults=True)
    read_estate([assembly], estate)
    drawn = [drawing_of(template) for template in estate.templates if template.nested_in is None]
    return sorted((it for it in drawn if it.boxes), key=lambda it: it.title)


def pictures(of: list[Drawing]) -> list[str]:
    """Lay drawings out, as SVG that says what it shows."""
    node = ROOT / ".venv" / "node" / "bin" / "node"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", _LAY_OUT],
        input=json.dumps([FORMATS["dot"](it) for it in of]),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return [_accessible(svg, drawing) for svg, drawing in zip(json.loads(done.stdout), of, strict=True)]


def _accessible(svg: str, drawing: Drawing) -> str:
    """Say in a picture what it shows, and of which text it is."""
    described = html.escape("\n".join(drawing.sentences()))
    start = svg.index("<svg")
    head = svg[start:].replace("<svg", f'<svg role="img" data-dot="{digest(FORMATS["dot"](drawing))}"', 1)
    end = head.index(">") + 1
    return f"{head[:end]}\n<title>{html.escape(drawing.title)}</title>\n<desc>{described}</desc>{head[end:]}"


def digest(dot: str) -> str:
    """Return what tells one text for Graphviz from another. Each picture has that of its text."""
    return hashlib.sha256(dot.encode()).hexdigest()[:16]


def words(picture: str) -> tuple[str, list[str]]:
    """Return the title of a picture and the sentences that say what it shows, as it has them itself."""
    title, sentences = (
        html.unescape(picture.partition(f"<{name}>")[2].partition(f"</{name}>")[0]) for name in ("title", "desc")
    )
    return title, sentences.splitlines()


def in_words(sentences: Iterable[str]) -> list[str]:
    """Write what a picture shows for those who cannot see it. Names are no Markdown: `* ? *` is a schedule."""
    return [
        "<details><summary>The picture in words</summary>",
        "<ul>",
        *(f"<li>{html.escape(sentence, quote=False)}</li>" for sentence in sentences),
        "</ul>",
        "</details>",
    ]


def page(of: list[Drawing]) -> str:
    """Write the page that shows all of them."""
    lines = [
        "# The reference stacks",
        "",
        "<!-- Written by scripts/write_docs.py; do not edit it here. -->",
        "",
        "What each stack of `stacks/` makes in the environment `prod`. A box counts its roles, log groups and alarms.",
        "Arrows are traffic and data. Draw your own stacks with `cdk-containers diagram`.",
    ]
    for drawing in of:
        name = _name(drawing)
        lines += ["", f"## {name}", "", f"![What {name} makes](images/stacks/{name}.svg)", ""]
        lines += in_words(drawing.sentences())
    return "\n".join(lines) + "\n"


def expected(of: list[Drawing]) -> dict[Path, str]:
    """Return what the files of the drawings should say: the text for Graphviz of each, and the page."""
    return {FOLDER / f"{_name(it)}.dot": FORMATS["dot"](it) for it in of} | {PAGE: page(of)}


def _name(drawing: Drawing) -> str:
    return drawing.title.removeprefix("prod-")


def written(assembly: Path) -> dict[Path, str]:
    """Return the files of the drawings, with the pictures."""
    found = drawings(assembly)
    drawn = {FOLDER / f"{_name(it)}.svg": picture for it, picture in zip(found, pictures(found), strict=True)}
    return expected(found) | drawn
