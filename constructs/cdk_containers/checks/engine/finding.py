"""Results of checks."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from cdk_containers.core.frozen import frozen
from cdk_containers.core.practices import Severity


class Verdict(StrEnum):
    """Whether a resource follows a practice."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105  (a verdict)
    CANNOT_TELL = "cannot-tell"


@frozen
class Finding:
    """One practice, one resource, one verdict.

    Attributes:
        practice: The id of the practice.
        resource: The logical id of the resource; in an account its ARN, or its id if it has no ARN.
        type: Its type.
        verdict: Whether it follows the practice.
        severity: How serious it is if it does not.
        why: What was seen.
        fix: What to change, in the words of CloudFormation; empty unless the verdict is a failure.
        path: The file.
        line: The line in the file, if known.
        construct: The path of the construct, if the template comes from a CDK app.
        stack: The stack that created the resource, if it was read from an account.
        logical_id: Its logical id in that stack; in a template it is `resource`.
        acknowledged: Why the failure is accepted; empty if it is not.
    """

    practice: str
    resource: str
    type: str
    verdict: Verdict
    severity: Severity
    why: str
    fix: str = ""
    path: str = ""
    line: int | None = None
    construct: str = ""
    stack: str = ""
    logical_id: str = ""
    acknowledged: str = ""

    @property
    def subject(self) -> str:
        """The resource in reports: its construct, or else its logical id; in an account its ARN."""
        return self.resource if self.stack else self.construct or self.resource


@frozen
class Report:
    """All findings, and resources that could not be checked.

    Attributes:
        findings: The results of the checks, in the order of the templates.
        not_checked: What could not be read, each with the reason.
        resources: How many resources were checked.
        known: The failures that a baseline accepts; they are not among the findings.
        fixed: Entries of a baseline that no longer occur, as text.
    """

    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...] = ()
    resources: int = 0
    known: tuple[Finding, ...] = ()
    fixed: tuple[str, ...] = ()
    failures: tuple[Finding, ...] = field(init=False)
    """The failures without acknowledgement, the worst first."""

    def __post_init__(self) -> None:
        order = list(Severity)
        open_ = [it for it in self.findings if it.verdict is Verdict.FAIL and not it.acknowledged]
        object.__setattr__(self, "failures", tuple(sorted(open_, key=lambda it: order.index(it.severity))))

    @property
    def acknowledged(self) -> tuple[Finding, ...]:
        """The accepted failures, with a reason."""
        return tuple(it for it in self.findings if it.acknowledged)

    @property
    def undecided(self) -> tuple[Finding, ...]:
        """Undecided results."""
        return tuple(it for it in self.findings if it.verdict is Verdict.CANNOT_TELL)

    @property
    def passes(self) -> tuple[Finding, ...]:
        """Passed checks."""
        return tuple(it for it in self.findings if it.verdict is Verdict.PASS)
