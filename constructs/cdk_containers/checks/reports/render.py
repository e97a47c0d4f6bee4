"""Formats of reports. The module of a format is imported when it is used."""

from __future__ import annotations

from importlib import import_module

from cdk_containers.checks.engine import Finding, Report
from cdk_containers.checks.templates import Estate
from cdk_containers.core.frozen import frozen

FORMATS = ("table", "json", "sarif", "junit", "markdown", "html")


@frozen(kw_only=False)
class Results:
    """The content of a report.

    Attributes:
        report: Results of the checks.
        estate: Checked templates or account.
        everything: Whether to include passed and undecided checks in formats that show only failures by default.
        colour: Whether to use colours.
        width: Width of a line in characters.
    """

    report: Report
    estate: Estate
    everything: bool = False
    colour: bool = False
    width: int = 120

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The failures, worst first. With `everything`, also undecided and passed checks."""
        report = self.report
        return (*report.failures, *report.undecided, *report.passes) if self.everything else report.failures


def render(format_: str, results: Results) -> str:
    """Write a report in one of the formats."""
    text: str = import_module(f".as_{format_}", __package__).write(results)
    return text
