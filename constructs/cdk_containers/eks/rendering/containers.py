"""Containers in pod specs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cdk_containers.core.inputs import is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, Privileged, RegistryImage
from cdk_containers.model.workload.image import as_image
from cdk_containers.model.workload.secrets import plain_value

from ..manifests import Manifest, is_port_name, port_name
from .facts import Exposure, PodFacts
from .losses import Losses
from .probes import check_ports

_EXPANDED = re.compile(r"\$(?=[$(])")
_BASELINE_CAPABILITIES = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
_ADDABLE = {"restricted": frozenset({"NET_BIND_SERVICE"}), "baseline": _BASELINE_CAPABILITIES}


def literal(text: str) -> str:
    """Escape a text for the kubelet, which reads `$(NAME)` as a variable and `$$` as `$`."""
    return _EXPANDED.sub("$$", text)


def image_of(container: Container, *, option: str, options: PodFacts, losses: Losses) -> str:
    """Return the address of a container's image."""
    image = as_image(container.image)
    known = options.images.get(container.name)
    if known is not None:
        return known
    if isinstance(image, RegistryImage):
        return image.reference
    losses.refuse(
        f"{option}.image", "the address of the image is unknown", instead="images with the address of each container"
    )
    return ""


def ports_of(container: Container, exposures: Sequence[Exposure], *, option: str, losses: Losses) -> list[Manifest]:
    """Return the ports of a container, including those that only its probes use."""
    found: list[Manifest] = []
    for index, port in enumerate(container.all_ports):
        if is_token(port.number):
            losses.refuse(
                f"{option}.ports[{index}]",
                "a Kubernetes object needs the actual number",
                instead="a port known at synthesis",
            )
            continue
        name = "" if port.name is None or is_token(port.name) else port_name(port.name)
        if not is_port_name(name) or any(entry["name"] == name for entry in found):
            name = f"p{port.number}-{port.protocol}"
        found.append({"name": name, "containerPort": port.number, "protocol": port.protocol.upper()})
    declared = {entry["containerPort"] for entry in found if entry["protocol"] == "TCP"}
    for number in check_ports(container, exposures):
        if not is_token(number) and number not in declared:
            declared.add(number)
            found.append({"name": f"p{number}-tcp", "containerPort": number, "protocol": "TCP"})
    return found


def environment_of(container: Container, *, region: str | None, option: str, losses: Losses) -> list[Manifest]:
    """Return the plain variables of a container."""
    values = {name: plain_value(value) for name, value in container.environment.items()}
    if region is not None:
        values = {"AWS_REGION": region, **values}
    if any(is_token(name) for name in values):
        losses.refuse(f"{option}.environment", "a name is a token", instead="names known at synthesis")
    return [{"name": name, "value": literal(value)} for name, value in values.items() if not is_token(name)]


def command_of(container: Container) -> Manifest:
    """Return the command: ENTRYPOINT of an image is `command` in Kubernetes, and CMD is `args`."""
    found: Manifest = {}
    if container.entry_point is not None:
        found["command"] = [literal(plain_value(word)) for word in container.entry_point]
    if container.command is not None:
        found["args"] = [literal(plain_value(word)) for word in container.command]
    if container.working_directory is not None:
        found["workingDir"] = container.working_directory
    return found


def user_of(container: Container, *, option: str, losses: Losses) -> Mapping[str, int]:
    """Return user and group of a container as numbers; empty for those of the image."""
    if isinstance(container.user, Disabled):
        losses.approximate(
            f"{option}.user",
            "the image determines the user, which may be root; a restricted namespace then refuses the pod",
            instead="a numeric user, or a namespace with pod_security='baseline'",
            practice="eks-pod-security",
        )
        return {}
    parts = container.user.split(":")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        losses.refuse(
            f"{option}.user",
            "Kubernetes supports only numeric users",
            instead="the numbers of user and group in the image, such as 1000:1000",
            practice="eks-pod-security",
        )
        return {}
    return dict(zip(("runAsUser", "runAsGroup"), map(int, parts), strict=False))


def security_context(
    container: Container, *, option: str, options: PodFacts, fargate: bool, losses: Losses
) -> Manifest:
    """Return the security context of a container, with only the privileges that it needs."""
    if options.operating_system != "LINUX":
        return {}
    user = user_of(container, option=option, losses=losses)
    privileged = isinstance(container.privileged, Privileged)
    if privileged and (fargate or options.pod_security != "privileged"):
        losses.refuse(
            f"{option}.privileged",
            "Fargate does not support privileged containers"
            if fargate
            else "Pod Security forbids privileged containers",
            instead="no privileged container, or a namespace with pod_security='privileged' on nodes",
            practice="eks-pod-security",
        )
    added = list(container.linux.add_capabilities) if container.linux is not None else []
    addable = _ADDABLE.get(options.pod_security)
    if addable is not None and (bad := [name for name in added if name not in addable]):
        losses.refuse(
            f"{option}.linux.add_capabilities",
            f"Pod Security at the level {options.pod_security} forbids {', '.join(bad)}",
            instead=", ".join(sorted(addable)),
            practice="eks-pod-security",
        )
    capabilities: dict[str, Any] = {"drop": ["ALL"], **({"add": added} if added else {})}
    context: Manifest = {"runAsNonRoot": True, **user} if user else {}
    return {
        **context,
        # The API refuses False together with either of the two.
        "allowPrivilegeEscalation": privileged or "SYS_ADMIN" in added,
        "privileged": privileged,
        "readOnlyRootFilesystem": container.readonly_root_filesystem is True,
        "capabilities": capabilities,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
