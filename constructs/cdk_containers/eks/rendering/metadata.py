"""Names and labels of the objects of a workload."""

from __future__ import annotations

from dataclasses import fields

from cdk_containers.core.inputs import is_token

from ..manifests import Manifest, is_label
from .facts import PodFacts
from .losses import Losses
from .placement import NAME_LABEL

MANAGED_BY = {"app.kubernetes.io/managed-by": "cdk-containers"}

_WHOLE = ("replicas", "min_ready_seconds", "timeout_seconds", "retries")
"""Numbers that objects contain unchanged, and that may be known only at deployment."""

LONGEST_CRON_JOB = 52
"""Kubernetes adds eleven characters to the names of a CronJob's jobs."""


def metadata_of(name: str, namespace: str, options: PodFacts, losses: Losses, *, longest: int = 63) -> Manifest:
    """Return the metadata that the objects of a workload share."""
    if not is_label(name, longest):
        losses.refuse(
            "name",
            f"{name!r} is not a valid Kubernetes name",
            instead=f"up to {longest} lowercase letters, digits and hyphens, a letter or digit at both ends",
        )
    if not is_label(namespace):
        losses.refuse(
            "namespace",
            f"{namespace!r} is not a valid Kubernetes name",
            instead="up to 63 lowercase letters, digits and hyphens, a letter or digit at both ends",
        )
    for field in fields(options):
        value = getattr(options, field.name)
        if isinstance(value, int | float) and is_token(value) and field.name not in _WHOLE:
            losses.refuse(field.name, "other numbers are computed from it", instead="a number known at synthesis")
    labels = {**options.labels, NAME_LABEL: name, **MANAGED_BY}
    return {"name": name, "namespace": namespace, "labels": labels}
