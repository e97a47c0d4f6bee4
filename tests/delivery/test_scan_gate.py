"""How the gate judges, and what is wrong with exceptions."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers import ScanGate
from cdk_containers.delivery.scripts.scan_gate import exception_problems, judge, read_findings

TODAY = "2026-11-20"
EXCEPTION = {"id": "CVE-1", "owner": "team-shop", "reason": "not reachable", "expires": "2026-12-31"}


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({}, "the exceptions are not a list"),
        (["CVE-1"], "exception 0 is not an object"),
        ([EXCEPTION | {"owner": " "}], "CVE-1 has no owner"),
        ([{"id": "CVE-1"}], "CVE-1 has no owner, reason, expires"),
        ([EXCEPTION | {"expires": "soon"}], "CVE-1 expires on 'soon', which is no date such as 2027-01-31"),
        ([EXCEPTION | {"expires": "2027-02-30"}], "CVE-1 expires on '2027-02-30', which is no date such as 2027-01-31"),
        ([EXCEPTION | {"expires": 20270131}], "CVE-1 expires on 20270131, which is no date such as 2027-01-31"),
        ([EXCEPTION | {"expires": "2027-05-20"}], "CVE-1 is excepted for more than 180 days"),
    ],
)
def test_an_exception_without_owner_reason_or_end_is_none(entries: Any, why: str):
    assert exception_problems(entries, TODAY) == [why]


@pytest.mark.parametrize("expires", [TODAY, "2027-05-19"])
def test_an_exception_holds_up_to_180_days(expires: str):
    assert exception_problems([EXCEPTION | {"expires": expires}], TODAY) == []


def judged(*exceptions: dict[str, Any], today: str = TODAY) -> tuple[list[str], dict[str, int], list[str]]:
    findings = {"web": [("CVE-1", "HIGH"), ("CVE-2", "MEDIUM")], "api": [("CVE-1", "HIGH")]}
    return judge(findings, {"CRITICAL": 0, "HIGH": 0, "MEDIUM": 1}, list(exceptions), today)


def test_each_image_has_to_be_within_the_thresholds():
    over, counts, notes = judged()
    assert over == ["api: 1 HIGH, and 0 may be: CVE-1", "web: 1 HIGH, and 0 may be: CVE-1"]
    assert counts == {"CRITICAL": 0, "HIGH": 2, "MEDIUM": 1, "LOW": 0}
    assert notes == []


def test_an_exception_holds_for_all_images_or_for_those_it_names():
    assert judged(EXCEPTION)[0] == []
    over, counts, notes = judged(EXCEPTION | {"images": ["api"]})
    assert over == ["web: 1 HIGH, and 0 may be: CVE-1"]
    assert counts["HIGH"] == 1
    assert notes == ["api: HIGH CVE-1 is excepted"]


def test_an_exception_ends_after_its_last_day():
    assert judged(EXCEPTION, today="2026-12-31")[0] == []
    over, _, notes = judged(EXCEPTION, today="2027-01-01")
    assert len(over) == 2
    assert notes == ["CVE-1 was excepted until 2026-12-31 by team-shop, and counts again"]


def test_basic_and_enhanced_scans_are_read_and_nothing_counts_twice():
    enhanced = {"packageVulnerabilityDetails": {"vulnerabilityId": "CVE-3"}, "severity": "HIGH"}
    found = {
        "findings": [{"name": "CVE-1", "severity": "LOW"}],
        "enhancedFindings": [enhanced, enhanced, {"title": "T", "severity": None}],
    }
    assert read_findings({"imageScanFindings": found}) == [("CVE-1", "LOW"), ("CVE-3", "HIGH"), ("T", "None")]
    assert read_findings({}) == []


@pytest.mark.parametrize(
    ("gate", "option"),
    [
        (ScanGate(critical=None), "critical"),
        (ScanGate(high=None), "high"),
        (ScanGate(low=-1), "low"),
        (ScanGate(exceptions_file="/etc/passwd"), "exceptions_file"),
        (ScanGate(exceptions_file="../other"), "exceptions_file"),
    ],
)
def test_a_gate_that_lets_everything_pass_is_refused(gate: ScanGate, option: str):
    (problem,) = gate.problems()
    assert problem.option == option


def test_thresholds_that_are_not_set_are_not_written():
    assert ScanGate().problems() == []
    assert ScanGate(medium=3).thresholds == {"CRITICAL": 0, "HIGH": 0, "MEDIUM": 3}
