"""Pod templates in objects, and their containers."""

from __future__ import annotations

from collections.abc import Iterator

from .part import Part

TEMPLATES = {
    "CronJob": "spec.jobTemplate.spec.template",
    "DaemonSet": "spec.template",
    "Deployment": "spec.template",
    "Job": "spec.template",
    "PodTemplate": "template",
    "ReplicaSet": "spec.template",
    "ReplicationController": "spec.template",
    "StatefulSet": "spec.template",
}
"""Path of the pod template, by kind."""


def template_of(manifest: Part) -> Part | None:
    """Return the pod template of a workload, or a pod itself."""
    kind = manifest.get("kind")
    if kind == "Pod":
        return manifest
    if not isinstance(kind, str) or kind not in TEMPLATES:
        return None
    part = manifest
    for field in TEMPLATES[kind].split("."):
        part = part.part(field)
    return part


def containers_of(pod: Part) -> Iterator[tuple[Part, bool]]:
    """Yield each container of a pod's spec, and whether it runs as long as the pod: a main container or a sidecar."""
    for container in pod.parts("initContainers"):
        yield container, container.get("restartPolicy") == "Always"
    for container in pod.parts("containers"):
        yield container, True
