"""Containers as a `Dockerrun.aws.json`, from which Elastic Beanstalk creates a task definition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import (
    Container,
    DockerOptions,
    ImageLike,
    Port,
    RegistryImage,
    RepositoryImage,
    Workload,
)
from cdk_containers.model.workload.ecr_address import EcrAddress
from cdk_containers.model.workload.image import as_image
from cdk_containers.model.workload.secrets import plain_value

_PRACTICE = "beanstalk-containers"
_NOT_OFFERED = (
    "depends_on",
    "environment_files",
    "gpus",
    "health_check",
    "linux",
    "log_driver",
    "mounts",
    "port_ranges",
    "privileged",
    "restart",
    "secrets",
    "start_timeout",
    "stop_timeout",
    "system_controls",
    "ulimits",
    "version_consistency",
)


def dockerrun_problems(scope: Construct, containers: Sequence[Container]) -> list[Problem]:
    """Find containers that Elastic Beanstalk could not run."""
    found = Problems()
    found.extend(Workload(containers=containers, shared_address=False).problems())
    if found:
        return list(found)
    if not containers[0].ports:
        found.add(
            "containers[0].ports",
            "the load balancer sends requests to the first container",
            allowed="one port, such as ports=[8080]",
            practice=_PRACTICE,
        )
    taken: dict[int, str] = {}
    for index, container in enumerate(containers):
        found.extend(_container_problems(scope, container), under=f"containers[{index}]")
        for port in container.all_ports:
            if (owner := taken.setdefault(host_port(port), container.name)) != container.name:
                found.add(
                    f"containers[{index}].ports",
                    f"{owner} already uses this port of the instance",
                    given=host_port(port),
                    allowed="another port, as Port(number=…, host_port=…)",
                    practice="host-ports",
                )
    return list(found)


def dockerrun(scope: Construct, containers: Sequence[Container]) -> str:
    """Return the text of the file."""
    definitions = [_definition(scope, container) for container in containers]
    return json.dumps({"AWSEBDockerrunVersion": 2, "containerDefinitions": definitions}, indent=1, sort_keys=True)


def host_port(port: Port) -> int:
    """Return the port of the instance, which the load balancer needs."""
    return port.host_port or port.number


def _container_problems(scope: Construct, container: Container) -> list[Problem]:
    found = Problems()
    if not is_token(container.image) and _reference(scope, container.image) is None:
        found.add(
            "image",
            "synthesis writes the containers to a file, but this address is known only at deployment",
            given=Shown(type(as_image(container.image)).__name__),
            allowed="a reference, or an image of a repository by name in a stack with account and region",
            practice=_PRACTICE,
        )
    if (container.memory_limit_mib, container.memory_reservation_mib) == (None, None):
        found.add(
            "memory_limit_mib",
            "ECS needs the memory of the container to place it",
            allowed="memory_limit_mib or memory_reservation_mib",
            practice="container-memory",
        )
    plain = Container(image="")
    for option in _NOT_OFFERED:
        if getattr(container, option) != getattr(plain, option):
            found.add(
                option,
                "not offered on Elastic Beanstalk",
                given=Shown(type(getattr(container, option)).__name__),
                allowed="remove it; or use a WebService",
                practice=_PRACTICE,
            )
    for option, value in _values(container):
        if is_token(value):
            found.add(
                option,
                "synthesis writes the containers to a file, but this value is known only at deployment",
                given=Shown("a token"),
                allowed="a value known at synthesis",
                practice=_PRACTICE,
            )
    return list(found)


def _values(container: Container) -> Iterator[tuple[str, object]]:
    for name in ("name", "command", "entry_point", "working_directory", "cpu", "memory_limit_mib"):
        yield name, getattr(container, name)
    yield "memory_reservation_mib", container.memory_reservation_mib
    yield "docker_labels", {name: plain_value(value) for name, value in container.docker_labels.items()}
    yield "environment", {name: plain_value(value) for name, value in container.environment.items()}
    yield (
        "docker",
        []
        if container.docker is None
        else [getattr(container.docker, entry.name) for entry in fields(container.docker)],
    )
    yield "ports", [(port.number, port.host_port) for port in container.all_ports]


def _reference(scope: Construct, image: ImageLike) -> str | None:
    """Return the address of an image if it is known now."""
    match as_image(image):
        case RegistryImage(reference=reference, credentials=None):
            return reference
        case RepositoryImage() as stored:
            return _address(scope, stored)
        case _:
            return None


def _address(scope: Construct, image: RepositoryImage) -> str | None:
    """Assemble the address, because CDK's own has the AWS domain as a token even if account and region are known."""
    account, region = image.repository.env.account, image.repository.env.region
    name = cdk.Stack.of(scope).resolve(image.repository.repository_name)
    if is_token([account, region]) or not isinstance(name, str):
        return None
    version = f"@{image.digest}" if image.digest else f":{image.tag}"
    return f"{EcrAddress(account=account, region=region, name=name).uri}{version}"


def _definition(scope: Construct, container: Container) -> Mapping[str, Any]:
    user = None if isinstance(container.user, Disabled) else container.user
    docker = container.docker or DockerOptions()
    definition = {
        "name": container.name,
        "image": _reference(scope, container.image),
        "essential": container.essential,
        "memory": container.memory_limit_mib,
        "memoryReservation": container.memory_reservation_mib,
        "cpu": container.cpu,
        "command": [plain_value(word) for word in container.command or ()],
        "entryPoint": [plain_value(word) for word in container.entry_point or ()],
        "workingDirectory": container.working_directory,
        "environment": [
            {"name": name, "value": plain_value(value)} for name, value in sorted(container.environment.items())
        ],
        "portMappings": [
            {"containerPort": port.number, "hostPort": host_port(port), "protocol": port.protocol}
            for port in container.all_ports
        ],
        "user": user,
        "readonlyRootFilesystem": container.readonly_root_filesystem is True,
        "linuxParameters": {
            "initProcessEnabled": container.init_process is True,
            "tmpfs": [
                {"containerPath": entry.path, "size": entry.size_mib, "mountOptions": entry.mount_options(user)}
                for entry in container.all_tmpfs
            ],
        },
        "links": list(docker.links),
        "hostname": docker.hostname,
        "extraHosts": [{"hostname": name, "ipAddress": address} for name, address in docker.extra_hosts.items()],
        "dnsServers": list(docker.dns_servers),
        "dnsSearchDomains": list(docker.dns_search_domains),
        "dockerSecurityOptions": list(docker.security_options),
        "dockerLabels": {name: plain_value(value) for name, value in container.docker_labels.items()},
    }
    return {name: value for name, value in definition.items() if value not in (None, [], {})}
