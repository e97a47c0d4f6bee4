"""Workloads that run all the time."""

from __future__ import annotations

from typing import Any

from ..manifests import Manifest
from .checker_notes import merged
from .facts import ServiceFacts
from .losses import Losses
from .placement import NAME_LABEL
from .pod import Pod
from .rollout import rolling_update

_LEAST_PROGRESS_SECONDS = 600
_NODE_START_SECONDS = 300


def deployment_of(pod: Pod, *, metadata: Manifest, options: ServiceFacts, losses: Losses) -> Manifest:
    """Return the Deployment. Its selector contains only the name, so it never changes."""
    spec: dict[str, Any] = {} if options.replicas is None else {"replicas": options.replicas}
    update = rolling_update(
        replicas=options.replicas,
        min_percent=options.min_healthy_percent,
        max_percent=options.max_healthy_percent,
        losses=losses,
    )
    slowest = pod.startup_seconds + options.min_ready_seconds + _NODE_START_SECONDS
    spec |= {
        "revisionHistoryLimit": 10,
        "minReadySeconds": options.min_ready_seconds,
        "progressDeadlineSeconds": max(_LEAST_PROGRESS_SECONDS, slowest),
        "strategy": {"type": "RollingUpdate", "rollingUpdate": update},
        "selector": {"matchLabels": {NAME_LABEL: metadata["name"]}},
        "template": template_of(pod, metadata=metadata, annotations=dict(options.annotations)),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**metadata, **merged({}, pod.notes)},
        "spec": spec,
    }


def template_of(pod: Pod, *, metadata: Manifest, annotations: dict[str, str]) -> Manifest:
    """Return the template of the pods."""
    return {
        "metadata": {"labels": metadata["labels"], **({"annotations": annotations} if annotations else {})},
        "spec": pod.spec,
    }
