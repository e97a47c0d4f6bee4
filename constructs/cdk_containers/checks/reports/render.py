"""The formats of a report. The module of a format is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from cdk_containers.checks.engine import Finding, Report
from cdk_containers.checks.templates import Estate
from cdk_containers.core.frozen import frozen

FORMATS = ("table", "json", "sarif", "junit", "markdown", "html")


@frozen(kw_only=False)
class Results:
    """What a report is made of.

    Attributes:
        report: What was found.
        estate: What was looked at.
        everything: Whether what passes and what cannot be told is shown where failures alone are by default.
        colour: Whether the reader sees colours.
        width: How many characters fit on a line.
    """

    report: Report
    estate: Estate
    everything: bool = False
    colour: bool = False
    width: int = 120

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The failures, the worst first; with `everything` also what cannot be told, and what passes."""
        report = self.report
        return (*report.failures, *report.undecided, *report.passes) if self.everything else report.failures


def render(format_: str, results: Results) -> str:
    """Write a report in one of the formats."""
    text: str = import_module(f".as_{format_}", __package__).write(results)
    return text
