"""Renders containers as CDK container definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from cdk_containers.core.cdk_modules import ecr_assets
from cdk_containers.core.inputs import as_duration, in_seconds, is_token
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.core.unchecked import unchecked
from cdk_containers.model.workload import (
    AssetImage,
    Container,
    EnvironmentFile,
    HealthCheck,
    HttpCheck,
    LinuxOptions,
    NotSecret,
    Privileged,
    RegistryImage,
    RepositoryImage,
)
from cdk_containers.model.workload.health_check import CheckTimes
from cdk_containers.model.workload.image import as_image
from cdk_containers.model.workload.secrets import plain_value
from cdk_containers.registry import build_options

from .fire_lens import LOG_ROUTER
from .options import TaskOptions
from .pulling import allow_pull
from .secrets import ecs_secrets, readable

if TYPE_CHECKING:
    from cdk_containers.model.workload import ImageLike

_STOP_TIMEOUT = timedelta(seconds=30)

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
    """Add a container to a task definition, except its place in the start order."""
    linux = options.operating_system == "LINUX"
    kind = ecs.ContainerDefinition
    firelens: dict[str, Any] = {}
    if container.name == LOG_ROUTER and options.log_router is not None:
        kind = cast("Any", ecs.FirelensLogRouter)  # so the options below remain those of a container
        firelens = {"firelens_config": options.log_router.configuration()}
    definition = unchecked(
        kind,
        task_definition,
        container.name,
        task_definition=task_definition,
        **firelens,
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
        ]
        + [
            ecs.PortMapping(
                container_port=ecs.ContainerDefinition.CONTAINER_PORT_USE_RANGE,
                container_port_range=f"{ports.first}-{ports.last}",
                protocol=ecs.Protocol.UDP if ports.protocol == "udp" else ecs.Protocol.TCP,
            )
            for ports in container.port_ranges
        ],
        environment={name: plain_value(value) for name, value in container.environment.items()} or None,
        secrets=ecs_secrets(task_definition, container.secrets, execution_role),
        command=_words(container.command),
        entry_point=_words(container.entry_point),
        working_directory=container.working_directory,
        user=container.user if linux and isinstance(container.user, str) else None,
        readonly_root_filesystem=(container.readonly_root_filesystem is True) if linux else None,
        cpu=container.cpu,
        memory_limit_mib=None if _is_compared(container) else memory_limit_mib,
        memory_reservation_mib=container.memory_reservation_mib,
        essential=container.essential,
        health_check=_health_check(container.health_check),
        stop_timeout=_stop_timeout(container),
        logging=_log_driver(task_definition, container, log_group, execution_role, options),
        privileged=isinstance(container.privileged, Privileged) or None,
        gpu_count=container.gpus or None,
        ulimits=_ulimits(container),
        version_consistency=_version_consistency(container),
        **_restart_policy(container),
        **_rarely_given(container, execution_role),
    )
    _warn_of_other_processor(task_definition, container, options)
    if container.mounts:
        definition.add_mount_points(
            *(
                ecs.MountPoint(source_volume=mount.volume, container_path=mount.path, read_only=mount.read_only)
                for mount in container.mounts
            )
        )
    for practice_id, value in container.opt_outs:
        record_opt_out(task_definition, practice_id, value)
    return definition


def _rarely_given(container: Container, execution_role: iam.IRole) -> dict[str, Any]:
    given: dict[str, Any] = {
        "docker_labels": {name: plain_value(value) for name, value in container.docker_labels.items()},
        "environment_files": [_environment_file(file, execution_role) for file in container.environment_files],
        "system_controls": [
            ecs.SystemControl(namespace=name, value=value) for name, value in container.system_controls.items()
        ],
        "start_timeout": None if container.start_timeout is None else as_duration(container.start_timeout),
    }
    if (docker := container.docker) is not None:
        given |= {
            "hostname": docker.hostname,
            "extra_hosts": dict(docker.extra_hosts),
            "dns_servers": list(docker.dns_servers),
            "dns_search_domains": list(docker.dns_search_domains),
            "docker_security_options": list(docker.security_options),
        }
    return {name: value for name, value in given.items() if value}


def _environment_file(file: EnvironmentFile, execution_role: iam.IRole) -> ecs.EnvironmentFile:
    """Return an environment file as a CDK object, which does not grant ECS access to it."""
    bucket = file.bucket
    for action, resource in (
        ("s3:GetObject", bucket.arn_for_objects(file.key)),
        ("s3:GetBucketLocation", bucket.bucket_arn),
    ):
        execution_role.add_to_principal_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
    if bucket.encryption_key is not None:
        execution_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[bucket.encryption_key.key_arn])
        )
    return ecs.EnvironmentFile.from_bucket(bucket, file.key)


def container_overrides(container: Container, options: TaskOptions) -> dict[str, Any]:
    """Return properties that CDK's container definition lacks, or refuses although ECS accepts them, by path."""
    found: dict[str, Any] = {}
    if options.operating_system == "LINUX":
        found["LinuxParameters"] = _linux_parameters(container)
    if _is_compared(container):
        found["Memory"] = container.memory_limit_mib
    check = container.health_check
    if isinstance(check, HealthCheck) and _outlasts_interval(check):
        found["HealthCheck.Timeout"] = CheckTimes.of(check).timeout
    if container.docker is not None and container.docker.links:
        found["Links"] = list(container.docker.links)
    return found


