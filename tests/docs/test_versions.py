"""Each version has its documentation beside that of the others."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from docs_versions import VersionError, add_version


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with three versions, each of which says its own name."""
    folder = tmp_path_factory.mktemp("repository")

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607

    git("init")
    for version in ("0.9.0", "0.10.0", "0.10.1"):
        (folder / "page.md").write_text(version)
        git("add", ".")
        git("commit", "--message", version)
        git("tag", f"v{version}")
    (folder / "page.md").write_text("not released")
    return folder


def build(source: Path, made: Path) -> None:
    made.mkdir()
    (made / "index.html").write_text((source / "page.md").read_text())


def test_versions_are_beside_each_other_and_the_newest_is_first(repository: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    for tag in ("v0.10.0", "v0.9.0", "v0.10.1"):
        add_version(site, tag, repository=repository, build=build)
    assert {path.parent.name: path.read_text() for path in site.glob("*/index.html")} == {
        "0.10": "0.10.1",
        "0.9": "0.9.0",
    }
    assert json.loads((site / "versions.json").read_text()) == [
        {"version": "0.10", "title": "0.10.1", "aliases": ["latest"]},
        {"version": "0.9", "title": "0.9.0", "aliases": []},
    ]
    assert "url=0.10/" in (site / "index.html").read_text()


@pytest.mark.parametrize(
    ("tag", "said"), [("main", "main is not the tag of a version"), ("v9.9.9", "there is no tag v9.9.9")]
)
def test_only_a_version_with_a_tag_is_built(repository: Path, tmp_path: Path, tag: str, said: str) -> None:
    with pytest.raises(VersionError, match=said):
        add_version(tmp_path / "site", tag, repository=repository, build=build)
    assert not (tmp_path / "site").exists()
