"""Sessions in a running task: which task, whether it takes one, and how one is opened."""

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
    "the subnets need a way to ssmmessages: a VPC endpoint or a NAT gateway",
)


@frozen
class Room:
    """A container of a running task that takes a session.

    Attributes:
        cluster: The name of its cluster.
        task: The id of its task.
        container: Its name.
        runtime_id: What its runtime calls it.
    """

    cluster: str
    task: str
    container: str
    runtime_id: str

    @property
    def ssm_target(self) -> str:
        """What Systems Manager calls it."""
        return f"ecs:{self.cluster}_{self.task}_{self.runtime_id}"


@frozen
class Wish:
    """Which container of which task.

    Attributes:
        task: The id or ARN of the task. Default: the one that started last.
        container: The container. Default: the first essential one.
    """

    task: str = ""
    container: str = ""


def find_room(api: Api, target: Target, launch: Launch, wish: Wish) -> Room:
    """Return a container that takes a session.

    Raises:
        Stop: No task runs, the one that is wanted is gone, or it takes no session.
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
    """Return the running tasks, or the one that is wanted, as ECS has them, the newest first; 100 at the most."""
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
    """Tell whether a task is of the service or job, or is a copy of one."""
    family = family_of(task["taskDefinitionArn"])
    own = family_of(launch.task_definition)
    return family in (own, copy_of(own))


def _none_runs(api: Api, target: Target, launch: Launch, wanted: str) -> Stop:
    ids = [_id(it) for it in _running(api, target, launch)] if wanted else []
    if ids:
        some = ", ".join(ids[:_FEW]) + (", …" if len(ids) > _FEW else "")
        return Stop(NOT_FOUND, f"task {wanted} of {target.name} does not run", f"these run: {some}", tasks=ids)
    return Stop(
        FAILED,
        f"no task of {target.name} runs",
        f"`{command('why', target.name)}` says why; `{command('debug', target.name)}` starts one to look at",
    )


def room_in(target: Target, task: Mapping[str, Any], parts: TaskParts, container: str) -> Room:
    """Return a container of a task that takes a session.

    Raises:
        Stop: It takes none: Exec is off, the root file system is read-only, or the agent does not run.
    """
    debug = f"`{command('debug', target.name)}` starts a copy that takes one"
    if parts.container(container).get("readonlyRootFilesystem"):
        raise Stop(
            USAGE,
            f"the root file system of container {container} is read-only, and ECS Exec has to write to it",
            debug,
            reason="read-only",
        )
    if not task.get("enableExecuteCommand"):
        raise Stop(
            USAGE,
            f"ECS Exec is off in task {_id(task)}; it is on in tasks that start after it was turned on",
            debug,
            "to have it in every task, set `enable_execute_command=True` in the code, and deploy",
            reason="off",
        )
    told = container_in(task, container)
    status, reason = agent_of(told)
    if status != "RUNNING":
        raise Stop(
            FAILED,
            f"the agent of ECS Exec does not run in container {container}: {status}"
            + (f", {reason}" if reason else ""),
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
    """Return what ECS says of a container of a task; nothing before it is there."""
    for it in task.get("containers", ()):
        if it["name"] == name:
            found: Mapping[str, Any] = it
            return found
    return {}


def agent_of(container: Mapping[str, Any]) -> tuple[str, str]:
    """Return how the agent of ECS Exec is in a container, and why."""
    for it in container.get("managedAgents", ()):
        if it.get("name") == _AGENT:
            return it.get("lastStatus", "PENDING"), it.get("reason", "")
    return "PENDING", ""


def open_shell(api: Api, room: Room, words: Sequence[str]) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """Open a session with ECS Exec, and return it with what it was asked for with.

    Raises:
        Stop: The task is gone meanwhile.
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
        raise Stop(NOT_FOUND, f"task {room.task} is gone")
    return answer["session"], {"Target": room.ssm_target}


def open_port(api: Api, room: Room, way: Way) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """Open a session that forwards a port, and return it with what it was asked for with.

    Raises:
        Stop: The task is gone meanwhile.
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
        raise Stop(NOT_FOUND, f"task {room.task} is gone")
    return {key[:1].lower() + key[1:]: it for key, it in answer.items() if isinstance(it, str)}, request


@frozen
class Way:
    """A port to forward.

    Attributes:
        host: The host behind the task; empty for the task itself.
        port: Its port.
        local: The port of this machine.
    """

    host: str
    port: int
    local: int

    def __str__(self) -> str:
        return f"127.0.0.1:{self.local} -> {self.host or 'the task'}:{self.port}"


def read_way(text: str) -> Way:
    """Read `[HOST:]PORT[:LOCAL]`.

    Raises:
        ValueError: It is something else.
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
