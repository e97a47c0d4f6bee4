"""Whether a rendered pod fits on a node of the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cdk_containers.core.errors import Problem

from ..manifests import Manifest, quantity
from ..rendering import NodeFacts, pod_fit_problems
from .pod_options import PodOptions

_MIB = 1024 * 1024
_GPU = "nvidia.com/gpu"


def fit_problems(pods: Manifest, pod: PodOptions, nodes: Iterable[NodeFacts], *, option: str) -> list[Problem]:
    """Find a workload whose pods fit on no node.

    Args:
        pods: The object that creates the pods.
        pod: Their options.
        nodes: The known nodes.
        option: The option with their size.
    """
    spec = pods["spec"]["jobTemplate"]["spec"] if pods["kind"] == "CronJob" else pods["spec"]
    pod_spec = spec["template"]["spec"]
    return pod_fit_problems(
        list(nodes),
        option=option,
        cpu_millicores=_requested(pod_spec, "cpu", 1000),
        memory_mib=_requested(pod_spec, "memory", 1 / _MIB),
        gpus=_requested(pod_spec, _GPU, 1),
        architecture=pod.architecture,
        node_selector=pod_spec.get("nodeSelector", {}),
        tolerations=pod_spec.get("tolerations", ()),
    )


def _requested(pod_spec: Mapping[str, Any], resource: str, factor: float) -> int:
    """Return the requests of a pod: for init containers only the largest, because they run before the others."""
    first = pod_spec.get("initContainers", ())
    together = [*pod_spec["containers"], *(one for one in first if one.get("restartPolicy") == "Always")]
    alone = [_of(one, resource) for one in first if one.get("restartPolicy") != "Always"]
    return int(max(sum(_of(one, resource) for one in together), *alone, 0) * factor)


def _of(container: Mapping[str, Any], resource: str) -> float:
    resources = container.get("resources", {})
    limits, requests = resources.get("limits", {}), resources.get("requests", {})
    return float(quantity(requests.get(resource, limits.get(resource, 0))) or 0)
