"""Versions of Kubernetes on EKS, and how long AWS supports each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen

SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"

READ = date(2026, 11, 27)
"""When the table was last compared with its source. Versions without extended support at that time are not in it."""


@frozen
class Support:
    """How long AWS supports a version.

    Attributes:
        standard: The end of standard support; None if the table does not know it.
        extended: The end of extended support, which costs six times as much; None if the table does not know it.
    """

    standard: date | None = None
    extended: date | None = None


VERSIONS: Mapping[str, Support] = MappingProxyType(
    {
        "1.32": Support(standard=date(2026, 3, 23), extended=date(2027, 3, 23)),
        "1.33": Support(standard=date(2026, 7, 29), extended=date(2027, 7, 29)),
        "1.34": Support(standard=date(2026, 12, 2), extended=date(2027, 12, 2)),
        "1.35": Support(standard=date(2027, 3, 27), extended=date(2028, 3, 27)),
        "1.36": Support(standard=date(2027, 8, 2), extended=date(2028, 8, 2)),
    }
)
"""The versions that EKS offers, the oldest first."""


def version_problems(version: str, option: str = "version") -> list[Problem]:
    """Find a version that EKS does not offer, or that is known at deployment only."""
    found = Problems()
    if version not in VERSIONS:
        found.add(
            option,
            "EKS does not offer this version of Kubernetes",
            given=version,
            allowed=f"{', '.join(list(VERSIONS)[:-1])} or {list(VERSIONS)[-1]}",
            practice="eks-supported-version",
        )
    return list(found)


def support_warning(version: str, *, standard_only: bool, today: date) -> str | None:
    """Say that the support of a version has ended, or None.

    It is a warning and no error, because what was right must not fail on another day.

    Args:
        version: The version.
        standard_only: Whether the cluster is to stay out of extended support.
        today: The day on which the cluster is synthesized.
    """
    support = VERSIONS[version]
    if support.extended is not None and today >= support.extended:
        return (
            f"extended support of Kubernetes {version} ended on {support.extended}: EKS makes no new cluster with it, "
            "and upgrades those that exist (practice: eks-supported-version)"
        )
    if standard_only and support.standard is not None and today >= support.standard:
        return (
            f"standard support of Kubernetes {version} ended on {support.standard}: EKS refuses a new cluster with the "
            "support type STANDARD, and upgrades the control plane of one that exists. Give a newer version, or pay "
            'for extended support with support_type=Disabled("…") (practice: eks-standard-support)'
        )
    return None


def minor(version: str) -> int:
    """Return the minor number of a version: 36 of `1.36`."""
    return int(version.partition(".")[2])
