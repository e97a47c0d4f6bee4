"""What a practice is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

from ..frozen import frozen

Checker: TypeAlias = Literal["security-hub", "control-tower", "guard", "cdk-nag", "checkov", "prowler", "cfn-lint"]
"""A tool that looks for a practice too: for cdk-nag its AwsSolutions pack, for checkov its CloudFormation checks."""

Kind: TypeAlias = Literal["template", "live", "none"]
"""Where one can see whether a practice is followed: in a template, only in what is deployed, or nowhere in AWS."""

_NOT_CHECKED: Mapping[Checker, tuple[str, ...]] = MappingProxyType({})


class Severity(StrEnum):
    """How bad it is when a practice is not followed."""

    CRITICAL = "critical"
    """An outsider gets in, or secrets get out."""
    HIGH = "high"
    """Users see an outage, data can be lost, or what stops an attacker is missing; also what AWS refuses to run."""
    MEDIUM = "medium"
    """An incident gets longer, larger or harder to explain."""
    LOW = "low"
    """Money, convenience, or one line of defence among several."""


@frozen
class Practice:
    """One demand on a container platform, where it comes from, and the option that meets it.

    Attributes:
        id: Name in kebab-case, stable: errors, documentation and templates refer to it.
        title: What to do, one short sentence in the imperative, without a full stop.
        why: What goes wrong otherwise, in one to three plain sentences.
        source: The AWS documentation page that it follows.
        severity: How bad it is when it is not followed.
        option: The option that encodes it, such as `Container.readonly_root_filesystem`; several, with commas, where
            more than one construct has it; only the construct where there is nothing to choose.
        checkers: The ids under which other tools report that it is not followed.
        check: Where one can see whether it is followed.
        not_in_templates: Why no template shows it; empty where one does.
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
