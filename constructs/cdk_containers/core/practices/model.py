"""What a practice is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

from ..frozen import frozen

Checker: TypeAlias = Literal["security-hub", "control-tower", "guard", "cdk-nag", "checkov", "prowler", "cfn-lint"]
"""A tool that also checks a practice: for cdk-nag its AwsSolutions pack, for checkov its CloudFormation checks."""

Kind: TypeAlias = Literal["template", "live", "none"]
"""Where you can see whether a practice is followed: in a template, only in deployed resources, or nowhere in AWS."""

_NOT_CHECKED: Mapping[Checker, tuple[str, ...]] = MappingProxyType({})


class Severity(StrEnum):
    """How serious it is if a practice is not followed."""

    CRITICAL = "critical"
    """An outsider can get in, or secrets can leak."""
    HIGH = "high"
    """Users see an outage, data can be lost, AWS refuses to run it, or a barrier against attackers is missing."""
    MEDIUM = "medium"
    """An incident gets longer, larger or harder to explain."""
    LOW = "low"
    """Money, convenience, or one line of defence among several."""


@frozen
class Practice:
    """One requirement for containers on AWS, its source, and the option that meets it.

    Attributes:
        id: Name in kebab-case, stable: errors, documentation and templates refer to it.
        title: What to do, one short sentence in the imperative, without a full stop.
        why: What goes wrong otherwise, in one to three plain sentences.
        source: The AWS documentation page that it follows.
        severity: How serious it is if it is not followed.
        option: The option that encodes it, such as `Container.readonly_root_filesystem`; several, with commas, if more
            than one construct has it; only the construct if there is nothing to choose.
        checkers: The ids under which other tools report that it is not followed.
        check: Where you can see whether it is followed.
        not_in_templates: Why no template shows it; empty if a template does.
    """

    id: str
    title: str
    why: str
    source: str
    severity: Severity
    option: str
    checkers: Mapping[Checker, tuple[str, ...]] = field(default_factory=lambda: _NOT_CHECKED, hash=False)
    check: Kind = "template"
    not_in_templates: str = ""
