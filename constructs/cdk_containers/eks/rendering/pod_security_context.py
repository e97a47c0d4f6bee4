"""Security settings that all containers of a pod share: the group of their files, and kernel parameters."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import Container, Workload

from ..manifests import Manifest
from .facts import PodFacts
from .losses import Losses

_SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        *(f"net.ipv4.{name}" for name in ("ip_local_port_range", "ip_local_reserved_ports")),
        *(f"net.ipv4.{name}" for name in ("ip_unprivileged_port_start", "ping_group_range", "tcp_syncookies")),
        *(f"net.ipv4.tcp_{name}" for name in ("keepalive_time", "keepalive_intvl", "keepalive_probes", "fin_timeout")),
    }
)
_FIRST_UNPRIVILEGED_PORT = 1024


def pod_security_context(workload: Workload, options: PodFacts, losses: Losses) -> Manifest:
    """Return the security context of the pod, for volumes and the network."""
    if options.operating_system != "LINUX":
        # Windows supports neither numeric users nor the rest.
        return {"securityContext": {"runAsNonRoot": True}} if options.pod_security == "restricted" else {}
    context: Manifest = {"seccompProfile": {"type": "RuntimeDefault"}}
    first = workload.containers[0].user
    if all(isinstance(container.user, str) for container in workload.containers):
        context = {"runAsNonRoot": True, **context}
    parts = first.split(":") if isinstance(first, str) else []
    if parts and all(part.isascii() and part.isdecimal() for part in parts):
        context |= {"fsGroup": int(parts[-1]), "fsGroupChangePolicy": "OnRootMismatch"}
    controls = _sysctls(workload.containers, losses)
    if controls:
        context["sysctls"] = [{"name": name, "value": value} for name, value in controls.items()]
    return {"securityContext": context}


def _sysctls(containers: Sequence[Container], losses: Losses) -> dict[str, str]:
    """Return kernel parameters of the pod, including permission for privileged ports."""
    found: dict[str, str] = {}
    numbers = [port.number for container in containers for port in container.all_ports]
    if any(not is_token(number) and number < _FIRST_UNPRIVILEGED_PORT for number in numbers):
        found["net.ipv4.ip_unprivileged_port_start"] = "0"
    for index, container in enumerate(containers):
        for name, value in container.system_controls.items():
            option = f"containers[{index}].system_controls[{name!r}]"
            if name not in _SAFE_SYSCTLS:
                losses.refuse(
                    option,
                    "Pod Security forbids it, and kubelets accept it only if it is allowed on every node",
                    instead=", ".join(sorted(_SAFE_SYSCTLS)),
                    practice="eks-pod-security",
                )
            elif found.get(name, value) != value and name != "net.ipv4.ip_unprivileged_port_start":
                losses.refuse(
                    option,
                    "the containers of a pod share it, but another container has a different value",
                    instead="one",
                )
            found[name] = value
    return found
