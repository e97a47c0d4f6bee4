"""Draw the reference stacks for the documentation; scripts/write_docs.py writes what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graphviz_figures import ROOT, Figure, files, in_words

from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.templates import Estate
from cdk_containers.diagrams import FORMATS, drawing_of

FOLDER = ROOT / "docs" / "images" / "stacks"
PAGE = ROOT / "docs" / "reference-stacks.md"


def figures(assembly: Path) -> list[Figure]:
    """Read what the stacks of an assembly make, of the environment `prod`; stacks without a box are left out."""
    estate = Estate(assume_defaults=True)
    read_estate([assembly], estate)
    drawn = [drawing_of(template) for template in estate.templates if template.nested_in is None]
    return [
        Figure(FOLDER / it.title.removeprefix("prod-"), it.title, it.sentences(), FORMATS["dot"](it))
        for it in sorted(drawn, key=lambda it: it.title)
        if it.boxes
    ]


def page(of: Sequence[Figure]) -> str:
    """Write the page that shows all of them."""
    lines = [
        "# The reference stacks",
        "",
        "<!-- Written by scripts/write_docs.py; do not edit it here. -->",
        "",
        "What each stack of `stacks/` makes in the environment `prod`. A box counts its roles, log groups and alarms.",
        "Arrows are traffic and data. Draw your own stacks with `cdk-containers diagram`.",
    ]
    for it in of:
        name = it.path.name
        lines += ["", f"## {name}", "", f"![What {name} makes](images/stacks/{name}.svg)", "", *in_words(it.sentences)]
    return "\n".join(lines) + "\n"


def expected(of: Sequence[Figure]) -> dict[Path, str]:
    """Return what the files of the drawings should say, without the pictures."""
    return {it.path.with_suffix(".dot"): it.dot for it in of} | {PAGE: page(of)}


def written(assembly: Path) -> dict[Path, str]:
    """Return the files of the drawings, with the pictures."""
    found = figures(assembly)
    return expected(found) | files(found)
