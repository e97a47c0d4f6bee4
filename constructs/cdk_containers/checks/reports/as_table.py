"""The report for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from cdk_containers.checks.engine import Finding, Verdict
from cdk_containers.core.practices import Severity

from .render import Results
from .words import one_line, summary, where

_INDENT = 10
_NARROWEST = 40
_BOLD, _DIM = "1", "2"
_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
}


def write(results: Results) -> str:
    """Write a block of lines for each finding, and a summary."""
    report = results.report
    table = _Table(colour=results.colour, width=max(results.width, _NARROWEST))
    lines = [line for finding in results.shown for line in table.block(finding)]
    if results.everything:
        lines += table.listed("Acknowledged", (f"{_title(it)}: {it.acknowledged}" for it in report.acknowledged))
    lines += table.listed("Fixed, but still in the baseline", report.fixed)
    lines += table.listed("Not checked", report.not_checked)
    hint = "; add --all to see the undecided checks" if report.undecided and not results.everything else ""
    return "\n".join([*lines, table.painted(summary(report), _BOLD) + hint])


def _title(finding: Finding) -> str:
    return f"{finding.practice} on {finding.subject}"


class _Table:
    def __init__(self, *, colour: bool, width: int) -> None:
        self._colour = colour
        self._width = width

    def painted(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colour else text

    def block(self, finding: Finding) -> Iterator[str]:
        failed = finding.verdict is Verdict.FAIL
        label = str(finding.severity if failed else finding.verdict.replace("cannot-tell", "unknown"))
        colour = _COLOURS[finding.severity] if failed else _DIM
        subject, place = one_line(finding.subject), where(finding)
        head = self.painted(f"{label:<{_INDENT}}", colour) + self.painted(subject, _BOLD) + f"  {finding.practice}"
        if _INDENT + len(subject) + len(finding.practice) + len(place) + 4 <= self._width:
            yield f"{head}  {self.painted(place, _DIM)}"
        else:
            yield head
            yield " " * _INDENT + self.painted(place, _DIM)
        for text in (finding.why, finding.fix):
            yield from self._wrapped(one_line(text), " " * _INDENT)
        yield ""

    def listed(self, title: str, texts: Iterable[str]) -> list[str]:
        lines = [line for text in texts for line in self._wrapped(one_line(text), "  ")]
        return [self.painted(f"{title}:", _BOLD), *lines, ""] if lines else []

    def _wrapped(self, text: str, indent: str) -> list[str]:
        return wrap(
            text,
            self._width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
