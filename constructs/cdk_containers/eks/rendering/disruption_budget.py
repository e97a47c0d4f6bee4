"""How many pods of a workload may be missing while nodes are drained."""

from __future__ import annotations

from ..manifests import Manifest
from .placement import NAME_LABEL


def disruption_budget_of(*, metadata: Manifest) -> Manifest:
    """Return the PodDisruptionBudget: one pod at a time, and pods that are not well hold up nothing."""
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
