"""The commands, files and options that pages show exist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from cdk_containers.cli.commands import COMMANDS
from cdk_containers.starting import DELIVERIES, app_files

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "_text" not in path.parts)]


def commands(text: str) -> Iterator[str]:
    """Yield the subcommands in the blocks of shells, and in code spans."""
    for language, block in re.findall(r"^```(\S*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if language in ("", "sh", "console"):
            yield from re.findall(r"^(?:\$ )?cdk-containers ([a-z]+)", block, re.MULTILINE)
    yield from re.findall(r"`cdk-containers ([a-z]+)", text)


def test_each_command_on_a_page_exists() -> None:
    shown = {(page.name, name) for page in PAGES for name in commands(page.read_text())}
    assert ("starting.md", "rollback") in shown
    assert [it for it in sorted(shown) if it[1] not in COMMANDS] == []


def test_tutorial_lists_the_files_and_deliveries_of_init() -> None:
    tutorial = (ROOT / "docs" / "starting.md").read_text()
    made = app_files("shop", "none", region="eu-west-1")
    listed = re.findall(r"^\| `([\w./]+)` \|", tutorial.split("## 2.")[0], re.MULTILINE)
    assert "service_stack.py" in listed
    assert [it for it in listed if not any(name.startswith(it) for name in made)] == []
    assert set(re.findall(r"^\| `([a-z]+)` \|", tutorial.split("`--delivery` | Adds")[1], re.MULTILINE)) == set(
        DELIVERIES
    )


def test_page_of_the_installation_lists_each_extra() -> None:
    page = (ROOT / "docs" / "installing.md").read_text()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)) == set(extras)
