"""Converts a workload in Python to the task definition that ECS would get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cdk_containers.core.hashes import short_hash
from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import (
    AssetImage,
    Container,
    EfsVolume,
    HealthCheck,
    HostVolume,
    NotSecret,
    Privileged,
    RegistryImage,
    Volume,
    Workload,
)
from cdk_containers.model.workload.health_check import CheckTimes
from cdk_containers.model.workload.secrets import plain_value

from .errors import LocalError
from .plan import Build
from .unresolved import Unresolved


def definition_of(workload: Workload) -> dict[str, Any]:
    """Return the properties of a task definition for a workload.

    Raises:
        LocalError: The workload is invalid.
    """
    if problems := workload.problems():
        raise LocalError(*(str(problem) for problem in problems))
    return _given(
        {
            "NetworkMode": "awsvpc" if workload.shared_address else "bridge",
            "Cpu": workload.cpu,
            "Memory": workload.memory_limit_mib,
            "ContainerDefinitions": [_container(container) for container in workload.containers],
            "Volumes": [_volume(volume) for volume in workload.volumes],
        }
    )


def _container(container: Container) -> dict[str, Any]:
    check = container.health_check
    linux = container.linux
    docker = container.docker
    return _given(
        {
            "Name": container.name,
            "Image": _image(container),
            "Essential": container.essential,
            "EntryPoint": _words(container.entry_point),
            "Command": _words(container.command),
            "WorkingDirectory": container.working_directory,
            "User": None if isinstance(container.user, Disabled) else container.user,
            "ReadonlyRootFilesystem": container.readonly_root_filesystem is True,
            "Privileged": isinstance(container.privileged, Privileged) or None,
            "Cpu": container.cpu,
            "Memory": container.memory_limit_mib,
            "MemoryReservation": container.memory_reservation_mib,
            "Environment": [
                {"Name": name, "Value": plain_value(value)} for name, value in container.environment.items()
            ],
            "Secrets": [{"Name": name, "ValueFrom": _secret(name, value)} for name, value in container.secrets.items()],
            "EnvironmentFiles": [{"Type": "s3", "Value": file.key} for file in container.environment_files],
            "DockerLabels": {name: plain_value(value) for name, value in container.docker_labels.items()},
            "DependsOn": [{"ContainerName": name, "Condition": it} for name, it in container.depends_on.items()],
            "HealthCheck": _health(check) if isinstance(check, HealthCheck) else None,
            "RestartPolicy": _restart(container),
            "StartTimeout": None if container.start_timeout is None else seconds(container.start_timeout),
            "StopTimeout": _stop_timeout(container),
            "PortMappings": [*_ports(container)],
            "MountPoints": [
                {"SourceVolume": it.volume, "ContainerPath": it.path, "ReadOnly": it.read_only}
                for it in container.mounts
            ],
            "Ulimits": [{"Name": it.name, "SoftLimit": it.soft, "HardLimit": it.hard} for it in container.ulimits],
            "SystemControls": [
                {"Namespace": name, "Value": value} for name, value in container.system_controls.items()
            ],
            "LogConfiguration": {"LogDriver": container.log_driver.name} if container.log_driver else None,
            "ResourceRequirements": [{"Type": "GPU", "Value": f"{container.gpus}"}] if container.gpus else None,
            "Hostname": docker.hostname if docker else None,
            "Links": [*docker.links] if docker else None,
            "ExtraHosts": [{"Hostname": name, "IpAddress": it} for name, it in docker.extra_hosts.items()]
            if docker
            else None,
            "DnsServers": [*docker.dns_servers] if docker else None,
            "DnsSearchDomains": [*docker.dns_search_domains] if docker else None,
            "DockerSecurityOptions": [*docker.security_options] if docker else None,
            "LinuxParameters": _given(
                {
                    "InitProcessEnabled": container.init_process is True or None,
                    "Tmpfs": [_tmpfs(it, container) for it in container.all_tmpfs],
                    "SharedMemorySize": linux.shared_memory_mib if linux else None,
                    "MaxSwap": linux.max_swap_mib if linux else None,
                    "Swappiness": linux.swappiness if linux else None,
                    "Capabilities": _given({"Add": [*linux.add_capabilities], "Drop": [*linux.drop_capabilities]})
                    if linux
                    else None,
                }
            ),
        }
    )


def _image(container: Container) -> str | Build | Unresolved:
    image = container.image
    if isinstance(image, RegistryImage):
        return image.reference
    if not isinstance(image, AssetImage):
        return image if isinstance(image, str) else Unresolved(why="a repository of the app")
    options = {"--target": image.target, "--network": image.network, "--ssh": image.build_ssh}
    arguments = [part for flag, value in options.items() if value for part in (flag, value)]
    if image.file:
        arguments += ["--file", f"{image.directory}/{image.file}"]
    for name, value in image.build_args.items():
        arguments += ["--build-arg", f"{name}={plain_value(value)}"]
    for name, source in image.build_secrets.items():
        arguments += ["--secret", f"id={name},{source}"]
    directory = str(image.directory)
    return Build(key=short_hash(f"{directory} {arguments}"), directory=directory, arguments=tuple(arguments))


def _secret(name: str, secret: Any) -> str | Unresolved:
    arn = getattr(secret, "secret_arn", getattr(secret, "parameter_arn", None))
    if isinstance(arn, str) and not is_token(arn):
        return arn
    return Unresolved(why="a secret of the app", names=(name,))


def _words(words: Sequence[str | NotSecret] | None) -> list[str] | None:
    return None if words is None else [plain_value(word) for word in words]


def _health(check: HealthCheck) -> dict[str, Any]:
    times = CheckTimes.of(check)
    command = check.command
    if isinstance(command, str):
        words = ["CMD-SHELL", command]
    else:
        words = [*command] if command[0] in {"CMD", "CMD-SHELL"} else ["CMD", *command]
    return {
        "Command": words,
        "Interval": times.interval,
        "Timeout": times.timeout,
        "Retries": check.retries,
        "StartPeriod": times.start_period,
    }


def _restart(container: Container) -> dict[str, Any] | None:
    policy = container.restart
    if policy is None:
        return None
    period = None if policy.attempt_period is None else seconds(policy.attempt_period)
    codes = [*policy.ignored_exit_codes]
    return {"Enabled": True, **_given({"IgnoredExitCodes": codes, "RestartAttemptPeriod": period})}


def _stop_timeout(container: Container) -> int | None:
    timeout = container.stop_timeout
    return None if timeout is None or isinstance(timeout, Disabled) else seconds(timeout)


def _ports(container: Container) -> Iterable[dict[str, Any]]:
    for port in container.all_ports:
        yield _given(
            {
                "ContainerPort": port.number,
                "HostPort": port.host_port,
                "Protocol": port.protocol,
                "Name": port.name,
                "AppProtocol": port.app_protocol,
            }
        )
    for ports in container.port_ranges:
        yield {"ContainerPortRange": f"{ports.first}-{ports.last}", "Protocol": ports.protocol}


def _tmpfs(tmpfs: Any, container: Container) -> dict[str, Any]:
    owner, _, group = container.user.partition(":") if isinstance(container.user, str) else ("", "", "")
    owners = {
        "uid": tmpfs.uid if tmpfs.uid is not None else owner,
        "gid": tmpfs.gid if tmpfs.gid is not None else group,
    }
    options = ["rw", "nosuid", "nodev", *([] if tmpfs.exec else ["noexec"]), *tmpfs.options]
    options += [f"{name}={number}" for name, number in owners.items() if str(number).isdigit()]
    options += [f"mode={tmpfs.mode}"] if tmpfs.mode else []
    return {"ContainerPath": tmpfs.path, "Size": tmpfs.size_mib, "MountOptions": options}


def _volume(volume: Volume) -> dict[str, Any]:
    if isinstance(volume, EfsVolume):
        return {"Name": volume.name, "EFSVolumeConfiguration": {"FilesystemId": volume.name}}
    if isinstance(volume, HostVolume):
        return {"Name": volume.name, "Host": {"SourcePath": volume.host_path}}
    return {"Name": volume.name}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value not in ([], {})}
