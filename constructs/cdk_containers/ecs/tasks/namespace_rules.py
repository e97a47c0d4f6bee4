"""Rules for the network and the namespaces of a task: Docker options, kernel parameters, shared processes."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import Container, Workload

from .options import TaskOptions

_WITH_DOCKER = "capacity on EC2 (Ec2Capacity)"


def option_problems(workload: Workload, options: TaskOptions, *, on_ec2: bool, known: Problems) -> list[Problem]:
    """Find options of containers and of the task that ECS does not support together, if each is valid by itself.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """
    found = Problems()
    if not on_ec2:
        found.extend(_fargate_problems(workload, options))
    for index, container in enumerate(workload.containers):
        place = f"containers[{index}]"
        if not any(known.has(f"{place}.{option}") for option in ("docker", "port_ranges", "system_controls")):
            found.extend(_container_problems(container, options), under=place)
    return list(found)


def _fargate_problems(workload: Workload, options: TaskOptions) -> list[Problem]:
    found = Problems()
    if options.pid_mode == "host":
        found.add(
            "options.pid_mode",
            "Fargate has no instance to share with",
            given="host",
            allowed=f"task, or {_WITH_DOCKER}",
        )
    if options.ipc_mode is not None:
        given, allowed = options.ipc_mode, f"remove it, or use {_WITH_DOCKER}"
        found.add("options.ipc_mode", "Fargate does not have this option", given=given, allowed=allowed)
    for index, container in enumerate(workload.containers):
        if container.docker is not None:
            found.add(
                f"containers[{index}].docker",
                "Fargate does not use Docker",
                allowed=f"remove it, or use {_WITH_DOCKER}",
            )
    return list(found)


def _container_problems(container: Container, options: TaskOptions) -> list[Problem]:
    found, mode = Problems(), options.network_mode
    if container.docker is not None:
        for name, value in container.docker.network_options.items():
            if mode == "awsvpc" or (name == "links" and mode != "bridge"):
                found.add(
                    f"docker.{name}",
                    f"ECS refuses it with {mode} networking",
                    given=value,
                    allowed="bridge networking" if name == "links" else "bridge or host networking",
                )
    if container.port_ranges and mode == "host":
        found.add(
            "port_ranges", "with host networking every port is open", allowed="remove it, or use awsvpc or bridge"
        )
    for name in container.system_controls:
        if is_token(name):
            continue
        if options.operating_system != "LINUX":
            found.add(
                f"system_controls[{name!r}]",
                "Windows does not support kernel parameters",
                allowed="remove it, or use LINUX",
            )
        elif name.startswith("net.") and mode == "host":
            found.add(
                f"system_controls[{name!r}]",
                "the task uses the network of the instance",
                allowed="awsvpc or bridge networking",
            )
        elif not name.startswith("net.") and options.ipc_mode in ("host", "none"):
            given = options.ipc_mode
            allowed = "ipc_mode task, or no ipc_mode"
            found.add(
                f"system_controls[{name!r}]",
                "the task does not have its own shared memory",
                given=given,
                allowed=allowed,
            )
    return list(found)
