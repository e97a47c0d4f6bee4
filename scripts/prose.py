"""Find words and forms that are not plain technical English: in pages, docstrings, messages and comments.

Usage: prose.py [--count] [PATH...]

  PATH      files or folders. Default: everything that people read
  --count   print how many each rule finds, and nothing else

Code spans, code blocks and links are skipped. The exit code is 1 when something is found.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

READ = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs",
    "constructs",
    "stacks",
    "app.py",
    "scripts",
    "benchmarks",
    "sample",
)
"""What people read. The changelog tells what releases said, and stays as it is."""

_SHORTEST_MESSAGE = 30
"""Shorter texts in code are mostly names."""


@dataclass(frozen=True)
class Rule:
    """A form to avoid.

    Attributes:
        name: Its name, for the allow list.
        pattern: What it looks like.
        instead: What to write.
    """

    name: str
    pattern: re.Pattern[str]
    instead: str


@dataclass(frozen=True)
class Hit:
    """A place where a form stands."""

    path: Path
    line: int
    rule: Rule
    text: str

    def __str__(self) -> str:
        """Show it as an editor can follow it."""
        return f"{self.path}:{self.line}: {self.rule.name}: {self.text!r}: {self.rule.instead}"


def _rule(name: str, pattern: str, instead: str) -> Rule:
    return Rule(name, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), instead)


RULES = (
    _rule("nobody", r"nobody|somebody|anybody", "name the actor: you, callers, the team; or 'no one'"),
    _rule("of-ones-own", r"of (?:one's|its|their|your) own", "its own X, a separate X, your own X"),
    _rule("the-one-that", r"(?:the )?ones? that", "repeat the noun"),
    _rule("has-to", r"(?:has|have) to (?:give|look|be)|(?:what|who) has to", "must, and an active verb"),
    _rule("whom", r"(?:to |for |from |by )?whom|whoever", "name the caller"),
    _rule("where-nothing", r"where (?:nothing|nobody|there is|one|a caller says)", "if or when"),
    _rule(
        "says-nothing",
        r"says? nothing(?: of| about)?|tells nobody|knows of|in it stands",
        "does not show; sends no notification",
    ),
    _rule("comes-up", r"(?:comes?|came|coming) up|(?:goes|go|went) over", "start, become healthy, shift, exceed"),
    _rule("need-not", r"needs? not|shall|ought to|for ever|dare not", "do not need to; must; forever"),
    _rule("nothing-but", r"(?:nothing|none|all|everything|closed) but", "only; except"),
    _rule("at-times", r"at times|seldom|now and then", "rarely; sometimes; the number"),
    _rule("leave-to", r"with leave to|leave of|leave to (?:open|do|use|call)", "permission; allowed to"),
    _rule("look-after", r"look(?:s|ed)? after", "manage; patch"),
    _rule(
        "inversion",
        r"nor (?:is|are|does|do|has|have)|so (?:does|do|is|has) (?:the|it|they)|only then (?:is|does)",
        "subject, verb, object",
    ),
    _rule("is-to-be", r"(?:is|are|was|were) to be", "must be; can be"),
    _rule("besides", r"besides", "also; in addition"),
    _rule("so-long", r"so long (?:may|can|must)|so far as|so as to|as long as may be", "as long as; to"),
    _rule("that-which", r"that which|those which|that of which", "what; the X that"),
    _rule("some-number", r"some (?:two|three|four|five|ten|twenty|\d[\d,]*)", "about"),
    _rule(
        "if-need-be",
        r"if need be|in place of|be it|thereof|therein|hereof|whereby|wherein|hence|thus",
        "plain words: instead of; so; where needed",
    ),
    _rule("stands", r"stands? (?:in|on|at|there|here|below|above|beside)|stood (?:in|on|there)", "is; appears; lies"),
    _rule("best-effort-are", r"are best effort", "work on a best-effort basis"),
    _rule("allow-to", r"allows? to \w+", "allows you to; lets X do"),
    _rule("all-of-the", r"are there when|is there when", "exist when"),
    _rule("lets-alone", r"let(?:s)? alone|left alone|leaves? alone", "does not change"),
)


def find(paths: Sequence[Path]) -> list[Hit]:
    """Return what is found in files and folders."""
    return [hit for path in sorted(_files(paths)) for hit in _in_file(path)]


def in_text(text: str, path: Path, line: int = 1) -> Iterator[Hit]:
    """Find the forms in a text that starts at a line."""
    prose = without_code(text)
    for rule in RULES:
        for match in rule.pattern.finditer(prose):
            found = " ".join(match.group().split())
            yield Hit(path, line + prose.count("\n", 0, match.start()), rule, found)


def without_code(text: str) -> str:
    """Blank out code and addresses, so that places stay where they are."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"\S", "`", match.group())

    for pattern in (
        r"(?ms)^[ \t]*(```|~~~).*?^[ \t]*\1",
        r"``.+?``",
        r"`[^`\n]*`",
        r"\]\([^)\n]*\)",
        r"https?://\S+",
        r"<!--.*?-->",
    ):
        text = re.sub(pattern, blank, text)
    return text


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = (it for it in path.rglob("*") if "__pycache__" not in it.parts)
            yield from (it for it in inside if it.suffix in {".md", ".py"})
        else:
            yield path


def _in_file(path: Path) -> Iterator[Hit]:
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    text = path.read_text()
    if path.suffix == ".md":
        yield from in_text(text, shown)
        return
    for line, part in texts_of_code(text):
        yield from in_text(part, shown, line)


def texts_of_code(source: str) -> Iterator[tuple[int, str]]:
    """Return what a Python file says to people: docstrings, messages and comments, each with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [it.value if isinstance(it, ast.Constant) else "`x`" for it in node.values]
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= _SHORTEST_MESSAGE:
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    paths = [Path(it).resolve() for it in arguments if not it.startswith("--")] or [ROOT / it for it in READ]
    hits = sorted(set(find(paths)), key=lambda it: (it.path, it.line))
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
