"""The pod of a workload: its containers, where it runs, and what it may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, Workload

from ..manifests import Manifest
from .checker_notes import checker_notes
from .cluster_facts import ClusterFacts
from .containers import command_of, environment_of, image_of, ports_of, security_context
from .counterparts import field_losses
from .facts import Exposure, PodFacts, ServiceFacts
from .losses import Losses
from .names import labels_of
from .placement import placement_of
from .probes import probes
from .resources import resources_of
from .secrets import Secrets, secrets_of
from .shutdown import SIDECAR_FLUSH_SECONDS, Shutdown, shutdown
from .start_order import StartOrder, start_order
from .volumes import Volumes, volumes_of

_STOP_SECONDS = 30
_SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        *(f"net.ipv4.{name}" for name in ("ip_local_port_range", "ip_local_reserved_ports")),
        *(f"net.ipv4.{name}" for name in ("ip_unprivileged_port_start", "ping_group_range", "tcp_syncookies")),
        *(f"net.ipv4.tcp_{name}" for name in ("keepalive_time", "keepalive_intvl", "keepalive_probes", "fin_timeout")),
    }
)
_FIRST_UNPRIVILEGED_PORT = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Pod:
    """The pod of a workload.

    Attributes:
        spec: What a pod template has as `spec`.
        manifests: Objects that the pod needs before it is made.
        notes: Annotations of the object that holds the template, for checkers.
        shutdown: How it ends.
        startup_seconds: The longest time that one of its containers may take to start.
    """

    spec: Manifest
    manifests: tuple[Manifest, ...]
    notes: dict[str, str]
    shutdown: Shutdown
    startup_seconds: int


def pod_of(
    workload: Workload,
    *,
    metadata: Manifest,
    cluster: ClusterFacts,
    options: PodFacts,
    ends: bool = False,
    everywhere: bool = False,
    losses: Losses,
) -> Pod:
    """Return the pod of a workload.

    Args:
        workload: The workload, without problems.
        metadata: Metadata of the workload: name, namespace and labels.
        cluster: The cluster.
        options: What is known of the pod.
        ends: Whether it is that of a job.
        everywhere: Whether it is that of a daemon, one for each node.
        losses: Where losses go.
    """
    containers = workload.containers
    field_losses(workload, options=options, losses=losses)
    order = start_order(containers, ends=ends, losses=losses)
    exposures = _exposures(workload, options)
    _exposure_losses(workload, options, losses)
    secrets = secrets_of(
        containers,
        metadata=metadata,
        cluster=cluster,
        region=options.region,
        irsa=options.role_arn is not None,
        losses=losses,
    )
    volumes = volumes_of(
        containers,
        workload.volumes,
        names=labels_of([volume.name for volume in workload.volumes], option="volumes", losses=losses),
        metadata=metadata,
        cluster=cluster,
        options=options,
        losses=losses,
    )
    startup = options.startup_seconds if isinstance(options, ServiceFacts) else 0
    checks = [
        {}
        if ends and order.roles[index] == "main"
        else probes(
            container,
            role=order.roles[index],
            exposures=exposures[index],
            startup_seconds=startup,
            option=f"containers[{index}]",
            losses=losses,
        )
        for index, container in enumerate(containers)
    ]
    ending = _shutdown(workload, order, options, ends=ends, losses=losses)
    rendered = _containers(
        workload,
        order=order,
        exposures=exposures,
        checks=checks,
        ending=ending,
        secrets=secrets,
        volumes=volumes,
        cluster=cluster,
        options=options,
        losses=losses,
    )
    account = options.service_account or metadata["name"]
    spec: Manifest = {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        **_pod_security(workload, options, losses),
        "terminationGracePeriodSeconds": ending.grace_seconds,
        **placement_of(
            containers, metadata=metadata, cluster=cluster, options=options, everywhere=everywhere, losses=losses
        ),
        **({"initContainers": [rendered[index] for index in order.first]} if order.first else {}),
        "containers": [rendered[index] for index in order.then],
        **({"volumes": all_volumes} if (all_volumes := [*volumes.volumes, *secrets.volumes]) else {}),
    }
    return Pod(
        spec=spec,
        manifests=(*secrets.manifests, *volumes.manifests),
        notes=checker_notes(containers, order, checks, options=options, ends=ends),
        shutdown=ending,
        startup_seconds=max((_startup_seconds(check) for check in checks), default=0),
    )


def _startup_seconds(check: Manifest) -> int:
    probe = check.get("startupProbe")
    return 0 if probe is None else probe["periodSeconds"] * probe["failureThreshold"]


def _exposures(workload: Workload, options: PodFacts) -> list[list[Exposure]]:
    given = options.exposures if isinstance(options, ServiceFacts) else ()
    first = workload.containers[0].name
    return [
        [exposure for exposure in given if (exposure.container or first) == container.name]
        for container in workload.containers
    ]


def _exposure_losses(workload: Workload, options: PodFacts, losses: Losses) -> None:
    first = workload.containers[0].name
    listening = {
        (container.name, port.number, port.protocol)
        for container in workload.containers
        for port in container.all_ports
    }
    for index, exposure in enumerate(options.exposures if isinstance(options, ServiceFacts) else ()):
        if (exposure.container or first, exposure.port, exposure.protocol) not in listening:
            losses.refuse(
                f"exposures[{index}].port",
                f"{exposure.container or first} does not listen at {exposure.port}/{exposure.protocol}",
                instead="a port of the container",
            )


def _containers(
    workload: Workload,
    *,
    order: StartOrder,
    exposures: Sequence[Sequence[Exposure]],
    checks: Sequence[Manifest],
    ending: Shutdown,
    secrets: Secrets,
    volumes: Volumes,
    cluster: ClusterFacts,
    options: PodFacts,
    losses: Losses,
) -> list[Manifest]:
    fargate = cluster.compute == "FARGATE"
    names = labels_of([container.name for container in workload.containers], option="containers", losses=losses)
    sizes = resources_of(workload, options=options, fargate=fargate, losses=losses)
    found: list[Manifest] = []
    for index, container in enumerate(workload.containers):
        option = f"containers[{index}]"
        role = order.roles[index]
        environment = environment_of(container, region=options.region, option=option, losses=losses)
        mounts = [*volumes.mounts[index], *secrets.mounts(container)]
        entries: dict[str, Any] = {
            "name": names[container.name],
            "image": image_of(container, option=option, options=options, losses=losses),
            "imagePullPolicy": "Always",
            **({"restartPolicy": "Always"} if role == "sidecar" else {}),
            **command_of(container),
            "ports": ports_of(container, exposures[index], option=option, losses=losses),
            "env": [*environment, *secrets.environment(container)],
            "resources": sizes[index],
            **checks[index],
            "lifecycle": {"preStop": {"sleep": {"seconds": ending.pre_stop_seconds}}}
            if role == "main" and ending.pre_stop_seconds
            else {},
            "securityContext": security_context(
                container, option=option, options=options, fargate=fargate, losses=losses
            ),
            "volumeMounts": mounts,
        }
        found.append({name: value for name, value in entries.items() if value not in ({}, [])})
    return found


def _pod_security(workload: Workload, options: PodFacts, losses: Losses) -> Manifest:
    """Return the security context of the pod, which volumes and the network take what they need from."""
    if options.operating_system != "LINUX":
        # Windows knows no user by number, and nothing else of this.
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
    """Return kernel parameters of the pod, with leave for ports that only root has otherwise."""
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
                    "Pod Security forbids it, and kubelets take it only where it was allowed on every node",
                    instead=", ".join(sorted(_SAFE_SYSCTLS)),
                    practice="eks-pod-security",
                )
            elif found.get(name, value) != value and name != "net.ipv4.ip_unprivileged_port_start":
                losses.refuse(option, "the containers of a pod share it, and another has another value", instead="one")
            found[name] = value
    return found


def _shutdown(workload: Workload, order: StartOrder, options: PodFacts, *, ends: bool, losses: Losses) -> Shutdown:
    stops: dict[int, int | None] = {}
    for index, container in enumerate(workload.containers):
        option, given = f"containers[{index}].stop_timeout", container.stop_timeout
        if isinstance(given, Disabled):
            losses.approximate(option, "there is no agent with a setting of its own; it is 30 s", instead="a time")
        stops[index] = None if given is None or isinstance(given, Disabled) else seconds(given)
        if is_token(stops[index]) or (stops[index] or 0) < 0:
            losses.refuse(option, "it is part of the grace period", instead="0 s or more, known at synthesis")
            stops[index] = None
    main = max(_STOP_SECONDS if stops[index] is None else stops[index] or 0 for index in order.then)
    sidecars = [index for index in order.first if order.roles[index] == "sidecar"]
    flush = sum(SIDECAR_FLUSH_SECONDS if stops[index] is None else stops[index] or 0 for index in sidecars)
    service = options if isinstance(options, ServiceFacts) else ServiceFacts()
    delays = [exposure.deregistration_delay for exposure in service.exposures]
    if is_token(delays):
        losses.refuse("exposures", "the deregistration delay is part of a sum", instead="a delay known at synthesis")
        delays = [30]
    found = shutdown(
        stop_seconds=main,
        flush_seconds=flush,
        listens=not ends and any(container.ports or container.port_ranges for container in workload.containers),
        deregistration_seconds=max(delays, default=None),
        drain_seconds=service.drain_seconds,
        ends_requests_on_sigterm=service.ends_requests_on_sigterm,
    )
    _grace_losses(found, options, losses)
    return found


def _grace_losses(found: Shutdown, options: PodFacts, losses: Losses) -> None:
    if options.spot_percent and found.grace_seconds > 110:
        losses.refuse(
            "spot_percent",
            f"a pod takes up to {found.grace_seconds} s to end, and Spot capacity goes after 120 s",
            instead="On-Demand capacity, or a shorter stop_timeout and deregistration delay, 110 s in all",
            practice="eks-graceful-shutdown",
        )
    if found.grace_seconds > 900:
        losses.approximate(
            "containers[0].stop_timeout",
            f"a pod takes up to {found.grace_seconds} s to end, and an update of nodes waits for 15 minutes only",
            instead="work that can be taken up again after it was broken off",
            practice="eks-graceful-shutdown",
        )
