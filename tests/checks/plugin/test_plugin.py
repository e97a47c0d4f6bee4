"""The checks in a CDK app that has nothing of this library but the plugin."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr

from cdk_containers import PracticeChecks
from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate

RULE = "immutable-tags"


def synthesized(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    build: Callable[[cdk.Stack], None],
    **options: Any,
) -> dict[str, Any]:
    """Synthesize an app with the plugin, and return the report of CDK."""
    monkeypatch.setenv("CDK_VALIDATION", "true")
    app = cdk.App(outdir=str(folder), context={"@aws-cdk/core:validateAgainstDefaultRules": False})
    cdk.Validations.of(app).add_plugins(PracticeChecks(**options))
    build(cdk.Stack(app, "Shop"))
    with contextlib.suppress(RuntimeError):  # CDK ends the synthesis where a plugin fails
        app.synth()
    report: dict[str, Any] = json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))
    (own,) = [it for it in report["pluginReports"] if it["pluginName"] == "cdk-containers"]
    return own


def mutable(stack: cdk.Stack) -> None:
    ecr.Repository(stack, "Images")


def test_a_finding_has_the_construct_what_was_seen_and_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    report = synthesized(tmp_path, monkeypatch, mutable)
    assert report["conclusion"] == "failure"
    (violation,) = [it for it in report["violations"] if it["ruleName"] == RULE]
    assert violation["severity"] == "error"
    assert "a tag can be moved to another image" in violation["description"]
    assert "IMMUTABLE" in violation["suggestedFix"]
    (construct,) = violation["violatingConstructs"]
    assert construct["constructPath"] == "Shop/Images/Resource"


def test_below_the_severity_that_fails_it_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    report = synthesized(tmp_path, monkeypatch, mutable, fail_on="never")
    assert report["conclusion"] == "success"
    assert {it["severity"] for it in report["violations"]} == {"warning"}


def test_what_the_app_acknowledges_is_reported_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def acknowledged(stack: cdk.Stack) -> None:
        mutable(stack)
        reason = "the old pipeline moves latest"
        cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id=f"cdk-containers::{RULE}", reason=reason))

    report = synthesized(tmp_path, monkeypatch, acknowledged)
    assert [it for it in report["violations"] if it["ruleName"] == RULE] == []
    (suppressed,) = [it for it in report["suppressedViolations"] if it["ruleName"] == RULE]
    assert suppressed["reason"] == "the old pipeline moves latest"


def test_the_assembly_remembers_what_the_app_acknowledges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The same template is checked later, without the app: from the files in its folder."""

    def one_of_two(stack: cdk.Stack) -> None:
        mutable(stack)
        accepted = ecr.Repository(stack, "Legacy")
        reason = cdk.Acknowledgment(id=f"cdk-containers::{RULE}", reason="the old pipeline moves latest")
        cdk.Validations.of(accepted).acknowledge(reason)

    synthesized(tmp_path, monkeypatch, one_of_two)
    estate = Estate()
    assert read_estate([tmp_path], estate) == []
    found = {it.construct: it for it in run_checks(estate, CHECKS).findings if it.practice == RULE}
    assert found["Shop/Images"].acknowledged == ""
    assert found["Shop/Legacy"].acknowledged == "the old pipeline moves latest"


def test_a_severity_that_is_none_is_refused():
    with pytest.raises(ValueError, match="invalid fail_on 'severe'; allowed: critical, high, medium, low, never"):
        PracticeChecks(fail_on="severe")  # type: ignore[arg-type]
