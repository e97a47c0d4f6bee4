"""Tasks, as ECS shows them for about an hour after they have stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from .api import Api
from .states import ContainerState, TaskState

_AT_ONCE = 100
_MOST = 500
"""Maximum number of stopped tasks to read. A service in a crash loop has thousands."""


def read_tasks(
    api: Api, cluster: str, *, service: str = "", family: str = "", stopped: bool = False
) -> tuple[TaskState, ...]:
    """Return at most 500 tasks of a service, or of a family of task definitions, newest first.

    Raises:
        Refused: AWS refuses a call.
    """
    of = {"serviceName": service} if service else {"family": family}
    status = "STOPPED" if stopped else "RUNNING"
    arns = api.pages("ecs", "list_tasks", "taskArns", cluster=cluster, desiredStatus=status, **of)
    found = [task for some in _batches(islice(arns, _MOST)) for task in describe_tasks(api, cluster, some)]
    return tuple(sorted(found, key=_age, reverse=True))


def describe_tasks(api: Api, cluster: str, ids: Sequence[str]) -> Iterator[TaskState]:
    """Yield at most 100 tasks by their ids or ARNs, without tasks that no longer exist.

    Raises:
        Refused: AWS refuses the call.
    """
    answer = api.call("ecs", "describe_tasks", cluster=cluster, tasks=list(ids)) or {}
    yield from (task_of(it) for it in answer.get("tasks", ()))


def task_of(told: Mapping[str, Any]) -> TaskState:
    """Return a task from a response of ECS, or from an event, where times are text."""
    memory = str(told.get("memory") or "")
    return TaskState(
        id=told.get("taskArn", "").rpartition("/")[2],
        task_definition=told.get("taskDefinitionArn", "").rpartition("/")[2],
        status=told.get("lastStatus", ""),
        started=_time(told.get("startedAt")),
        stopped=_time(told.get("stoppedAt") or told.get("executionStoppedAt")),
        stop_code=told.get("stopCode", ""),
        reason=told.get("stoppedReason", ""),
        health=told.get("healthStatus", ""),
        group=told.get("group", ""),
        capacity=told.get("capacityProviderName") or told.get("launchType", ""),
        memory=int(memory) if memory.isdecimal() else 0,
        containers=tuple(_container(it) for it in told.get("containers", ())),
    )


def _container(told: Mapping[str, Any]) -> ContainerState:
    return ContainerState(
        name=told.get("name", ""),
        status=told.get("lastStatus", ""),
        exit_code=told.get("exitCode"),
        reason=told.get("reason", ""),
        image=told.get("image", ""),
        health=told.get("healthStatus", ""),
    )


def _time(told: object) -> datetime | None:
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told)
        except ValueError:
            return None
    return told if isinstance(told, datetime) else None


def _age(task: TaskState) -> datetime:
    return task.stopped or task.started or datetime.min.replace(tzinfo=UTC)


def _batches(arns: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(arns)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some
