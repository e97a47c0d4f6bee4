"""Sessions in a running task: choose the task, check that it accepts a session, and open one."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cdk_containers.core.frozen import frozen

from .api import Api
from .exits import FAILED, NOT_FOUND, USAGE, Stop
from .launch import Launch, TaskParts, copy_of, family_of, read_parts
from .targets import Target
from .words import command

_AGENT = "ExecuteCommandAgent"
_FEW = 5
_WHAT_THE_AGENT_NEEDS = (
    "the task role needs ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel",
    "the subnets need a route to ssmmessages: a VPC endpoint or a NAT gateway",
)


@frozen
class Room:
    """A container of a running task that accepts sessions.

    Attributes:
        cluster: Name of its cluster.
        task: Id of its task.
        container: Its name.
        runtime_id: Id in the container runtime.
    """

    cluster: str
    task: str
    container: str
    runtime_id: str

    @property
    def ssm_target(self) -> str:
        """Name of the container in Systems Manager."""
        return f"ecs:{self.cluster}_{self.task}_{self.runtime_id}"


@frozen
class Wish:
    """The task and container to choose.

    Attributes:
        task: Id or ARN of the task. Default: the task that started last.
        container: The container. Default: the first essential one.
    """

    task: str = ""
    container: str = ""


def find_room(api: Api, target: Target, launch: Launch, wish: Wish) -> Room:
    """Return a container that accepts sessions.

    Raises:
        Stop: No task runs, the requested task no longer exists, or it accepts no session.
        Refused: AWS refuses a call.
    """
    wanted = wish.task.rpartition("/")[2]
    running = _running(api, target, launch, wanted)
    if not running:
        raise _none_runs(api, target, launch, wanted)
    task = running[0]
    parts = read_parts(api, replace(launch, task_definition=task["taskDefinitionArn"]))
    return room_in(target, task, parts, parts.container(wish.container or launch.container)["name"])


def _running(api: Api, target: Target, launch: Launch, wanted: str = "") -> list[Mapping[str, Any]]:
    """Return at most 100 running tasks, or the requested task, as ECS describes them, newest first."""
    of = {"family": target.family} if target.kind == "job" else {"serviceName": target.service}
    arns = [wanted]
    if not wanted:
        listed = {"cluster": launch.cluster, "desiredStatus": "RUNNING", "maxResults": 100, **of}
        arns = (api.call("ecs", "list_tasks", **listed) or {}).get("taskArns", [])
    if not arns:
        return []
    told = (api.call("ecs", "describe_tasks", cluster=launch.cluster, tasks=list(arns)) or {}).get("tasks", ())
    oldest = datetime.min.replace(tzinfo=UTC)
    found = [it for it in told if it.get("lastStatus") == "RUNNING" and _belongs(it, launch)]
    return sorted(found, key=lambda it: it.get("startedAt", oldest), reverse=True)


def _belongs(task: Mapping[str, Any], launch: Launch) -> bool:
    """Tell whether a task belongs to the service or job, or is a debug copy."""
    family = family_of(task["taskDefinitionArn"])
    own = family_of(launch.task_definition)
    return family in (own, copy_of(own))


def _none_runs(api: Api, target: Target, launch: Launch, wanted: str) -> Stop:
    ids = [_id(it) for it in _running(api, target, launch)] if wanted else []
    if ids:
        some = ", ".join(ids[:_FEW]) + (", …" if len(ids) > _FEW else "")
        return Stop(NOT_FOUND, f"task {wanted} of {target.name} is not running", f"running: {some}", tasks=ids)
    return Stop(
        FAILED,
        f"no task of {target.name} is running",
        f"`{command('why', target.name)}` shows why; `{command('debug', target.name)}` starts a copy to inspect",
    )


def room_in(target: Target, task: Mapping[str, Any], parts: TaskParts, container: str) -> Room:
    """Return a container of a task, if it accepts sessions.

    Raises:
        Stop: It accepts none: ECS Exec is off, the root file system is read-only, or the agent does not run.
    """
    debug = f"`{command('debug', target.name)}` starts a copy that accepts sessions"
    if parts.container(container).get("readonlyRootFilesystem"):
        raise Stop(
            USAGE,
            f"the root file system of container {container} is read-only, but ECS Exec needs to write to it",
            debug,
            reason="read-only",
        )
    if not task.get("enableExecuteCommand"):
        raise Stop(
            USAGE,
            f"ECS Exec is off in task {_id(task)}; turning it on takes effect for tasks that start afterwards",
            debug,
            "to turn it on for every task, set `enable_execute_command=True` in the code and deploy",
            reason="off",
        )
    told = container_in(task, container)
    status, reason = agent_of(told)
    if status != "RUNNING":
        raise Stop(
            FAILED,
            f"the ECS Exec agent does not run in container {container}: {status}" + (f", {reason}" if reason else ""),
            *_WHAT_THE_AGENT_NEEDS,
            reason="agent",
        )
    return Room(
        cluster=task["clusterArn"].rpartition("/")[2],
        task=_id(task),
        container=container,
        runtime_id=told.get("runtimeId", ""),
    )


def container_in(task: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the description of a container of a task; empty before it exists."""
    for it in task.get("containers", ()):
        if it["name"] == name:
            found: Mapping[str, Any] = it
            return found
    return {}


