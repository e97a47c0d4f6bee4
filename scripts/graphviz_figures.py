"""Pictures by Graphviz, which comes as WebAssembly from npm: each is committed beside the text that it is drawn from.

Tests compare the texts, since another version of Graphviz may place boxes elsewhere. A picture knows which text it is
of, and says in words what it shows.
"""

from __future__ import annotations

import hashlib
import html
import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_LAY_OUT = """
import { Graphviz } from "@hpcc-js/wasm-graphviz";
const graphviz = await Graphviz.load();
const texts = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => graphviz.dot(text))));
"""


@dataclass(frozen=True)
class Figure:
    """What a picture is drawn from.

    Attributes:
        path: Its file, without an ending.
        title: What it shows, in a few words.
        sentences: What it shows, for those who cannot see it.
        dot: Its text for Graphviz.
    """

    path: Path
    title: str
    sentences: Sequence[str]
    dot: str

    @property
    def svg(self) -> Path:
        """Return the file of the picture."""
        return self.path.with_suffix(".svg")


def files(figures: Sequence[Figure]) -> dict[Path, str]:
    """Return the files of pictures, with what they should say. Only what is new is laid out."""
    stale = [it for it in figures if not _is_fresh(it)]
    drawn = dict(zip((it.svg for it in stale), _pictures(stale), strict=True))
    texts = {it.path.with_suffix(".dot"): it.dot for it in figures}
    return texts | {it.svg: drawn.get(it.svg) or it.svg.read_text() for it in figures}


def _is_fresh(figure: Figure) -> bool:
    return figure.svg.exists() and _head(figure) in figure.svg.read_text()


def _head(figure: Figure) -> str:
    """Write what a picture says of itself."""
    described = html.escape("\n".join(figure.sentences))
    return f'data-dot="{digest(figure.dot)}"><title>{html.escape(figure.title)}</title><desc>{described}</desc>'


def _pictures(figures: Sequence[Figure]) -> list[str]:
    if not figures:
        return []
    node = ROOT / ".venv" / "node" / "bin" / "node"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", _LAY_OUT],
        input=json.dumps([it.dot for it in figures]),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return [_accessible(svg, it) for svg, it in zip(json.loads(done.stdout), figures, strict=True)]


def _accessible(svg: str, figure: Figure) -> str:
    opening, _, rest = svg[svg.index("<svg") :].partition(">")
    return f'{opening} role="img" {_head(figure)}{rest}'


def digest(dot: str) -> str:
    """Return what tells one text for Graphviz from another."""
    return hashlib.sha256(dot.encode()).hexdigest()[:16]


def shown(picture: Path, address: str) -> list[str]:
    """Write a picture into a page, with what it shows in words."""
    text = picture.read_text()
    title, sentences = (
        html.unescape(text.partition(f"<{name}>")[2].partition(f"</{name}>")[0]) for name in ("title", "desc")
    )
    return [f"![{title}]({address})", "", *in_words(sentences.splitlines())]


def in_words(sentences: Iterable[str]) -> list[str]:
    """Write what a picture shows for those who cannot see it. Names are no Markdown: `* ? *` is a schedule."""
    return [
        "<details><summary>The picture in words</summary>",
        "<ul>",
        *(f"<li>{html.escape(sentence, quote=False)}</li>" for sentence in sentences),
        "</ul>",
        "</details>",
    ]
