"""Task settings of Copilot that differ from the options of this library."""

from __future__ import annotations

from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from cdk_containers.core.inputs import seconds
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.ecs.tasks import TaskDefinition, TaskOptions
from cdk_containers.logs import ContainerLogs
from cdk_containers.model.workload import Architecture, HealthCheck, OperatingSystem

from ..manifests.models.containers import Platform, Secret, SidecarImage
from ..manifests.models.workloads import TaskWorkload
from .containers import LOG_ROUTER, Contents, is_long
from .making import Making, listed, text_of
from .secrets import allow_decrypting, allow_reading, known_secrets, other_secrets, value_from
from .storage import ephemeral_gib, file_systems
from .task_overrides import TaskChanges

_RETENTION_DAYS = 30
_SPELLED_OUT = ("StopTimeout", "VersionConsistency", "LinuxParameters", "Memory")
"""Properties that this library writes for each container, but that are AWS defaults or that Copilot omits."""

_LOG_OPTIONS = ("mode", "max-buffer-size")


def platform_of(workload: TaskWorkload) -> tuple[OperatingSystem, Architecture]:
    """Return the platform of the containers."""
    given = workload.platform
    if given is None:
        return "LINUX", "X86_64"
    if isinstance(given, Platform):
        family, architecture = given.osfamily or "linux", given.architecture or "x86_64"
    else:
        family, _, architecture = given.partition("/")
    if family.lower() == "windows":
        family = "windows_server_2019_core"
    arm = architecture.lower() in ("arm", "arm64")
    return cast("OperatingSystem", family.upper()), "ARM64" if arm else "X86_64"


def make_log_group(making: Making, workload: TaskWorkload) -> aws_logs.LogGroup:
    """Create the log group of a workload, which is kept when its stack is deleted."""
    days = workload.logging.retention if workload.logging is not None else None
    group = aws_logs.LogGroup(
        making.scope,
        "Logs",
        log_group_name=making.resource_name(f"/copilot/{making.full_name}"),
        retention=aws_logs.RetentionDays.ONE_MONTH,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    resource = cast("aws_logs.CfnLogGroup", resource_of(group))
    resource.retention_in_days = _RETENTION_DAYS if days is None else days
    making.name_it("LogGroup", group)
    return group


def task_options(making: Making, workload: TaskWorkload, log_group: aws_logs.ILogGroup) -> TaskOptions:
    """Return the options of the task."""
    operating_system, architecture = platform_of(workload)
    return TaskOptions(
        family=making.full_name,
        operating_system=operating_system,
        architecture=architecture,
        ephemeral_storage_gib=ephemeral_gib(workload),
        logs=ContainerLogs(log_group=log_group, stream_prefix="copilot"),
    )


def finish_task(making: Making, workload: TaskWorkload, task: TaskDefinition, contents: Contents) -> None:
    """Apply settings of the manifest that have no option."""
    resource = cast("ecs.CfnTaskDefinition", resource_of(task.task_definition))
    changes = TaskChanges(resource)
    making.naming.properties["TaskDefinition"] = changes.properties
    making.name_it("TaskDefinition", resource)
    making.name_it("TaskRole", task.task_role)
    making.name_it("ExecutionRole", task.execution_role)
    if making.setting.compatibility.deny_iam:
        task.task_role.add_to_principal_policy(
            iam.PolicyStatement(effect=iam.Effect.DENY, actions=["iam:*"], resources=["*"])
        )
    for place, container in enumerate(contents.containers):
        path = f"ContainerDefinitions.{place}"
        for name in _SPELLED_OUT:
            changes.remove(f"{path}.{name}")
        for name in _LOG_OPTIONS:
            changes.remove(f"{path}.LogConfiguration.Options.{name}")
        if isinstance(container.health_check, HealthCheck) and container.health_check.timeout is not None:
            changes.write(f"{path}.HealthCheck.Timeout", seconds(container.health_check.timeout))
        file = contents.env_files.get(container.name)
        if file is not None:
            changes.write(
                f"{path}.EnvironmentFiles",
                [{"Type": "s3", "Value": _env_file(making, file, container.name, task.execution_role)}],
            )
        _add_secrets(making, changes, place, contents.secrets.get(container.name) or {}, task.execution_role)
        if container.name == LOG_ROUTER and contents.logging is not None:
            _route_logs(making, changes, place, contents, task.execution_role)
    _add_from_addons(making, changes, contents, task)
    if any(contents.secrets.values()) or making.addons.secrets:
        allow_decrypting(making, task.execution_role)
    for place, mounted in file_systems(making, workload, task.task_role).items():
        changes.write(f"Volumes.{place}.EFSVolumeConfiguration", mounted)
        changes.remove(f"Volumes.{place}.Host")
    _write_credentials(making, workload, changes, contents, task.execution_role)
    _write_long_words(changes, workload, contents)
    changes.override(workload.taskdef_overrides)


def _env_file(making: Making, path: str, container: str, role: iam.IRole) -> str:
    """Return the ARN of an environment file: an asset of the workspace, or a parameter."""
    file = making.file(path)
    suffix = (
        "" if container == making.name else "".join(part.title() for part in container.replace("_", "-").split("-"))
    )
    if file is None:
        making.notes.append(f"{path} does not exist: set the parameter EnvFileArn{suffix} to the file in S3")
        arn = making.parameter(f"EnvFileArn{suffix}", f"ARN of {path} in S3, whose name ends with .env")
        bucket = cdk.Fn.select(0, cdk.Fn.split("/", arn))
    else:
        from aws_cdk import aws_s3_assets as s3_assets  # noqa: PLC0415  (few need it)

        asset = s3_assets.Asset(making.scope, f"EnvFile{suffix}", path=str(file))
        bucket = asset.bucket.bucket_arn
        arn = f"{bucket}/{asset.s3_object_key}"
    role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[arn]))
    role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:GetBucketLocation"], resources=[bucket]))
    return arn


