"""PodDisruptionBudgets."""

from __future__ import annotations

from ..manifests import Manifest
from .placement import NAME_LABEL


def disruption_budget_of(*, metadata: Manifest) -> Manifest:
    """Return the PodDisruptionBudget: one pod at a time, and unhealthy pods do not block evictions."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata,
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": {NAME_LABEL: metadata["name"]}},
        },
    }
