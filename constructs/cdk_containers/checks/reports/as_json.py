"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

from cdk_containers.checks.engine import Finding
from cdk_containers.core.version import VERSION

from .render import Results
from .words import by_severity


def write(results: Results) -> str:
    """Write failures and undecided results. With `everything`, include passed checks."""
    report = results.report
    findings = (*report.failures, *report.undecided, *(report.passes if results.everything else ()))
    document = {
        "version": VERSION,
        "findings": [_finding(it) for it in findings],
        "acknowledged": [_finding(it) | {"reason": it.acknowledged} for it in report.acknowledged],
        "not_checked": list(report.not_checked),
        "baseline": {"known": len(report.known), "fixed": list(report.fixed)},
        "summary": {
            "templates": len(results.estate.templates),
            "resources": report.resources,
            "failures": len(report.failures),
            "severities": by_severity(report),
            "undecided": len(report.undecided),
            "passes": len(report.passes),
        },
    }
    return json.dumps(document, indent=2)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "practice": finding.practice,
        "resource": finding.resource,
        "type": finding.type,
        "construct": finding.construct,
        "stack": finding.stack,
        "logical_id": finding.logical_id,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "why": finding.why,
        "fix": finding.fix,
    }
