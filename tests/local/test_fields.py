"""No field of a task definition is dropped: each is in the plan, or named in the list of differences."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from cdk_containers.checks.templates import Estate
from cdk_containers.local.planning import (
    TABLE,
    Choices,
    Dialect,
    Given,
    LocalError,
    Machine,
    TaskPlan,
    compose_of,
    flags_of,
    plan_task,
)
from cdk_containers.local.reading import Sources, Values
from tests.local.assembly import definitions, golden, stacks_with_tasks
from tests.schema_properties import properties_of

OTHER = {
    "awsvpc": "bridge",
    "bridge": "awsvpc",
    "host": "bridge",
    "X86_64": "ARM64",
    "ARM64": "X86_64",
    "START": "COMPLETE",
    "task": "none",
    "9000-9002": "9000-9003",
    "net.core.somaxconn": "kernel.shmmax",
}
EVERYTHING: dict[str, Any] = {
    "Family": "shop",
    "Cpu": "512",
    "Memory": "1024",
    "NetworkMode": "awsvpc",
    "RequiresCompatibilities": ["FARGATE"],
    "TaskRoleArn": "arn:task",
    "ExecutionRoleArn": "arn:execution",
    "RuntimePlatform": {"CpuArchitecture": "X86_64", "OperatingSystemFamily": "LINUX"},
    "EphemeralStorage": {"SizeInGiB": 30},
    "EnableFaultInjection": True,
    "InferenceAccelerators": [{"DeviceName": "d", "DeviceType": "eia"}],
    "IpcMode": "task",
    "PidMode": "task",
    "PlacementConstraints": [{"Type": "memberOf", "Expression": "attribute:a == b"}],
    "ProxyConfiguration": {
        "Type": "APPMESH",
        "ContainerName": "envoy",
        "ProxyConfigurationProperties": [{"Name": "a", "Value": "b"}],
    },
    "Tags": [{"Key": "a", "Value": "b"}],
    "Volumes": [
        {
            "Name": "files",
            "ConfiguredAtLaunch": True,
            "Host": {"SourcePath": "/data"},
            "DockerVolumeConfiguration": {
                "Autoprovision": True,
                "Driver": "local",
                "DriverOpts": {"type": "nfs"},
                "Labels": {"a": "b"},
                "Scope": "shared",
            },
            "EFSVolumeConfiguration": {
                "FilesystemId": "fs-1",
                "RootDirectory": "/",
                "TransitEncryption": "ENABLED",
                "TransitEncryptionPort": 2049,
                "AuthorizationConfig": {"AccessPointId": "fsap-1", "IAM": "ENABLED"},
            },
            "FSxWindowsFileServerVolumeConfiguration": {
                "FileSystemId": "fs-2",
                "RootDirectory": "share",
                "AuthorizationConfig": {"CredentialsParameter": "arn:c", "Domain": "corp"},
            },
            "S3FilesVolumeConfiguration": {
                "FileSystemArn": "arn:fs",
                "AccessPointArn": "arn:ap",
                "RootDirectory": "/",
                "TransitEncryptionPort": 2049,
            },
        }
    ],
    "ContainerDefinitions": [
        {"Name": "first", "Image": "first:1", "Essential": False},
        {
            "Name": "app",
            "Image": "app:1",
            "Command": ["serve"],
            "EntryPoint": ["/bin/app"],
            "Cpu": 128,
            "Memory": 512,
            "MemoryReservation": 256,
            "CredentialSpecs": ["credentialspecdomainless:arn"],
            "DependsOn": [{"ContainerName": "first", "Condition": "START"}],
            "DisableNetworking": True,
            "DnsSearchDomains": ["corp"],
            "DnsServers": ["10.0.0.2"],
            "DockerLabels": {"a": "b"},
            "DockerSecurityOptions": ["no-new-privileges"],
            "Environment": [{"Name": "A", "Value": "b"}],
            "EnvironmentFiles": [{"Type": "s3", "Value": "arn:file"}],
            "Essential": True,
            "ExtraHosts": [{"Hostname": "db", "IpAddress": "10.0.0.9"}],
            "HealthCheck": {"Command": ["CMD", "true"], "Interval": 10, "Retries": 2, "StartPeriod": 5, "Timeout": 3},
            "Hostname": "shop",
            "Interactive": True,
            "Links": ["first:one"],
            "LinuxParameters": {
                "Capabilities": {"Add": ["SYS_PTRACE"], "Drop": ["ALL"]},
                "Devices": [{"HostPath": "/dev/null", "ContainerPath": "/dev/nothing", "Permissions": ["read"]}],
                "InitProcessEnabled": True,
                "MaxSwap": 10,
                "SharedMemorySize": 64,
                "Swappiness": 5,
                "Tmpfs": [{"ContainerPath": "/run/app", "MountOptions": ["rw"], "Size": 64}],
            },
            "LogConfiguration": {
                "LogDriver": "awslogs",
                "Options": {"awslogs-group": "shop"},
                "SecretOptions": [{"Name": "token", "ValueFrom": "arn:t"}],
            },
            "MountPoints": [{"ContainerPath": "/data", "ReadOnly": True, "SourceVolume": "files"}],
            "PortMappings": [
                {"ContainerPort": 8080, "HostPort": 80, "Protocol": "tcp", "Name": "http", "AppProtocol": "http"},
                {"ContainerPortRange": "9000-9002", "Protocol": "udp"},
            ],
            "Privileged": True,
            "PseudoTerminal": True,
            "ReadonlyRootFilesystem": True,
            "RepositoryCredentials": {"CredentialsParameter": "arn:r"},
            "ResourceRequirements": [
                {
                    "Type": "GPU",
                    "Value": "1",
                    "SharingStrategy": {"NvidiaMps": {"MaxComputePercent": 50, "Memory": 100}},
                }
            ],
            "RestartPolicy": {"Enabled": True, "IgnoredExitCodes": [0], "RestartAttemptPeriod": 60},
            "Secrets": [{"Name": "TOKEN", "ValueFrom": "arn:s"}],
            "StartTimeout": 60,
            "StopTimeout": 20,
            "SystemControls": [{"Namespace": "net.core.somaxconn", "Value": "1024"}],
            "Ulimits": [{"Name": "nofile", "SoftLimit": 10, "HardLimit": 20}],
            "User": "1000:1000",
            "VersionConsistency": "enabled",
            "VolumesFrom": [{"SourceContainer": "first", "ReadOnly": True}],
            "WorkingDirectory": "/srv",
            "FirelensConfiguration": {"Type": "fluentbit", "Options": {"a": "b"}},
        },
    ],
}
"""A task definition with every property that CloudFormation has for one; nobody could deploy it."""


def planned(definition: dict[str, Any]) -> TaskPlan | str:
    choices = Choices(given=Given(), images=Given(), with_=frozenset({"app"}), missing_is_fine=True)
    try:
        return plan_task("Task", definition, choices, Machine(cpus=8, has=lambda path: path == "/dev/null"))
    except LocalError as error:
        return str(error)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from leaves(child, (*path, name))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from leaves(child, (*path, number))
    else:
        yield path


def mutated(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if str(value).isdigit():
        return str(int(value) + 1)
    return OTHER.get(value, f"{value}x")


def with_other_value(definition: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(definition)
    here: Any = changed
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = mutated(here[path[-1]])
    return changed


def dropped(definition: dict[str, Any]) -> list[str]:
    """Return the fields of which nobody would notice that they are there."""
    before = planned(definition)
    assert isinstance(before, TaskPlan), before
    named = {difference.what for difference in before.differences}
    return [
        ".".join(map(str, path))
        for path in leaves(definition)
        if planned(with_other_value(definition, path)) == before and not _is_named(definition, path, named)
    ]


def _is_named(definition: dict[str, Any], path: tuple[str | int, ...], named: set[str]) -> bool:
    names = [step for step in path if isinstance(step, str)]
    if names[0] == "Volumes":
        volume = definition["Volumes"][path[1]]["Name"]
        return f"volume {volume}: {'.'.join(names)}" in named
    if names[0] != "ContainerDefinitions":
        return ".".join(names) in named
    container = definition["ContainerDefinitions"][path[1]]["Name"]
    inside = ".".join(names[1:])
    ways = {f"{container}: {inside}", f"{container}: {names[1]}", f"{container}: container"}
    return bool(ways & named)


def resolved(stack: str, logical_id: str) -> dict[str, Any]:
    estate = Estate(assume_defaults=True)
    template = estate.add(stack, golden(stack), stack_name=stack)
    nobody = Sources(given=Given(), deployed=lambda *_: None, address=lambda _: None, images={})
    definition: dict[str, Any] = Values(nobody).plain(template.resources[logical_id])
    for container in definition["ContainerDefinitions"]:
        container["Image"] = str(container["Image"])
    return definition


@pytest.mark.parametrize("stack", stacks_with_tasks())
def test_no_field_of_the_reference_stacks_is_dropped(stack: str):
    for logical_id in definitions(stack):
        assert dropped(resolved(stack, logical_id)) == []


def test_no_property_of_a_task_definition_is_dropped():
    assert dropped(EVERYTHING) == []


def test_every_property_of_a_task_definition_is_tried():
    names = {".".join(it for it in path if isinstance(it, str)) for path in leaves(EVERYTHING)}
    free = {"DockerLabels", "DriverOpts", "Labels", "Options"}
    tried = {name for name in names if name.split(".")[-2:-1] not in [[it] for it in free]}
    tried |= {name.rpartition(".")[0] for name in names - tried}
    assert properties_of("AWS::ECS::TaskDefinition") - tried == set()


def test_a_field_that_nobody_knows_is_named():
    definition = {**EVERYTHING, "Colour": "red"}
    plan = planned(definition)
    assert isinstance(plan, TaskPlan)
    assert [it.why for it in plan.differences if it.what == "Colour"] == ["this field is unknown"]
    assert dropped(definition) == []


SETTINGS: dict[str, Any] = {
    "EntryPoint": ["/bin/app", "-v"],
    "Command": ["serve"],
    "User": "1000",
    "WorkingDirectory": "/srv",
    "Cpu": 128,
    "Cpus": 0.5,
    "Memory": 512,
    "MemoryReservation": 256,
    "ReadonlyRootFilesystem": True,
    "LinuxParameters.Tmpfs": [
        {"ContainerPath": "/run/app", "MountOptions": ["rw", "uid=1000", "gid=1000"], "Size": 64}
    ],
    "LinuxParameters.InitProcessEnabled": True,
    "LinuxParameters.SharedMemorySize": 64,
    "LinuxParameters.Capabilities.Add": ["SYS_PTRACE"],
    "LinuxParameters.Capabilities.Drop": ["ALL"],
    "LinuxParameters.Devices": [{"HostPath": "/dev/kvm", "Permissions": ["read", "write"]}],
    "Privileged": True,
    "DockerSecurityOptions": ["no-new-privileges"],
    "Ulimits": [{"Name": "nofile", "SoftLimit": 10, "HardLimit": 20}],
    "SystemControls": [{"Namespace": "kernel.shmmax", "Value": "1"}],
    "DockerLabels": {"a": "b"},
    "Interactive": True,
    "PseudoTerminal": True,
    "StopTimeout": 20,
    "Hostname": "shop",
    "ExtraHosts": [{"Hostname": "db", "IpAddress": "10.0.0.9"}],
    "DnsServers": ["10.0.0.2"],
    "DnsSearchDomains": ["corp"],
    "SystemControls.net": [{"Namespace": "net.core.somaxconn", "Value": "1024"}],
}
FLAGS = """
--entrypoint /bin/app --user 1000 --workdir /srv --cpu-shares 128 --cpus 0.5 --memory 512m --memory-swap 512m
--memory-reservation 256m --read-only --tmpfs /run/app:rw,uid=1000,gid=1000,size=64m --init --shm-size 64m
--cap-add SYS_PTRACE --cap-drop ALL --device /dev/kvm:/dev/kvm:rw --privileged --security-opt no-new-privileges
--ulimit nofile=10:20 --sysctl kernel.shmmax=1 --label a=b --interactive --tty --stop-timeout 20 --hostname shop
--add-host db:10.0.0.9 --dns 10.0.0.2 --dns-search corp --sysctl net.core.somaxconn=1024
"""


def test_the_flag_table():
    assert {row.field for row in TABLE} == SETTINGS.keys()
    assert flags_of(SETTINGS, Dialect()) == FLAGS.split()


def test_podman_has_an_owner_of_tmpfs_and_no_other_room_to_write():
    podman = Dialect(read_only=("--read-only", "--read-only-tmpfs=false"), tmpfs_owner=False)
    chosen = {name: SETTINGS[name] for name in ("ReadonlyRootFilesystem", "LinuxParameters.Tmpfs")}
    assert flags_of(chosen, podman) == ["--read-only", "--read-only-tmpfs=false", "--tmpfs", "/run/app:rw,size=64m,U"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.field)
def test_every_row_has_a_word_of_compose(row: Any):
    assert compose_of({row.field: SETTINGS[row.field]}) != {}
