"""The report as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cdk_containers.checks.engine import Finding, Verdict
from cdk_containers.core.practices import Practice, Severity, practice
from cdk_containers.core.version import VERSION

from .practice_text import area_of
from .render import Results
from .words import one_line, why_and_fix

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""Code scanning uses numbers: above 9.0 is critical, from 7.0 high, and from 4.0 medium."""
_KINDS = {Verdict.FAIL: "fail", Verdict.CANNOT_TELL: "open", Verdict.PASS: "pass"}


def write(results: Results) -> str:
    """Write failures, with acknowledged failures as suppressed."""
    report = results.report
    findings = (*results.shown, *report.acknowledged)
    ids = sorted({it.practice for it in findings})
    driver = {
        "name": "cdk-containers",
        "semanticVersion": VERSION,
        "rules": [_rule(practice(id_)) for id_ in ids],
    }
    invocation = {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "warning", "message": {"text": it}} for it in report.not_checked],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "results": list(_results(findings, ids)),
        "columnKind": "utf16CodeUnits",
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(it: Practice) -> dict[str, Any]:
    return {
        "id": it.id,
        "name": "".join(word.capitalize() for word in it.id.split("-")),
        "shortDescription": {"text": it.title},
        "fullDescription": {"text": it.why},
        "help": {"text": f"{it.why}\n\n{it.source}", "markdown": f"{it.why}\n\n[AWS documentation]({it.source})"},
        "helpUri": it.source,
        "defaultConfiguration": {"level": _LEVELS[it.severity]},
        "properties": {
            "tags": ["security", area_of(it)],
            "precision": "high",
            "security-severity": _SCORES[it.severity],
        },
    }


def _results(findings: Iterable[Finding], ids: list[str]) -> Iterable[dict[str, Any]]:
    for finding in findings:
        failed = finding.verdict is Verdict.FAIL
        result: dict[str, Any] = {
            "ruleId": finding.practice,
            "ruleIndex": ids.index(finding.practice),
            "kind": _KINDS[finding.verdict],
            "level": _LEVELS[finding.severity] if failed else "none",
            "message": {"text": f"{one_line(finding.subject)}: {why_and_fix(finding)}"},
            "locations": [_location(finding)],
            "partialFingerprints": {"practiceAndResource/v1": _fingerprint(finding)},
        }
        if finding.acknowledged:
            result["suppressions"] = [{"kind": "inSource", "justification": finding.acknowledged}]
        yield result


def _location(finding: Finding) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(finding.path)},
            "region": {"startLine": finding.line or 1},
        },
        "logicalLocations": [
            {"name": finding.resource, "fullyQualifiedName": finding.subject, "kind": "resource"},
        ],
    }


def _uri(path: str) -> str:
    """Return a path relative to the working directory, as code scanning requires."""
    file = Path(path)
    here = Path.cwd()
    absolute = file if file.is_absolute() else here / file
    if absolute.is_relative_to(here):
        return quote(absolute.relative_to(here).as_posix(), errors="surrogateescape")
    return quote(file.as_posix(), errors="surrogateescape") if not file.is_absolute() else absolute.as_uri()


def _fingerprint(finding: Finding) -> str:
    text = "\n".join((finding.practice, finding.subject, Path(finding.path).name))
    return sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]
