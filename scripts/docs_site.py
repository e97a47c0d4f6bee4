"""Build the documentation site.

Usage: docs_site.py [--versions] [FOLDER]

  FOLDER      where to build it. Default: site
  --versions  let readers choose another version; scripts/docs_versions.py writes what they choose from

Pages at the root of the repository become pages of the site, and links between them and docs/ are rewritten. A link, an
anchor or an image that leads nowhere stops the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PAGES_AT_ROOT = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
}
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)\s:#]+)(?P<anchor>#[^)\s]*)?(?=\))")
_HIDDEN_INPUTS = shutil.ignore_patterns("_text")


_VERSIONS = "\nextra:\n  version: { provider: mike, default: latest }\n"


def build(site: Path, *, versions: bool = False) -> None:
    """Build the site into a folder, which is replaced. With `versions`, pages have a selector of versions.

    Raises:
        subprocess.CalledProcessError: A warning, such as a link that leads nowhere; its output says which.
    """
    shutil.rmtree(site, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "docs"
        shutil.copytree(ROOT / "docs", pages, ignore=_HIDDEN_INPUTS)
        for source, target in PAGES_AT_ROOT.items():
            (pages / target).write_text(_with_links_of_the_site((ROOT / source).read_text()))
        for page in pages.rglob("*.md"):
            page.write_text(_without_root(page.read_text()))
        settings = (ROOT / "mkdocs.yml").read_text()
        (Path(folder) / "mkdocs.yml").write_text(settings + _VERSIONS if versions else settings)
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
        shutil.move(Path(folder) / "site", site)


def _with_links_of_the_site(text: str) -> str:
    """Turn the links of a page at the root into links of the site."""

    def link(found: re.Match[str]) -> str:
        path = PAGES_AT_ROOT.get(found["path"], found["path"].removeprefix("docs/"))
        return path + (found["anchor"] or "")

    return _LINK.sub(link, text)


def _without_root(text: str) -> str:
    """Turn links that leave docs/ into links of the site."""

    def link(found: re.Match[str]) -> str:
        name = found["path"].removeprefix("../../").removeprefix("../")
        if found["path"].startswith("../") and name in PAGES_AT_ROOT:
            up = "../" * (found["path"].count("../") - 1)
            return up + PAGES_AT_ROOT[name] + (found["anchor"] or "")
        return found[0]

    return _LINK.sub(link, text)


def main() -> int:
    """Run the command."""
    folders = [argument for argument in sys.argv[1:] if argument != "--versions"]
    site = Path(folders[0] if folders else "site").resolve()
    try:
        build(site, versions="--versions" in sys.argv)
    except subprocess.CalledProcessError as error:
        print(error.stdout, error.stderr.partition("Traceback")[0], file=sys.stderr)
        return 1
    print(f"{len(list(site.rglob('*.html')))} pages in {site}; to read them: python -m http.server --directory {site}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
