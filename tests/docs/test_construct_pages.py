"""Every page of a construct has the same parts, in the same order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs_source import documented

PAGES = sorted((Path(__file__).parents[2] / "docs" / "constructs").glob("*.md"))
PARTS = ["Examples", "What a default does at run time", "Changing it later", "Escape hatches"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_parts_of_a_page(page: Path) -> None:
    text = page.read_text()
    purpose, *sections = re.split(r"(?m)^## ", text)
    headings = [section.partition("\n")[0] for section in sections]
    assert [heading for heading in headings if heading in PARTS] == PARTS
    assert headings[0] == PARTS[0]
    assert headings[-1] == PARTS[-1]
    assert re.search(r"-->\n\n\w.*\.\n", purpose), "a sentence says what it is for"
    assert "See the [AWS documentation](https://" in purpose
    assert re.match(r"Examples\n\n(?!```)", sections[0]), "a sentence says what the first example shows"
    assert "changing-what-runs.md" in sections[headings.index("Changing it later")]


@pytest.mark.parametrize("name", ["alarms", "run_command", "start_command"])
def test_a_page_has_each_way_to_make_an_attribute(name: str) -> None:
    """By assignment, as a property, and as a property that is made once."""
    assert name in {attribute.name for attribute in documented("ScheduledJob").attributes}
