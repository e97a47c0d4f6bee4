"""Whether each pod of a cluster fits on a node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cdk_containers.core.errors import Problem

from ..manifests import Manifest
from ..manifests.quantities import quantity
from .node_facts import NodeFacts, pod_fit_problems

_MIB = 2**20


def fit_problems(manifests: Iterable[Manifest], nodes: Sequence[NodeFacts]) -> list[Problem]:
    """Find pods that fit on no node of a cluster, except those of daemons, which may exclude nodes.

    Args:
        manifests: All objects of the cluster.
        nodes: All its nodes.
    """
    chosen = [facts for facts in nodes if not facts.selects]
    return [
        problem
        for index, manifest in enumerate(manifests)
        if manifest["kind"] != "DaemonSet"
        for labels, pod in _pods(manifest)
        if not any(facts.takes(manifest["metadata"].get("namespace", "default"), labels) for facts in nodes)
        for problem in pod_fit_problems(
            chosen,
            option=f"manifests[{index}]",
            cpu_millicores=_requested(pod, "cpu", unit=1000),
            memory_mib=_requested(pod, "memory", per=_MIB),
            gpus=_requested(pod, "nvidia.com/gpu"),
            node_selector=pod.get("nodeSelector"),
            tolerations=pod.get("tolerations", ()),
        )
    ]


def _pods(manifest: Manifest) -> Iterator[tuple[Mapping[str, str], Mapping[str, Any]]]:
    """Yield labels and spec of the pods of an object."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "Pod":
        yield manifest["metadata"].get("labels", {}), spec
    template = spec.get("jobTemplate", {}).get("spec", spec).get("template", {})
    if "containers" in template.get("spec", {}):
        yield template.get("metadata", {}).get("labels", {}), template["spec"]


def _requested(pod: Mapping[str, Any], resource: str, *, unit: int = 1, per: int = 1) -> int:
    """Return the requests of a pod: the maximum of its init containers, or the sum of all others."""
    beside = [entry for entry in pod.get("initContainers", ()) if entry.get("restartPolicy") == "Always"]
    before = [entry for entry in pod.get("initContainers", ()) if entry.get("restartPolicy") != "Always"]
    running = sum(_of(entry, resource) for entry in [*pod["containers"], *beside])
    return int(max([running, *(_of(entry, resource) for entry in before)]) * unit / per)


def _of(container: Mapping[str, Any], resource: str) -> Any:
    resources = container.get("resources", {})
    # If only a limit is set, it is also the request.
    said = {**resources.get("limits", {}), **resources.get("requests", {})}.get(resource, 0)
    return quantity(said) or 0
