"""Rendering containers to CDK's container definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from ..inputs import as_duration
from ..opt_outs import record_opt_out
from ..practices import Disabled
from ..workload import (
    AssetImage,
    Container,
    HealthCheck,
    LinuxOptions,
    Privileged,
    RegistryImage,
    RepositoryImage,
)
from ..workload.image import as_image
from ..workload.secrets import plain_value
from .fire_lens import LOG_ROUTER
from .options import TaskOptions
from .secrets import ecs_secrets, readable

if TYPE_CHECKING:
    from ..workload import ImageLike

_STOP_TIMEOUT = timedelta(seconds=30)
_TMPFS_OPTIONS = [ecs.TmpfsMountOption.RW, ecs.TmpfsMountOption.NOSUID, ecs.TmpfsMountOption.NODEV]

_CONDITIONS = {
    "START": ecs.ContainerDependencyCondition.START,
    "COMPLETE": ecs.ContainerDependencyCondition.COMPLETE,
    "SUCCESS": ecs.ContainerDependencyCondition.SUCCESS,
    "HEALTHY": ecs.ContainerDependencyCondition.HEALTHY,
}


def add_container(
    task_definition: ecs.TaskDefinition,
    container: Container,
    *,
    memory_limit_mib: int | None,
    log_group: aws_logs.ILogGroup,
    execution_role: iam.IRole,
    options: TaskOptions,
) -> ecs.ContainerDefinition:
    """Add a container to a task definition, with everything but its place in the starting order."""
    linux = options.operating_system == "LINUX"
    add = task_definition.add_container
    if container.name == LOG_ROUTER and options.log_router is not None:
        add = partial(task_definition.add_firelens_log_router, firelens_config=options.log_router.configuration())
    definition = add(
        container.name,
        image=_image(task_definition, container.image, execution_role, options),
        port_mappings=[
            ecs.PortMapping(
                container_port=port.number,
                host_port=port.host_port,
                protocol=ecs.Protocol.UDP if port.protocol == "udp" else ecs.Protocol.TCP,
                name=port.name,
                app_protocol=None if port.app_protocol is None else getattr(ecs.AppProtocol, port.app_protocol),
            )
            for port in container.all_ports
        ],
        environment={name: plain_value(value) for name, value in container.environment.items()} or None,
        secrets=ecs_secrets(task_definition, container.secrets, execution_role),
        command=_list(container.command),
        entry_point=_list(container.entry_point),
        working_directory=container.working_directory,
        user=container.user if linux and isinstance(container.user, str) else None,
        readonly_root_filesystem=(container.readonly_root_filesystem is True) if linux else None,
        linux_parameters=_linux_parameters(task_definition, container) if linux else None,
        cpu=container.cpu,
        memory_limit_mib=memory_limit_mib,
        memory_reservation_mib=container.memory_reservation_mib,
        essential=container.essential,
        health_check=_health_check(container.health_check),
        stop_timeout=as_duration(container.stop_timeout or _STOP_TIMEOUT),
        logging=_log_driver(task_definition, container, log_group, execution_role, options),
        privileged=isinstance(container.privileged, Privileged) or None,
        gpu_count=container.gpus or None,
        ulimits=_ulimits(container),
        version_consistency=_version_consistency(container),
        **_restart_policy(container),
    )
    if container.mounts:
        definition.add_mount_points(
            *(
                ecs.MountPoint(source_volume=mount.volume, container_path=mount.path, read_only=mount.read_only)
                for mount in container.mounts
            )
        )
    for practice_id, value in (
        ("non-root-user", container.user),
        ("read-only-root-filesystem", container.readonly_root_filesystem),
        ("init-process", container.init_process),
        ("version-consistency", container.version_consistency),
    ):
        if isinstance(value, Disabled):
            record_opt_out(task_definition, practice_id, value)
    if isinstance(container.privileged, Privileged):
        record_opt_out(task_definition, "no-privileged-containers", Disabled(container.privileged.reason))
    return definition


def add_dependencies(containers: Sequence[Container], definitions: Mapping[str, ecs.ContainerDefinition]) -> None:
    """Put the containers of a task in their starting order."""
    for container in containers:
        if container.depends_on:
            definitions[container.name].add_container_dependencies(
                *(
                    ecs.ContainerDependency(container=definitions[name], condition=_CONDITIONS[condition])
                    for name, condition in container.depends_on.items()
                )
            )


def _image(
    scope: ecs.TaskDefinition, image: ImageLike, execution_role: iam.IRole, options: TaskOptions
) -> ecs.ContainerImage:
    match as_image(image):
        case RegistryImage(reference=reference, credentials=credentials):
            login = None if credentials is None else readable(scope, credentials, execution_role)
            return ecs.ContainerImage.from_registry(reference, credentials=login)
        case AssetImage() as asset:
            return ecs.ContainerImage.from_asset(
                str(asset.directory),
                file=asset.file,
                target=asset.target,
                build_args=dict(asset.build_args) or None,
                platform=_platform(options),
            )
        case RepositoryImage() as stored:
            if stored.cached:
                execution_role.add_to_principal_policy(
                    iam.PolicyStatement(
                        actions=["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
                        resources=[stored.repository.repository_arn],
                    )
                )
            return ecs.ContainerImage.from_ecr_repository(stored.repository, stored.digest or stored.tag)
        case other:
            return cast("ecs.ContainerImage", other)


def _platform(options: TaskOptions) -> ecr_assets.Platform | None:
    if options.operating_system != "LINUX":
        return None
    return ecr_assets.Platform.LINUX_ARM64 if options.architecture == "ARM64" else ecr_assets.Platform.LINUX_AMD64


def _version_consistency(container: Container) -> ecs.VersionConsistency | None:
    if isinstance(container.version_consistency, Disabled):
        return ecs.VersionConsistency.DISABLED
    # The tag of an asset is the hash of its content, and means one image anyhow.
    return None if isinstance(as_image(container.image), AssetImage) else ecs.VersionConsistency.ENABLED


def _ulimits(container: Container) -> list[ecs.Ulimit] | None:
    return [
        ecs.Ulimit(name=ecs.UlimitName[ulimit.name.upper()], soft_limit=ulimit.soft, hard_limit=ulimit.hard)
        for ulimit in container.ulimits
    ] or None


def _linux_parameters(task_definition: ecs.TaskDefinition, container: Container) -> ecs.LinuxParameters:
    linux = container.linux or LinuxOptions()
    parameters = ecs.LinuxParameters(
        task_definition,
        f"{container.name}Linux",
        init_process_enabled=container.init_process is True,
        shared_memory_size=linux.shared_memory_mib,
        max_swap=None if linux.max_swap_mib is None else cdk.Size.mebibytes(linux.max_swap_mib),
        swappiness=linux.swappiness,
    )
    if linux.add_capabilities:
        parameters.add_capabilities(*(ecs.Capability[name] for name in linux.add_capabilities))
    if linux.drop_capabilities:
        parameters.drop_capabilities(*(ecs.Capability[name] for name in linux.drop_capabilities))
    if container.all_tmpfs:
        parameters.add_tmpfs(
            *(
                ecs.Tmpfs(container_path=entry.path, size=entry.size_mib, mount_options=_TMPFS_OPTIONS)
                for entry in container.all_tmpfs
            )
        )
    return parameters


def _health_check(check: HealthCheck | None) -> ecs.HealthCheck | None:
    if check is None:
        return None
    return ecs.HealthCheck(
        command=["CMD-SHELL", check.command] if isinstance(check.command, str) else ["CMD", *check.command],
        interval=as_duration(check.interval or timedelta(seconds=10)),
        timeout=as_duration(check.timeout or timedelta(seconds=5)),
        retries=check.retries,
        start_period=as_duration(timedelta(seconds=30) if check.start_period is None else check.start_period),
    )


def _restart_policy(container: Container) -> dict[str, Any]:
    policy = container.restart
    if policy is None:
        return {}
    return {
        "enable_restart_policy": True,
        "restart_ignored_exit_codes": list(policy.ignored_exit_codes) or None,
        "restart_attempt_period": None if policy.attempt_period is None else as_duration(policy.attempt_period),
    }


def _log_driver(
    scope: ecs.TaskDefinition,
    container: Container,
    log_group: aws_logs.ILogGroup,
    execution_role: iam.IRole,
    options: TaskOptions,
) -> ecs.LogDriver:
    driver = container.log_driver
    if driver is not None:
        return ecs.GenericLogDriver(
            log_driver=driver.name,
            options=dict(driver.options) or None,
            secret_options=ecs_secrets(scope, driver.secret_options, execution_role),
        )
    blocking = options.logs.mode == "blocking"
    return ecs.LogDrivers.aws_logs(
        stream_prefix=container.name,
        log_group=log_group,
        mode=ecs.AwsLogDriverMode.BLOCKING if blocking else ecs.AwsLogDriverMode.NON_BLOCKING,
        max_buffer_size=None if blocking else _mebibytes(options.logs.max_buffer_mib),
    )


@cache
def _mebibytes(count: int) -> cdk.Size:
    return cdk.Size.mebibytes(count)


def _list(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)
