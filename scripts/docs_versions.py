"""Build the documentation of a released version, beside that of the other versions.

Usage: docs_versions.py SITE TAG

  SITE  the folder with all versions, such as what your web server shows; it is made if it does not exist
  TAG   the tag of the version, such as v0.2.0

The site of v0.2.0 goes to SITE/0.2, and that of v0.2.1 replaces it. SITE/versions.json is what the version selector of
the pages reads, and SITE/index.html leads to the newest version. The tag brings its own pages and its own builder.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_TAG = re.compile(r"v(?P<minor>(\d+)\.(\d+))\.\d+")
_LEAD = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={0}/"><a href="{0}/">{0}</a>\n'

Builder = Callable[[Path, Path], None]
"""Builds the site of the project in one folder into another."""


class VersionError(Exception):
    """A version cannot be built; the message says why."""


def add_version(site: Path, tag: str, *, repository: Path, build: Builder) -> None:
    """Build the site of a tag into the folder of its version, and list it.

    Raises:
        VersionError: There is no such tag, or it is not one of a version.
    """
    named = _TAG.fullmatch(tag)
    if named is None:
        raise VersionError(f"{tag} is not the tag of a version; write it as v0.2.0")
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "source", Path(folder) / "site"
        _extract(tag, repository, source)
        build(source, made)
        site.mkdir(parents=True, exist_ok=True)
        target = site / named["minor"]
        if target.exists():
            target.rename(Path(folder) / "old")
        made.rename(target)
    _list(site, named["minor"], tag.removeprefix("v"))


def _extract(tag: str, repository: Path, into: Path) -> None:
    command = ["git", "archive", "--format=tar", f"refs/tags/{tag}"]
    done = subprocess.run(command, cwd=repository, capture_output=True, check=False)
    if done.returncode:
        raise VersionError(f"there is no tag {tag}: {done.stderr.decode().strip()}")
    into.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-x", "-C", into], input=done.stdout, check=True)


def _list(site: Path, version: str, title: str) -> None:
    """Write what the selector reads, with the newest version first."""
    path = site / "versions.json"
    listed = json.loads(path.read_text()) if path.exists() else []
    titles = {it["version"]: it["title"] for it in listed} | {version: title}
    newest_first = sorted(titles, key=lambda it: [int(part) for part in it.split(".")], reverse=True)
    newest = newest_first[0]
    entries = [
        {"version": it, "title": titles[it], "aliases": ["latest"] if it == newest else []} for it in newest_first
    ]
    path.write_text(json.dumps(entries, indent=2) + "\n")
    (site / "index.html").write_text(_LEAD.format(newest))


def _build(source: Path, made: Path) -> None:
    subprocess.run([sys.executable, "scripts/docs_site.py", "--versions", made], cwd=source, check=True)


def main(arguments: list[str]) -> int:
    """Run the command."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    site, tag = arguments
    try:
        add_version(Path(site).resolve(), tag, repository=ROOT, build=_build)
    except VersionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
