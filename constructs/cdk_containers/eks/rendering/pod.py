"""The pod of a workload: containers, placement and security."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload import Workload

from ..manifests import Manifest
from .checker_notes import checker_notes
from .cluster_facts import ClusterFacts
from .containers import command_of, environment_of, image_of, ports_of, security_context
from .counterparts import field_losses
from .facts import Exposure, PodFacts, ServiceFacts
from .losses import Losses
from .names import labels_of
from .placement import placement_of
from .pod_security_context import pod_security_context
from .probes import probes
from .resources import resources_of
from .secrets import Secrets, secrets_of
from .shutdown import Shutdown, shutdown_of
from .start_order import StartOrder, start_order
from .volumes import Volumes, volumes_of


@frozen
class Pod:
    """The pod of a workload.

    Attributes:
        spec: The `spec` of a pod template.
        manifests: Objects that must exist before the pod.
        notes: Annotations for checkers, on the object with the template.
        shutdown: Its shutdown.
        startup_seconds: Maximum start time of its containers.
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
        options: Known facts of the pod.
        ends: Whether it belongs to a job.
        everywhere: Whether it belongs to a daemon, with one pod on each node.
        losses: Collects the losses.
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
    ending = shutdown_of(workload, order, options, ends=ends, losses=losses)
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
        **pod_security_context(workload, options, losses),
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
                f"{exposure.container or first} does not listen on {exposure.port}/{exposure.protocol}",
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