def _is_compared(container: Container) -> bool:
    """Tell whether CDK would compare a limit known only at deployment with the reservation of the container."""
    return container.memory_reservation_mib is not None and is_token(container.memory_limit_mib)


def add_dependencies(containers: Sequence[Container], definitions: Mapping[str, ecs.ContainerDefinition]) -> None:
    """Set the start order of the containers of a task."""
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
            allow_pull(image, execution_role)
            if credentials is None:
                return _from_registry(reference)
            return ecs.ContainerImage.from_registry(reference, credentials=readable(scope, credentials, execution_role))
        case AssetImage() as asset:
            return ecs.ContainerImage.from_asset(
                str(asset.directory),
                platform=_platform(options),
                **build_options(asset),
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


@lru_cache(maxsize=1024)
def _from_registry(reference: str) -> ecs.ContainerImage:
    return ecs.ContainerImage.from_registry(reference)


def _warn_of_other_processor(task_definition: ecs.TaskDefinition, container: Container, options: TaskOptions) -> None:
    """Warn about an image that CDK builds for the architecture of the build machine."""
    if options.architecture == "ARM64" and isinstance(container.image, ecs.AssetImage):
        cdk.Annotations.of(task_definition).add_warning_v2(
            "cdk-containers:image-processor",
            f"The image of {container.name} is built for the processor of the machine that builds it, unless "
            "ContainerImage.from_asset was given platform=Platform.LINUX_ARM64. Image.from_asset uses the "
            "architecture of the task.",
        )


def _platform(options: TaskOptions) -> ecr_assets.Platform | None:
    if options.operating_system != "LINUX":
        return None
    return ecr_assets.Platform.LINUX_ARM64 if options.architecture == "ARM64" else ecr_assets.Platform.LINUX_AMD64


def _version_consistency(container: Container) -> ecs.VersionConsistency | None:
    if isinstance(container.version_consistency, Disabled):
        return ecs.VersionConsistency.DISABLED
    # The tag of an asset is the hash of its content, so it always refers to one image.
    return None if isinstance(as_image(container.image), AssetImage) else ecs.VersionConsistency.ENABLED


def _ulimits(container: Container) -> list[ecs.Ulimit] | None:
    return [
        ecs.Ulimit(name=ecs.UlimitName[ulimit.name.upper()], soft_limit=ulimit.soft, hard_limit=ulimit.hard)
        for ulimit in container.ulimits
    ] or None


def _linux_parameters(container: Container) -> dict[str, Any]:
    """Return Linux parameters; CDK's class needs one more call, and does not support the owner of a tmpfs."""
    linux = container.linux or LinuxOptions()
    user = container.user if isinstance(container.user, str) else None
    capabilities = {"Add": [*linux.add_capabilities], "Drop": [*linux.drop_capabilities]}
    parameters = {
        "InitProcessEnabled": container.init_process is True,
        "Capabilities": {name: value for name, value in capabilities.items() if value},
        "SharedMemorySize": linux.shared_memory_mib,
        "MaxSwap": linux.max_swap_mib,
        "Swappiness": linux.swappiness,
        "Tmpfs": [
            {"ContainerPath": entry.path, "Size": entry.size_mib, "MountOptions": entry.mount_options(user)}
            for entry in container.all_tmpfs
        ],
    }
    return {name: value for name, value in parameters.items() if value not in (None, [], {})}


def _health_check(check: HealthCheck | HttpCheck | None) -> ecs.HealthCheck | None:
    if not isinstance(check, HealthCheck):  # ECS runs only commands; see `container_problems`
        return None
    times = CheckTimes.of(check)
    return ecs.HealthCheck(
        command=_check_command(check.command),
        interval=in_seconds(times.interval),
        # CDK refuses a longer timeout, so an override sets it.
        timeout=in_seconds(min(times.timeout, times.interval)),
        retries=check.retries,
        start_period=in_seconds(times.start_period) if check.start_period is None else as_duration(check.start_period),
    )


def _outlasts_interval(check: HealthCheck) -> bool:
    """Tell whether a check may take longer than the interval."""
    times = CheckTimes.of(check)
    return times.timeout > times.interval


def _check_command(command: str | Sequence[str]) -> list[str]:
    if isinstance(command, str):
        return ["CMD-SHELL", command]
    return list(command) if command[0] in ("CMD", "CMD-SHELL") else ["CMD", *command]


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
    return unchecked(
        ecs.AwsLogDriver,
        stream_prefix=options.logs.stream_prefix or container.name,
        log_group=log_group,
        datetime_format=options.logs.datetime_format,
        multiline_pattern=options.logs.multiline_pattern,
        mode=ecs.AwsLogDriverMode.BLOCKING if blocking else ecs.AwsLogDriverMode.NON_BLOCKING,
        max_buffer_size=None if blocking else _mebibytes(options.logs.max_buffer_mib),
    )


@cache
def _mebibytes(count: int) -> cdk.Size:
    return cdk.Size.mebibytes(count)


def _words(words: Sequence[str | NotSecret] | None) -> list[str] | None:
    return None if words is None else [plain_value(word) for word in words]


def _stop_timeout(container: Container) -> cdk.Duration | None:
    timeout = container.stop_timeout
    if isinstance(timeout, Disabled):
        return None
    return as_duration(_STOP_TIMEOUT if timeout is None else timeout)
