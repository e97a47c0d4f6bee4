"""A copy of a task to look around in: its root can be written to, ECS Exec is on, and it is removed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from cdk_containers.checks.live.refused import Refused
from cdk_containers.core.frozen import frozen

from .api import Api
from .exec_rights import rights_of_exec
from .exits import FAILED, UNFINISHED, Stop
from .launch import Launch, TaskParts, copy_of
from .run_task import Order, start_task, started_by, stop_task
from .sessions import Room, agent_of, container_in, room_in
from .targets import Target

_EVERY = 3.0
_PATIENCE = 180
"""Seconds until the agent of ECS Exec runs; mostly it takes half a minute."""
_HOUR = 3600
_ENDING = ("DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")
_READ_ONLY_PARTS = (
    "compatibilities",
    "deleteRequestedAt",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
)
"""What ECS says of a task definition and takes from nobody."""
POLICY_NAME = "cdk-containers-debug"


@frozen
class Copying:
    """How a copy is made.

    Attributes:
        container: The container to look around in.
        as_is: Whether it runs its own command; else it waits for an hour, so that it takes no work from others.
        grant: Whether the task role may be given the channels of ECS Exec as long as the copy runs.
    """

    container: str
    as_is: bool = False
    grant: bool = False


def registration(parts: TaskParts, copying: Copying) -> dict[str, Any]:
    """Return the task definition of a copy, as it is registered."""
    told = {key: value for key, value in parts.told.items() if key not in _READ_ONLY_PARTS}
    told["family"] = copy_of(told["family"])
    told["containerDefinitions"] = [
        _opened(it, copying) if it["name"] == copying.container else dict(it) for it in parts.containers
    ]
    kept = [it for it in parts.tags if not it["key"].lower().startswith("aws:")]
    told["tags"] = [*kept, {"key": "purpose", "value": "debug"}]
    return told


def _opened(container: Mapping[str, Any], copying: Copying) -> dict[str, Any]:
    linux = {**container.get("linuxParameters", {}), "initProcessEnabled": True}
    opened = {**container, "readonlyRootFilesystem": False, "linuxParameters": linux}
    if not copying.as_is:
        opened |= {"entryPoint": ["sh", "-c"], "command": [f"sleep {_HOUR}"]}
        if "healthCheck" in container:  # others may wait for it to be healthy
            opened["healthCheck"] = {"command": ["CMD-SHELL", "exit 0"]}
    return opened


class Copier:
    """Makes copies of the task of a service or a job.

    Attributes:
        target: The service or job.
        launch: How its tasks are started.
        parts: Its task definition.
    """

    def __init__(self, api: Api, target: Target, launch: Launch, parts: TaskParts, say: Callable[[str], None]) -> None:
        self._api = api
        self._say = say
        self.target = target
        self.launch = launch
        self.parts = parts

    @contextmanager
    def running(self, copying: Copying) -> Iterator[Room]:
        """Start a copy and give it when it takes a session; stop it and remove all of it at the end.

        Raises:
            Stop: It does not start, or its agent does not.
            Refused: AWS refuses a call.
        """
        undo: list[tuple[str, Callable[[], object]]] = []
        try:
            if copying.grant:
                undo.append(self._grant())
            given = registration(self.parts, copying)
            arn: str = self._api.call("ecs", "register_task_definition", **given)["taskDefinition"]["taskDefinitionArn"]
            deregister = partial(self._api.call, "ecs", "deregister_task_definition", taskDefinition=arn)
            undo.append((f"{arn.rpartition('/')[2]} is deregistered", deregister))
            order = Order(container=copying.container, environment=self.launch.environment, execute_command=True)
            task = start_task(self._api, replace(self.launch, task_definition=arn), order).rpartition("/")[2]
            why = f"{started_by(self._api)} has looked around"
            undo.append((f"task {task} is stopped", partial(stop_task, self._api, self.launch.cluster, task, why)))
            self._say(f"{self.target.name}: copy {task} starts")
            yield self._ready(task, TaskParts(told=given), copying.container)
        finally:
            for what, remove in reversed(undo):
                try:
                    remove()
                    self._say(what)
                except Refused as refused:
                    self._say(f"not so that {what}: {refused}; do it by hand")

    def _grant(self) -> tuple[str, Callable[[], object]]:
        role = str(self.parts.told.get("taskRoleArn", "")).rpartition("/")[2]
        named = {"RoleName": role, "PolicyName": POLICY_NAME}
        rights = rights_of_exec(self._api, self.launch.cluster)
        self._api.call("iam", "put_role_policy", **named, PolicyDocument=rights)
        return f"policy {POLICY_NAME} of role {role} is deleted", partial(
            self._api.call, "iam", "delete_role_policy", **named
        )

    def _ready(self, task: str, parts: TaskParts, container: str) -> Room:
        waited = 0.0
        while waited < _PATIENCE:
            answer = self._api.call("ecs", "describe_tasks", cluster=self.launch.cluster, tasks=[task]) or {}
            for it in answer.get("tasks", ()):
                status = it.get("lastStatus")
                if status in _ENDING:
                    raise Stop(FAILED, f"copy {task} stopped: {it.get('stoppedReason', 'ECS does not say why')}")
                if status == "RUNNING" and agent_of(container_in(it, container))[0] != "PENDING":
                    return room_in(self.target, it, parts, container)
            self._api.clock.sleep(_EVERY)
            waited += _EVERY
        raise Stop(
            UNFINISHED,
            f"copy {task} takes no session after {_PATIENCE} seconds",
            "it may be short of capacity, or of a way to ssmmessages: a VPC endpoint or a NAT gateway",
        )
