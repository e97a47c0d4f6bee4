"""Checks of the practices at every synthesis of a CDK app."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import aws_cdk as cdk
import jsii

from cdk_containers.checks.engine import Finding, Report, Verdict, run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate
from cdk_containers.core.practices import Severity, practice
from cdk_containers.core.version import VERSION

FailOn: TypeAlias = Severity | Literal["critical", "high", "medium", "low", "never"]

_NAME = "cdk-containers"


@jsii.implements(cdk.IPolicyValidationPlugin)
class PracticeChecks:
    """Check every template of an app against the practices of this library, regardless of the constructs that it uses.

    Add it in one line::

        cdk.Validations.of(app).add_plugins(PracticeChecks())

    A finding shows the path of the construct, the problem and the fix. Accept a finding in code, with a reason::

        cdk.Validations.of(legacy).acknowledge(
            cdk.Acknowledgment(id="cdk-containers::immutable-tags", reason="the old pipeline moves latest"),
        )

    Values that are known only at deployment cause no finding.

    Args:
        fail_on: The lowest severity that fails synthesis; findings below it are shown as warnings. `never` shows all
            findings as warnings, for existing apps. Default `low`: every finding fails synthesis.

    Raises:
        ValueError: `fail_on` is not a severity.

    See https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
    """

    def __init__(self, *, fail_on: FailOn = "low") -> None:
        allowed = (*Severity, "never")
        if fail_on not in allowed:
            raise ValueError(f"PracticeChecks: invalid fail_on {fail_on!r}; allowed: {', '.join(allowed)}")
        self._failing = [] if fail_on == "never" else list(Severity)[: list(Severity).index(Severity(fail_on)) + 1]

    @property
    def name(self) -> str:
        """The name under which CDK reports the findings."""
        return _NAME

    @property
    def version(self) -> str:
        """The version of this library."""
        return VERSION

    @property
    def rule_ids(self) -> list[str]:
        """The ids of the practices that it checks."""
        return sorted({check.practice for check in CHECKS})

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the templates. CDK calls this after it has written them."""
        estate = Estate()
        skipped = read_estate(map(Path, context.template_paths), estate)
        report = run_checks(estate, CHECKS, not_checked=skipped)
        return cdk.PolicyValidationPluginReport(
            success=not any(finding.severity in self._failing for finding in report.failures),
            violations=[self._violation(finding) for finding in report.failures],
            plugin_version=self.version,
            metadata=_summary(report),
        )

    def _violation(self, finding: Finding) -> cdk.PolicyViolation:
        rule = practice(finding.practice)
        resource = cdk.PolicyViolatingResource(
            resource_logical_id=finding.resource, template_path=finding.path, locations=[]
        )
        return cdk.PolicyViolation(
            rule_name=finding.practice,
            description=f"{rule.title}: {finding.why}",
            fix=f"{finding.fix} See {rule.source}",
            severity="error" if finding.severity in self._failing else "warning",
            rule_metadata={"severity": finding.severity, "why": rule.why},
            violating_resources=[resource],
        )


def _summary(report: Report) -> dict[str, str]:
    """Report accepted findings, and parts that could not be checked."""
    accepted = [it for it in report.findings if it.acknowledged]
    undecided = sum(it.verdict is Verdict.CANNOT_TELL for it in report.findings)
    summary = {
        "resources": str(report.resources),
        "cannot tell": str(undecided),
        "acknowledged": "; ".join(f"{it.construct or it.resource} {it.practice}: {it.acknowledged}" for it in accepted),
        "not checked": "; ".join(report.not_checked),
    }
    return {key: value for key, value in summary.items() if value}