def _add_secrets(
    making: Making, changes: TaskChanges, place: int, secrets: dict[str, str | Secret] | Any, role: iam.IRole
) -> None:
    """Add secrets without a construct after the others."""
    others = other_secrets(secrets)
    if not others:
        return
    allow_reading(making, role, [secrets[name] for name in others])
    entries = [{"Name": name, "ValueFrom": value} for name, value in others.items()]
    before = len(known_secrets(making, secrets))
    path = f"ContainerDefinitions.{place}.Secrets"
    if not before:
        changes.write(path, entries)
    for number, entry in enumerate(entries if before else []):
        changes.write(f"{path}.{before + number}", entry)


def _add_from_addons(making: Making, changes: TaskChanges, contents: Contents, task: TaskDefinition) -> None:
    """Add the secrets of addons to the main container, and their policies to the task role."""
    own = contents.secrets.get(making.name) or {}
    entries = [{"Name": name, "ValueFrom": arn} for name, arn in making.addons.secrets.items()]
    before = len(own)
    path = "ContainerDefinitions.0.Secrets"
    if entries and not before:
        changes.write(path, entries)
    for number, entry in enumerate(entries if before else []):
        changes.write(f"{path}.{before + number}", entry)
    if entries:
        arns = list(making.addons.secrets.values())
        task.execution_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=arns)
        )
    for place, arn in enumerate(making.addons.policies):
        task.task_role.add_managed_policy(
            iam.ManagedPolicy.from_managed_policy_arn(making.scope, f"AddonPolicy{place}", arn)
        )


def _route_logs(making: Making, changes: TaskChanges, place: int, contents: Contents, role: iam.IRole) -> None:
    logging = contents.logging
    if logging is None:
        return
    options: dict[str, str] = {"enable-ecs-log-metadata": "false" if logging.enable_metadata is False else "true"}
    if logging.config_file_path is not None:
        options |= {"config-file-type": "file", "config-file-value": logging.config_file_path}
    changes.write(f"ContainerDefinitions.{place}.FirelensConfiguration", {"Type": "fluentbit", "Options": options})
    secrets = logging.secret_options or {}
    allow_reading(making, role, list(secrets.values()))
    driver: dict[str, Any] = {"LogDriver": "awsfirelens"}
    if logging.destination:
        driver["Options"] = {name: text_of(value) for name, value in logging.destination.items()}
    if secrets:
        driver["SecretOptions"] = [{"Name": name, "ValueFrom": value_from(one)} for name, one in secrets.items()]
    changes.write("ContainerDefinitions.0.LogConfiguration", driver)
    for name in (*_LOG_OPTIONS, "awslogs-group", "awslogs-region", "awslogs-stream-prefix"):
        changes.remove(f"ContainerDefinitions.0.LogConfiguration.Options.{name}")


def _write_credentials(
    making: Making, workload: TaskWorkload, changes: TaskChanges, contents: Contents, role: iam.IRole
) -> None:
    """Write credentials that are not an ARN, or that belong to a built image."""
    image = getattr(workload, "image", None)
    given = {workload.name: (getattr(image, "credentials", None), getattr(image, "location", None))}
    for name, sidecar in (workload.sidecars or {}).items():
        location = sidecar.image.location if isinstance(sidecar.image, SidecarImage) else sidecar.image
        given[name] = (sidecar.credentials, location)
    for place, container in enumerate(contents.containers):
        credentials, location = given.get(container.name, (None, None))
        if credentials is not None and (location is None or not credentials.startswith("arn:")):
            path = f"ContainerDefinitions.{place}.RepositoryCredentials.CredentialsParameter"
            changes.write(path, credentials)
            allow_reading(
                making, role, [credentials if credentials.startswith("arn:") else Secret(secretsmanager=credentials)]
            )


def _write_long_words(changes: TaskChanges, workload: TaskWorkload, contents: Contents) -> None:
    """Write commands of one word with spaces without the usual check, because the entry point may be a shell."""
    sources = {workload.name: workload, **(workload.sidecars or {})}
    for place, container in enumerate(contents.containers):
        source = sources.get(container.name)
        for option, name in (("command", "Command"), ("entrypoint", "EntryPoint")):
            words = listed(getattr(source, option, None))
            if is_long(words):
                changes.write(f"ContainerDefinitions.{place}.{name}", words)
