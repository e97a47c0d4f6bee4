"""What the documentation takes from code is as the code is now."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def check(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/write_docs.py", "--check", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_pages_are_fresh() -> None:
    run = check("--fast")
    assert run.returncode == 0, run.stdout + run.stderr


def test_check_sees_a_stale_page(tmp_path: Path) -> None:
    for name in ("constructs", "docs", "scripts", "tests/snapshots", "tests/updates", "tests/checks/labelled"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "README.md", tmp_path)
    page = tmp_path / "docs" / "constructs" / "rolling.md"
    page.write_text(page.read_text().replace("`True`", "`False`", 1))
    run = check("rolling", root=tmp_path)
    assert run.returncode == 1
    assert run.stdout.splitlines()[0] == "stale: docs/constructs/rolling.md"


def pages() -> list[Path]:
    named = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    return [*named, *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "_text" not in path.parts)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made from the text of the heading."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(page.read_text()):
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path), f"{target}#{anchor}"
