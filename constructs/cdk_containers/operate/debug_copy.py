"""A temporary copy of a task for debugging, with a writable root file system and ECS Exec."""

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
"""Maximum number of seconds until the ECS Exec agent runs. It usually takes about 30 seconds."""
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
"""Fields of a task definition that ECS returns but does not accept."""
POLICY_NAME = "cdk-containers-debug"


@frozen
class Copying:
    """Options of a copy.

    Attributes:
        container: Container to open a session in.
        as_is: Whether it runs its own command. Otherwise it waits for an hour, so that it takes no work from other
            tasks.
        grant: Whether to add the ECS Exec permissions to the task role while the copy runs.
    """

    container: str
    as_is: bool = False
    grant: bool = False


def registration(parts: TaskParts, copying: Copying) -> dict[str, Any]:
    """Return the task definition of a copy, ready to register."""
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
        if "healthCheck" in container:  # other containers may wait for it to become healthy
            opened["healthCheck"] = {"command": ["CMD-SHELL", "exit 0"]}
    return opened


class Copier:
    """Creates copies of the task of a service or a job.

    Attributes:
        target: The service or job.
        launch: Settings that start its tasks.
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
        """Start a copy and yield it once it accepts a session. Afterwards stop it and remove everything.

        Raises:
            Stop: The copy or its ECS Exec agent does not start.
            Refused: AWS refuses a call.
        """
        undo: list[tuple[str, Callable[[], object]]] = []
        try:
            if copying.grant:
                undo.append(self._grant())
            given = registration(self.parts, copying)
            arn: str = self._api.call("ecs", "register_task_definition", **given)["taskDefinition"]["taskDefinitionArn"]
            deregister = partial(self._api.call, "ecs", "deregister_task_definition", taskDefinition=arn)
            undo.append((f"task definition {arn.rpartition('/')[2]}", deregister))
            order = Order(container=copying.container, environment=self.launch.environment, execute_command=True)
            task = start_task(self._api, replace(self.launch, task_definition=arn), order).rpartition("/")[2]
            why = f"{started_by(self._api)} finished debugging"
            undo.append((f"task {task}", partial(stop_task, self._api, self.launch.cluster, task, why)))
            self._say(f"{self.target.name}: starting copy {task}")
            yield self._ready(task, TaskParts(told=given), copying.container)
        finally:
            for what, remove in reversed(undo):
                try:
                    remove()
                    self._say(f"removed {what}")
                except Refused as refused:
                    self._say(f"could not remove {what}: {refused}; remove it yourself")

    def _grant(self) -> tuple[str, Callable[[], object]]:
        role = str(self.parts.told.get("taskRoleArn", "")).rpartition("/")[2]
        named = {"RoleName": role, "PolicyName": POLICY_NAME}
        rights = rights_of_exec(self._api, self.launch.cluster)
        self._api.call("iam", "put_role_policy", **named, PolicyDocument=rights)
        return f"policy {POLICY_NAME} of role {role}", partial(self._api.call, "iam", "delete_role_policy", **named)

    def _ready(self, task: str, parts: TaskParts, container: str) -> Room:
        waited = 0.0
        while waited < _PATIENCE:
            answer = self._api.call("ecs", "describe_tasks", cluster=self.launch.cluster, tasks=[task]) or {}
            for it in answer.get("tasks", ()):
                status = it.get("lastStatus")
                if status in _ENDING:
                    raise Stop(FAILED, f"copy {task} stopped: {it.get('stoppedReason', 'ECS gives no reason')}")
                if status == "RUNNING" and agent_of(container_in(it, container))[0] != "PENDING":
                    return room_in(self.target, it, parts, container)
            self._api.clock.sleep(_EVERY)
            waited += _EVERY
        raise Stop(
            UNFINISHED,
            f"copy {task} still accepts no session after {_PATIENCE} seconds",
            "it may lack capacity, or a route to ssmmessages: a VPC endpoint or a NAT gateway",
        )
