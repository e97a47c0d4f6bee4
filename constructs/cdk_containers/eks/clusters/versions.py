"""Kubernetes versions of clusters, and the end of their support."""

from __future__ import annotations

from datetime import date

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.kubernetes_versions import VERSIONS


def version_problems(version: str, option: str = "version") -> list[Problem]:
    """Find a version that EKS does not support, or that is known only at deployment."""
    found = Problems()
    if version not in VERSIONS:
        found.add(
            option,
            "EKS does not support this Kubernetes version",
            given=version,
            allowed=f"{', '.join(list(VERSIONS)[:-1])} or {list(VERSIONS)[-1]}",
            practice="eks-supported-version",
        )
    return list(found)


def support_warning(version: str, *, standard_only: bool, today: date) -> str | None:
    """Return a warning if the support of a version has ended, or None.

    It is a warning and not an error, because a valid app must not start to fail on a later day.

    Args:
        version: The version.
        standard_only: Whether the cluster must not use extended support.
        today: The day on which the cluster is synthesized.
    """
    support = VERSIONS[version]
    if support.extended is not None and today >= support.extended:
        return (
            f"extended support of Kubernetes {version} ended on {support.extended}. EKS refuses new clusters with it, "
            f"and upgrades existing clusters (practice: eks-supported-version)"
        )
    if standard_only and support.standard is not None and today >= support.standard:
        return (
            f"standard support of Kubernetes {version} ended on {support.standard}: EKS refuses new clusters with the "
            f"support type STANDARD, and upgrades existing control planes. Use a newer version, or pay "
            'for extended support with support_type=Disabled("…") (practice: eks-standard-support)'
        )
    return None


def minor(version: str) -> int:
    """Return the minor number of a version: 36 of `1.36`."""
    return int(version.partition(".")[2])
