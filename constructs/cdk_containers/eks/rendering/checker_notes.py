"""Annotations that explain to checkers why a pod does not follow a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, NotSecret, Privileged

from ..manifests import Manifest
from .facts import PodFacts
from .start_order import StartOrder

_HIGH_USER = 10000


def checker_notes(
    containers: Sequence[Container],
    order: StartOrder,
    probes: Sequence[Manifest],
    *,
    options: PodFacts,
    ends: bool,
) -> dict[str, str]:
    """Return the annotations for checkov, kube-linter and kube-score.

    checkov checks the containers that start together; it does not read probes of sidecars.
    """
    notes: dict[str, str] = {}
    for check, reason in _checkov(containers, order, probes, options, ends=ends):
        if all(not note.startswith(f"{check}=") for note in notes.values()):
            notes[f"checkov.io/skip{len(notes) + 1}"] = f"{check}={reason}"
    for container in containers:
        for value in container.environment.values():
            if isinstance(value, NotSecret):
                notes["ignore-check.kube-linter.io/env-var-secret"] = value.reason
    if not ends and any(not probes[index] for index in order.then):
        notes["kube-score/ignore"] = "pod-probes"
    return notes


def _checkov(
    containers: Sequence[Container],
    order: StartOrder,
    probes: Sequence[Manifest],
    options: PodFacts,
    *,
    ends: bool,
) -> Iterator[tuple[str, str]]:
    if not ends and any("livenessProbe" not in probes[index] for index in order.then):
        yield "CKV_K8S_8", "the container has no health check and no port that could be asked"
    if not ends and any("readinessProbe" not in probes[index] for index in order.then):
        yield "CKV_K8S_9", "nothing sends requests to the container"
    if isinstance(options.cpu_limit, Disabled):
        yield "CKV_K8S_11", options.cpu_limit.reason
    if any(isinstance(container.user, str) and _is_low(container.user) for container in containers):
        yield "CKV_K8S_40", "the user is that of the image's files and of EFS access points"
    yield from _opt_outs(containers)


def _opt_outs(containers: Sequence[Container]) -> Iterator[tuple[str, str]]:
    for container in containers:
        user, root, privileged = container.user, container.readonly_root_filesystem, container.privileged
        if isinstance(user, Disabled):
            yield from ((check, user.reason) for check in ("CKV_K8S_6", "CKV_K8S_23", "CKV_K8S_40"))
        if isinstance(root, Disabled):
            yield "CKV_K8S_22", root.reason
        if isinstance(privileged, Privileged):
            yield from ((check, privileged.reason) for check in ("CKV_K8S_16", "CKV_K8S_20"))
        if container.linux is not None and container.linux.add_capabilities:
            added = ", ".join(container.linux.add_capabilities)
            yield from ((check, f"the container needs {added}") for check in ("CKV_K8S_25", "CKV_K8S_24", "CKV_K8S_39"))
        if container.secrets:
            yield "CKV_K8S_35", "the application reads its secrets from the environment, as it does on ECS"


def _is_low(user: str) -> bool:
    number = user.partition(":")[0]
    return number.isascii() and number.isdecimal() and int(number) < _HIGH_USER


def merged(annotations: Mapping[str, str], notes: Mapping[str, str]) -> Manifest:
    """Return metadata with annotations, if there are any."""
    return {"annotations": {**notes, **annotations}} if annotations or notes else {}
