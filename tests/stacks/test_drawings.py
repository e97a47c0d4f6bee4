"""The drawings of the reference stacks show what the stacks make now."""

from __future__ import annotations

import pytest
from draw_stacks import FOLDER, expected, figures

from .conftest import Assembly

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]


def test_the_drawings_are_fresh(assemblies: dict[str, Assembly]) -> None:
    files = expected(figures(assemblies["prod"].folder))
    assert len(files) > 20
    stale = [path.name for path, text in files.items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run scripts/write_docs.py"
    assert {it.stem for it in FOLDER.glob("*.svg")} == {it.stem for it in files if it.suffix == ".dot"}