def agent_of(container: Mapping[str, Any]) -> tuple[str, str]:
    """Return the status of the ECS Exec agent in a container, and its reason."""
    for it in container.get("managedAgents", ()):
        if it.get("name") == _AGENT:
            return it.get("lastStatus", "PENDING"), it.get("reason", "")
    return "PENDING", ""


def open_shell(api: Api, room: Room, words: Sequence[str]) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """Open a session with ECS Exec. Return it with the parameters of the request.

    Raises:
        Stop: The task no longer exists.
        Refused: AWS refuses the call.
    """
    answer = api.call(
        "ecs",
        "execute_command",
        cluster=room.cluster,
        task=room.task,
        container=room.container,
        command=shlex.join(words) if words else "/bin/sh",
        interactive=True,
    )
    if answer is None:
        raise Stop(NOT_FOUND, f"task {room.task} no longer exists")
    return answer["session"], {"Target": room.ssm_target}


def open_port(api: Api, room: Room, way: Way) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """Open a session that forwards a port. Return it with the parameters of the request.

    Raises:
        Stop: The task no longer exists.
        Refused: AWS refuses the call.
    """
    parameters = {"portNumber": [str(way.port)], "localPortNumber": [str(way.local)]}
    document = "AWS-StartPortForwardingSession"
    if way.host:
        parameters["host"] = [way.host]
        document += "ToRemoteHost"
    request = {"Target": room.ssm_target, "DocumentName": document, "Parameters": parameters}
    answer = api.call("ssm", "start_session", **request)
    if answer is None:
        raise Stop(NOT_FOUND, f"task {room.task} no longer exists")
    return {key[:1].lower() + key[1:]: it for key, it in answer.items() if isinstance(it, str)}, request


@frozen
class Way:
    """A port to forward.

    Attributes:
        host: Host that the task can reach; empty for the task itself.
        port: Port of the host or task.
        local: Port of this machine.
    """

    host: str
    port: int
    local: int

    def __str__(self) -> str:
        return f"127.0.0.1:{self.local} -> {self.host or 'the task'}:{self.port}"


def read_way(text: str) -> Way:
    """Read `[HOST:]PORT[:LOCAL]`.

    Raises:
        ValueError: The text has another form.
    """
    host, numbers = "", text.split(":")
    if text.startswith("["):
        host, _, rest = text[1:].partition("]:")
        numbers = rest.split(":")
    elif not numbers[0].isdecimal():
        host, *numbers = numbers
    ports = [int(it) for it in numbers if it.isdecimal() and 0 < int(it) < 65536]
    if len(ports) != len(numbers) or len(ports) not in (1, 2) or (not host and text.startswith((":", "["))):
        raise ValueError(
            f"{text!r} is not [HOST:]PORT[:LOCAL], such as 8080, db.internal:5432 or db.internal:5432:15432"
        )
    return Way(host=host, port=ports[0], local=ports[-1])


def _id(task: Mapping[str, Any]) -> str:
    return str(task["taskArn"]).rpartition("/")[2]
