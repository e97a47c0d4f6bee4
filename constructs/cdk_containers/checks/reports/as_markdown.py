"""The report as a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cdk_containers.checks.engine import Finding
from cdk_containers.core.practices import practice

from .render import Results
from .words import one_line, summary, where, why_and_fix

_LONGEST = 60_000
"""GitHub refuses a comment of more than 65,536 characters."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&@])")


def write(results: Results) -> str:
    """Write a table of findings to fix, with accepted findings and unchecked parts in folded sections."""
    report = results.report
    folded = [
        *_folded("acknowledged", (f"{_row_name(it)}: {_plain(it.acknowledged)}" for it in report.acknowledged)),
        *_folded("undecided", (f"{_row_name(it)}: {_plain(it.why)}" for it in report.undecided)),
        *_folded("fixed, but still in the baseline", map(_plain, report.fixed)),
        *_folded("not checked", map(_plain, report.not_checked)),
    ]
    if results.everything:
        folded += _folded("passed", map(_row_name, report.passes))
    return "\n".join(_cut([f"### cdk-containers: {summary(report)}", "", *_table(report.failures), *folded]))


def _table(findings: Iterable[Finding]) -> list[str]:
    rows = [
        f"| {it.severity} | {_code(it.subject)} | [{it.practice}]({practice(it.practice).source}) "
        f"| {_plain(why_and_fix(it))} | {_code(where(it))} |"
        for it in findings
    ]
    head = ["| Severity | Resource | Practice | What to change | Where |", "|---|---|---|---|---|"]
    return [*head, *rows, ""] if rows else []


def _row_name(finding: Finding) -> str:
    return f"{_code(finding.subject)} {finding.practice}"


def _folded(title: str, lines: Iterable[str]) -> list[str]:
    items = [f"- {line}" for line in lines]
    return ["<details>", f"<summary>{len(items)} {title}</summary>", "", *items, "", "</details>", ""] if items else []


def _cut(lines: list[str]) -> Iterator[str]:
    length = 0
    for number, line in enumerate(lines):
        length += len(line) + 1
        if length > _LONGEST:
            yield from ("", f"_{len(lines) - number} more lines do not fit in a comment._")
            return
        yield line


def _code(text: str) -> str:
    """Write a name as code. In a table, a bar would end the cell even in code."""
    return f"`{one_line(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(text))
