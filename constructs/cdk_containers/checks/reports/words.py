"""The words that reports share."""

from __future__ import annotations

import re

from cdk_containers.checks.engine import Finding, Report
from cdk_containers.core.practices import Severity

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters, which names in a template may have."""
    return _CONTROL.sub(" ", text)


def count(number: int, noun: str) -> str:
    """Return a count in words."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("ory") else f"{number} {noun}s"


def why_and_fix(finding: Finding) -> str:
    """Return the problem and the fix. The case of the first word does not change, because it can be a name."""
    why = one_line(finding.why).strip().rstrip(".")
    return ". ".join(text for text in (why, one_line(finding.fix)) if text)


def where(finding: Finding) -> str:
    """Return the file and the line of a finding, or the account, region and stack."""
    if finding.stack:
        return one_line(f"{finding.path}, {finding.logical_id} of stack {finding.stack}")
    return one_line(finding.path) if finding.line is None else f"{one_line(finding.path)}:{finding.line}"


def by_severity(report: Report) -> dict[Severity, int]:
    """Count the failures of each severity."""
    counts = {severity: sum(it.severity is severity for it in report.failures) for severity in Severity}
    return {severity: number for severity, number in counts.items() if number}


def summary(report: Report) -> str:
    """Summarize the report in one line."""
    severities = ", ".join(f"{number} {severity}" for severity, number in by_severity(report).items())
    parts = [count(len(report.failures), "finding") + (f" ({severities})" if severities else "")]
    others = {
        "undecided": len(report.undecided),
        "acknowledged": len(report.acknowledged),
        "in the baseline": len(report.known),
        "not checked": len(report.not_checked),
    }
    parts += [f"{number} {what}" for what, number in others.items() if number]
    return f"{', '.join(parts)}; {count(report.resources, 'resource')}"
