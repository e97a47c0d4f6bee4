"""The Service of a workload, with the name and ports for callers."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import Workload

from ..manifests import Manifest
from .losses import Losses
from .placement import NAME_LABEL
from .pod import Pod

_APP_PROTOCOLS = {"http": "http", "http2": "kubernetes.io/h2c", "grpc": "kubernetes.io/h2c"}


def service_of(workload: Workload, pod: Pod, *, metadata: Manifest, losses: Losses) -> Manifest | None:
    """Return the Service, or None if no container listens on a port."""
    rendered = {
        (port["containerPort"], port["protocol"])
        for container in pod.spec["containers"] + pod.spec.get("initContainers", [])
        for port in container.get("ports", [])
    }
    ports: list[dict[str, Any]] = []
    for index, container in enumerate(workload.containers):
        for number, port in enumerate(container.all_ports):
            key = (port.number, port.protocol.upper())
            if is_token(port.number) or key not in rendered:
                continue
            name = _name(pod, *key)
            if any(entry["port"] == port.number and entry["protocol"] == key[1] for entry in ports):
                losses.refuse(
                    f"containers[{index}].ports[{number}]",
                    "another container already listens on this port, and containers of a pod share one address",
                    instead="a port for each",
                )
                continue
            if any(entry["name"] == name for entry in ports):
                name = f"p{port.number}-{port.protocol}"
            entry: dict[str, Any] = {
                "name": name,
                "port": port.number,
                "targetPort": port.number,
                "protocol": key[1],
            }
            if port.app_protocol is not None:
                entry["appProtocol"] = _APP_PROTOCOLS[port.app_protocol]
            ports.append(entry)
    if not ports:
        return None
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"type": "ClusterIP", "selector": {NAME_LABEL: metadata["name"]}, "ports": ports},
    }


def _name(pod: Pod, number: int, protocol: str) -> str:
    containers = pod.spec["containers"] + pod.spec.get("initContainers", [])
    return next(
        str(port["name"])
        for container in containers
        for port in container.get("ports", [])
        if (port["containerPort"], port["protocol"]) == (number, protocol)
    )
