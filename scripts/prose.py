"""Find words and forms that are not plain technical English: in pages, docstrings, messages and comments.

Usage: prose.py [--count] [PATH...]

  PATH      files or folders. Default: everything that people read
  --count   print how many each rule finds, and nothing else

Code spans, code blocks and links are skipped. `prose_rules.py` has the rules and what is allowed to stay. The exit code
is 1 when something else is found.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prose_rules import ALLOWED, RULES, Allowed, Rule

ROOT = Path(__file__).parents[1]

READ = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "SECURITY.md",
    ".github",
    "docs",
    "constructs",
    "stacks",
    "app.py",
    "scripts",
    "benchmarks",
    "sample",
    "tests",
    "tests/copilot/deviations.yml",
)
"""What people read: users, and contributors in the helpers of the tests."""

GENERATED = ("docs/constructs", "docs/defaults.md", "docs/practices.md", "docs/suppressions.md", "docs/errors.md")
"""Pages that `write_docs.py` writes from texts that are read too."""

_WRITTEN = "docs/constructs/_text"
_OWN = "scripts/prose_rules.py"
"""Has an example of each form."""

_SUFFIXES = (".md", ".py", ".txt", ".yml")

_FEWEST_SPACES = 2
"""Texts in code with fewer are mostly names."""

_BETWEEN = "|"
"""Code between two texts, so that no form reaches from one into the other."""

_TEXT = re.compile(
    r'#(?P<comment>[^\n]*)|(?:\b[rbfu]{1,2})?(?:"""(?P<doc>.*?)"""|"(?P<one>(?:[^"\\\n]|\\.)*)"'
    r"|'(?P<other>(?:[^'\\\n]|\\.)*)')",
    re.DOTALL,
)

_CODE = (
    re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1", re.DOTALL | re.MULTILINE),
    re.compile(r"``.+?``"),
    re.compile(r"`[^`\n]*`"),
    re.compile(r"\]\([^)\n]*\)"),
    re.compile(r"https?://\S+"),
    re.compile(r"<!--.*?-->"),
)
_A_VALUE = "•"
"""Stands for code in a text."""


@dataclass(frozen=True)
class Hit:
    """A place with a form to avoid."""

    path: Path
    line: int
    rule: Rule
    text: str

    def __str__(self) -> str:
        """Show it as an editor can follow it."""
        return f"{self.path}:{self.line}: {self.rule.name}: {self.text!r}: {self.rule.instead}"

    def is_of(self, allowed: Allowed) -> bool:
        """Tell whether an entry of the allow-list means it."""
        return (self.path.as_posix(), self.rule.name, self.text) == allowed[:3]


def find(paths: Sequence[Path]) -> list[Hit]:
    """Return what is found in files and folders, allowed or not."""
    return [hit for path in sorted(_files(paths)) for hit in _in_file(path)]


def read() -> list[Path]:
    """Return everything that people read."""
    return [ROOT / it for it in READ]


def unexpected(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that the allow-list does not have."""
    return [hit for hit in hits if not any(hit.is_of(it) for it in ALLOWED)]


def in_text(text: str, path: Path) -> Iterator[Hit]:
    """Find the forms in the text of a file."""
    prose = without_code(text).lower()
    for rule in RULES:
        for match in rule.pattern.finditer(prose):
            yield Hit(path, prose.count("\n", 0, match.start()) + 1, rule, " ".join(match.group().split()))


def without_code(text: str) -> str:
    """Blank out code and addresses, so that lines stay where they are."""
    for pattern in _CODE:
        text = pattern.sub(lambda it: _A_VALUE + "\n" * it.group().count("\n"), text)
    return text


def texts_of_code(source: str) -> str:
    """Return what a Python file says to people, on its lines: docstrings, messages and comments."""
    parts = []
    end = 0
    for match in _TEXT.finditer(source):
        between = source[end : match.start()]
        parts.append(between if not between.strip() else _BETWEEN + "\n" * between.count("\n"))
        text = next(it for it in match.groups() if it is not None)
        if match["one"] is not None or match["other"] is not None:
            text = (
                re.sub(r"\{[^{}]*\}", _A_VALUE, text.replace("\\n", "  "))
                if text.count(" ") >= _FEWEST_SPACES
                else _BETWEEN
            )
        parts.append(text)
        end = match.end()
    return "".join(parts)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (it for it in path.rglob("*") if it.suffix in _SUFFIXES and _is_written(it))
        else:
            yield path


def _is_written(path: Path) -> bool:
    shown = _shown(path).as_posix()
    if shown.startswith("tests/"):
        return path.suffix == ".py" and not path.name.startswith("test_")
    return shown != _OWN and (shown.startswith(_WRITTEN) or not shown.startswith(GENERATED))


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _in_file(path: Path) -> Iterator[Hit]:
    text = path.read_text()
    return in_text(texts_of_code(text) if path.suffix == ".py" else text, _shown(path))


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    paths = [Path(it).resolve() for it in arguments if not it.startswith("--")] or read()
    hits = unexpected(find(paths))
    if "--count" in arguments:
        for name, number in Counter(hit.rule.name for hit in hits).most_common():
            print(f"{number:5} {name}")
        print(f"{len(hits):5} in all")
    else:
        for hit in hits:
            print(hit)
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
