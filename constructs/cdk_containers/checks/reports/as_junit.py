"""The report as JUnit XML, for the test reports of CI systems: a suite for each template, a case for each finding."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cdk_containers.checks.engine import Finding, Verdict

from .render import Results
from .words import where

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(results: Results) -> str:
    """Write all results, because a test report also counts passed checks."""
    report = results.report
    root = Element("testsuites", name="cdk-containers")
    by_path: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_path.setdefault(finding.path, []).append(finding)
    for path, findings in by_path.items():
        suite = _suite(root, path, findings)
        for finding in findings:
            _case(suite, finding)
    if report.not_checked:
        suite = _suite(root, "not checked", [])
        suite.set("tests", str(len(report.not_checked)))
        suite.set("errors", str(len(report.not_checked)))
        for problem in report.not_checked:
            case = SubElement(suite, "testcase", classname="not checked", name=_xml(problem))
            SubElement(case, "error", message=_xml(problem))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _suite(root: Element, name: str, findings: list[Finding]) -> Element:
    return SubElement(
        root,
        "testsuite",
        name=_xml(name),
        tests=str(len(findings)),
        failures=str(sum(it.verdict is Verdict.FAIL and not it.acknowledged for it in findings)),
        errors="0",
        skipped=str(sum(it.verdict is Verdict.CANNOT_TELL or bool(it.acknowledged) for it in findings)),
    )


def _case(suite: Element, finding: Finding) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=_xml(finding.subject),
        name=finding.practice,
        file=_xml(finding.path),
        line=str(finding.line or 1),
    )
    if finding.acknowledged:
        SubElement(case, "skipped", message=_xml(f"acknowledged: {finding.acknowledged}"))
    elif finding.verdict is Verdict.FAIL:
        failure = SubElement(case, "failure", message=_xml(finding.why), type=finding.severity)
        failure.text = _xml(f"{where(finding)}\n{finding.why}\n{finding.fix}")
    elif finding.verdict is Verdict.CANNOT_TELL:
        SubElement(case, "skipped", message=_xml(finding.why))


def _xml(text: str) -> str:
    """Remove characters that XML does not allow."""
    return _NOT_XML.sub("\ufffd", text)
