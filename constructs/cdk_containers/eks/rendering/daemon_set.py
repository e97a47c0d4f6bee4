"""Workloads that run once on every node."""

from __future__ import annotations

from ..manifests import Manifest
from .checker_notes import merged
from .deployment import template_of
from .facts import PodFacts
from .placement import NAME_LABEL
from .pod import Pod


def daemon_set_of(pod: Pod, *, metadata: Manifest, options: PodFacts) -> Manifest:
    """Return the DaemonSet. It updates 10 % of the nodes at a time; a node never runs two pods."""
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {**metadata, **merged({}, pod.notes)},
        "spec": {
            "revisionHistoryLimit": 10,
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": "10%", "maxSurge": 0},
            },
            "selector": {"matchLabels": {NAME_LABEL: metadata["name"]}},
            "template": template_of(pod, metadata=metadata, annotations=dict(options.annotations)),
        },
    }
