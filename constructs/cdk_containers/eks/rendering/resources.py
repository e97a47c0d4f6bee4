"""CPU and memory of the containers of a pod.

An ECS task has a size that its containers share. A pod has none: each container has a request, which determines the
node, and a limit. Containers without their own size share the rest in equal parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdk_containers.core.inputs import is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, Workload

from ..manifests import Manifest, mebibytes, millicores
from .facts import PodFacts
from .losses import Losses

_GPU, _NEURON = "nvidia.com/gpu", "aws.amazon.com/neuron"


def resources_of(workload: Workload, *, options: PodFacts, fargate: bool, losses: Losses) -> list[Manifest]:
    """Return requests and limits of each container."""
    containers = workload.containers
    cpus = _shares("cpu", workload, [container.cpu or None for container in containers], losses)
    memories = _shares("memory_limit_mib", workload, [container.memory_limit_mib for container in containers], losses)
    found: list[Manifest] = []
    for index, (container, cpu, memory) in enumerate(zip(containers, cpus, memories, strict=True)):
        requests: dict[str, Any] = {}
        limits: dict[str, Any] = {}
        if cpu is not None:
            requests["cpu"] = millicores(cpu)
            if not isinstance(options.cpu_limit, Disabled):
                limits["cpu"] = millicores(workload.cpu if workload.cpu is not None else cpu)
        if memory is not None:
            kept = container.memory_reservation_mib
            requests["memory"] = mebibytes(memory if kept is None or is_token(kept) else kept)
            limits["memory"] = mebibytes(memory)
        if index == 0 and options.ephemeral_storage_gib is not None and not is_token(options.ephemeral_storage_gib):
            disk = f"{options.ephemeral_storage_gib}Gi"
            requests["ephemeral-storage"] = limits["ephemeral-storage"] = disk
        for name, count in _devices(container, f"containers[{index}]", fargate=fargate, losses=losses).items():
            requests[name] = limits[name] = count
        found.append({"requests": requests, "limits": limits})
    return found


def _shares(option: str, workload: Workload, claimed: Sequence[int | None], losses: Losses) -> list[int | None]:
    """Return each container's share of an amount: its own size, or an equal part of the rest."""
    total: int | None = getattr(workload, option)
    if is_token(total) or is_token(claimed):
        losses.refuse(option, "Kubernetes chooses nodes by it", instead="a number known at synthesis")
        return [None for _ in claimed]
    without = claimed.count(None)
    if total is None:
        if without:
            losses.refuse(
                option,
                "without it Kubernetes may place a pod on any node, and evicts it there first",
                instead="a number here, or for each container",
                practice="eks-container-resources",
            )
        return list(claimed)
    rest = total - sum(claim for claim in claimed if claim is not None)
    if not without:
        return list(claimed)
    part = rest // without
    for index, container in enumerate(workload.containers):
        if claimed[index] is None and part < max(1, _least(option, container)):
            losses.refuse(
                f"containers[{index}].{option}",
                f"only {part} is left for it",
                instead=f"a larger {option}, or less for the others",
            )
        elif claimed[index] is None and without > 1 and option == "memory_limit_mib":
            losses.approximate(
                f"containers[{index}].{option}",
                f"it gets {part} MiB for itself, but in a task containers share the rest",
                instead="a number for each container",
            )
    return [max(part, 1) if claim is None else claim for claim in claimed]


def _least(option: str, container: Container) -> int:
    kept = container.memory_reservation_mib if option == "memory_limit_mib" else None
    return 0 if kept is None or is_token(kept) else kept


def _devices(container: Container, option: str, *, fargate: bool, losses: Losses) -> dict[str, int]:
    found: dict[str, int] = {}
    if container.gpus:
        found[_GPU] = container.gpus
    if container.neuron_devices == "ALL":
        losses.refuse(
            f"{option}.neuron_devices", "a pod requests a number of devices", instead="the number of the instance type"
        )
    elif container.neuron_devices:
        found[_NEURON] = int(container.neuron_devices)
    for name, given in (("gpus", container.gpus), ("neuron_devices", container.neuron_devices)):
        if given and (fargate or is_token(given)):
            losses.refuse(
                f"{option}.{name}",
                "Fargate does not support it" if fargate else "a Kubernetes object needs the actual number",
                instead="pods on nodes, and a number known at synthesis",
                practice="eks-fargate-limits" if fargate else None,
            )
    return found


def device_tolerations(containers: Sequence[Container]) -> list[dict[str, str]]:
    """Return tolerations for the taints of nodes with devices."""
    found: list[dict[str, str]] = []
    for resource, used in (
        (_GPU, any(container.gpus for container in containers)),
        (_NEURON, any(container.neuron_devices for container in containers)),
    ):
        if used:
            found.append({"key": resource, "operator": "Exists", "effect": "NoSchedule"})
    return found
