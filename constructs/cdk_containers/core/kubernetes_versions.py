"""Versions of Kubernetes that EKS offers, and how long AWS supports each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from .frozen import frozen

SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"

READ = date(2026, 11, 27)
"""When the table was last compared with its source. Versions without extended support at that time are not in it."""


@frozen
class Support:
    """Support dates of a version.

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
"""The versions that EKS offers, oldest first."""
