"""The containers of a workload: the main container, the log router, the trace collector, and sidecars.

They are in Copilot's order, because overrides and patches refer to containers by index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from aws_cdk import aws_iam as iam

from cdk_containers.core.frozen import frozen
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, HealthCheck, Port, VolumeMount
from cdk_containers.model.workload.secrets import NotSecret

from ..manifests.models import images
from ..manifests.models.containers import FromCfn, Logging, Secret, Sidecar, SidecarImage
from ..manifests.models.workloads import TaskWorkload
from .images import image_of
from .making import REASON, Making, json_object, listed, seconds_or, text_of
from .ports import Listening
from .secrets import known_secrets

LOG_ROUTER = "firelens_log_router"
COLLECTOR = "aws-otel-collector"
SERVED = "target"
"""Port name of the service in Service Connect."""

_ROUTER_IMAGE = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"
_COLLECTOR_IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"
_DEFAULT_CHECK = ("CMD-SHELL", "curl -f http://localhost/ || exit 1")


@frozen(slots=False)
class Contents:
    """The containers of a task and their settings.

    Attributes:
        containers: The containers, the main container first.
        env_files: Files with variables, by container.
        secrets: All secrets, by container.
        logging: Settings of the log router, if there is one.
    """

    containers: list[Container]
    env_files: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, Mapping[str, str | Secret]] = field(default_factory=dict[str, Mapping[str, "str | Secret"]])
    logging: Logging | None = None


def contents_of(making: Making, workload: TaskWorkload, listening: Listening, told: Mapping[str, str]) -> Contents:
    """Return the containers of a task and their settings.

    Args:
        making: The workload.
        workload: Its manifest.
        listening: Ports of its containers.
        told: Environment variables of all containers.
    """
    containers = [_own(making, workload, listening, told)]
    env_files = {workload.name: workload.env_file, **_of_sidecars(workload, "env_file")}
    secrets = {workload.name: workload.secrets, **_of_sidecars(workload, "secrets")}
    logging = workload.logging if _routes_logs(workload.logging) else None
    if logging is not None:
        containers.append(_log_router(making, logging, told))
        env_files[LOG_ROUTER], secrets[LOG_ROUTER] = logging.env_file, logging.secrets
    if has_collector(workload):
        containers.append(_collector())
    for name, sidecar in sorted((workload.sidecars or {}).items()):
        containers.append(_sidecar(making, name, sidecar, workload, listening, told))
    return Contents(
        containers=containers,
        env_files={name: file for name, file in env_files.items() if file},
        secrets={name: found for name, found in secrets.items() if found},
        logging=logging,
    )


def has_collector(workload: TaskWorkload) -> bool:
    """Tell whether traces are collected. Copilot collects no traces of jobs."""
    traced = workload.observability is not None and bool(workload.observability.tracing)
    return traced and workload.type != "Scheduled Job"


def allow_tracing(role: iam.IRole) -> None:
    """Let a task send traces to X-Ray."""
    actions = [
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
    ]
    role.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=["*"]))


def as_it_was(name: str, image: Any, **options: Any) -> Container:
    """Return a container with the user, root file system and first process of its image."""
    as_before = Disabled(REASON)
    options.setdefault("readonly_root_filesystem", as_before)
    return Container(name=name, image=image, user=as_before, init_process=as_before, tmpfs=(), **options)


def plain(values: Mapping[str, str | FromCfn] | None) -> dict[str, NotSecret]:
    """Return the plain-text variables of the manifest."""
    return {name: NotSecret(text_of(value), reason=REASON) for name, value in (values or {}).items()}


def _own(making: Making, workload: TaskWorkload, listening: Listening, told: Mapping[str, str]) -> Container:
    image: images.Image = getattr(workload, "image", None) or images.Image()
    volumes = workload.storage.volumes if workload.storage is not None else None
    mounts = {name: volume for name, volume in (volumes or {}).items() if volume.path is not None}
    readonly = bool(workload.storage is not None and workload.storage.readonly_fs)
    return as_it_was(
        workload.name,
        image_of(making, image.built, image.location, credentials=image.credentials),
        ports=_ports(workload.name, listening, served=_served(workload, listening)),
        environment={**told, **_mount_points(making, {n: v.path or "" for n, v in mounts.items()})}
        | plain(workload.variables),
        secrets=known_secrets(making, workload.secrets),
        command=_words(workload.command),
        entry_point=_words(workload.entrypoint),
        readonly_root_filesystem=True if readonly else Disabled(REASON),
        depends_on=_order(image.depends_on),
        health_check=_health(image.healthcheck),
        docker_labels=_labels(image.labels),
        mounts=[
            VolumeMount(volume=name, path=volume.path or "", read_only=volume.read_only is not False)
            for name, volume in mounts.items()
        ],
    )


def _sidecar(  # noqa: PLR0917  (what a sidecar needs)
    making: Making,
    name: str,
    sidecar: Sidecar,
    workload: TaskWorkload,
    listening: Listening,
    told: Mapping[str, str],
) -> Container:
    image = sidecar.image if isinstance(sidecar.image, SidecarImage) else SidecarImage(location=sidecar.image)
    mounts = sidecar.mount_points or []
    return as_it_was(
        name,
        image_of(making, image.built, image.location, credentials=sidecar.credentials, container=name),
        ports=_ports(name, listening, served=_served(workload, listening)),
        environment={**told, **_mount_points(making, {m.source_volume or "": m.path or "" for m in mounts})}
        | plain(sidecar.variables),
        secrets=known_secrets(making, sidecar.secrets),
        command=_words(sidecar.command),
        entry_point=_words(sidecar.entrypoint),
        essential=sidecar.essential is not False,
        depends_on=_order(sidecar.depends_on),
        health_check=_health(sidecar.healthcheck),
        docker_labels=_labels(sidecar.labels),
        mounts=[
            VolumeMount(volume=m.source_volume or "", path=m.path or "", read_only=m.read_only is not False)
            for m in mounts
        ],
    )


def _log_router(making: Making, logging: Logging, told: Mapping[str, str]) -> Container:
    return as_it_was(
        LOG_ROUTER,
        image_of(making, None, logging.image or _ROUTER_IMAGE),
        environment={**told, **plain(logging.variables)},
        secrets=known_secrets(making, logging.secrets),
    )


def _collector() -> Container:
    return as_it_was(COLLECTOR, _COLLECTOR_IMAGE, command=["--config=/etc/ecs/ecs-xray.yaml"])


def _routes_logs(logging: Logging | None) -> bool:
    if logging is None:
        return False
    return any(
        value is not None
        for value in (
            logging.image,
            logging.destination,
            logging.enable_metadata,
            logging.secret_options,
            logging.config_file_path,
            logging.variables,
            logging.secrets,
            logging.env_file,
        )
    )


def _of_sidecars(workload: TaskWorkload, option: str) -> dict[str, Any]:
    return {name: getattr(sidecar, option) for name, sidecar in (workload.sidecars or {}).items()}


def _served(workload: TaskWorkload, listening: Listening) -> int | None:
    connects = workload.network is not None and workload.network.connects
    return listening.main if connects and workload.type != "Worker Service" else None


def _ports(container: str, listening: Listening, *, served: int | None) -> list[Port]:
    return [
        Port(number=number, protocol=transport, name=SERVED if number == served and transport == "tcp" else None)
        for number, transport in listening.ports.get(container, {})
    ]


def _mount_points(making: Making, paths: Mapping[str, str]) -> dict[str, str]:
    told = paths and making.setting.compatibility.variables
    return {"COPILOT_MOUNT_POINTS": json_object(paths)} if told else {}


def _order(conditions: Mapping[str, str] | None) -> dict[str, Any]:
    return {name: condition.upper() for name, condition in (conditions or {}).items()}


def _labels(labels: Mapping[str, str] | None) -> dict[str, NotSecret]:
    return {name: NotSecret(value, reason=REASON) for name, value in (labels or {}).items()}


def _words(words: Any) -> list[NotSecret] | None:
    words = listed(words)
    return None if is_long(words) else [NotSecret(word, reason=REASON) for word in words] or None


def is_long(words: list[str]) -> bool:
    """Tell whether a command is one word with spaces, which works only if the entry point of the image is a shell."""
    return len(words) == 1 and len(words[0].split()) > 1


def _health(check: images.HealthCheck | None) -> HealthCheck | None:
    if check is None or check == images.HealthCheck():
        return None
    return HealthCheck(
        command=list(check.command or _DEFAULT_CHECK),
        interval=seconds_or(check.interval, 10),
        retries=2 if check.retries is None else check.retries,
        timeout=seconds_or(check.timeout, 5),
        start_period=seconds_or(check.start_period, 0),
    )
