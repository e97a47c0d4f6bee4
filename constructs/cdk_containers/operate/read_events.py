"""Events of services and tasks that EventBridge rules store in log groups, available for days."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cdk_containers.core.frozen import frozen

from .api import Api
from .causes import causes
from .read_tasks import task_of
from .states import ServiceEvent, TaskState
from .targets import Target

_TASK = "ECS Task State Change"


@frozen
class StoredEvent:
    """An event of ECS.

    Attributes:
        at: When it happened.
        kind: Its `detail-type`.
        name: Its `eventName`, if it has one.
        reason: Reason that ECS gives.
        task: The task, if the event is about one.
    """

    at: datetime
    kind: str
    name: str = ""
    reason: str = ""
    task: TaskState | None = None

    def told(self) -> ServiceEvent:
        """Return the event as text."""
        if self.task is None:
            return ServiceEvent(at=self.at, message=f"{self.name}: {self.reason}".strip(": "))
        found = causes(self.task)
        ends = [f"{it.name} exit {it.exit_code}" for it in self.task.containers if it.exit_code is not None]
        parts = [self.task.reason or self.task.stop_code, *ends, *([found[0].says] if found else [])]
        return ServiceEvent(at=self.at, message=f"task {self.task.id} stopped: {'; '.join(parts)}")


def event_stores(api: Api, cluster: str) -> list[str]:
    """Return the log groups that store events of a cluster: those of `ClusterEvents`, and others.

    Raises:
        Refused: AWS refuses a call.
    """
    found: dict[str, None] = {}
    for rule in api.pages("events", "list_rules", "Rules"):
        pattern = rule.get("EventPattern", "")
        if rule.get("State", "ENABLED") == "DISABLED" or "aws.ecs" not in pattern or not _is_about(pattern, cluster):
            continue
        for target in api.pages("events", "list_targets_by_rule", "Targets", Rule=rule["Name"]):
            _, _, group = target["Arn"].partition(":log-group:")
            if group:
                found[group.removesuffix(":*")] = None
    return list(found)


def _is_about(pattern: str, cluster: str) -> bool:
    """Tell whether a rule matches events of a cluster: it names that cluster or none."""
    return f"cluster/{cluster}" in pattern or "cluster/" not in pattern


def stored_events(api: Api, target: Target, *, cluster: str, since: datetime, task: str = "") -> list[StoredEvent]:
    """Return the stored events of a service, a job or one of their tasks, the newest first.

    Raises:
        Refused: AWS refuses a call.
    """
    pattern = _pattern(target, task)
    found = [it for group in event_stores(api, cluster.rpartition("/")[2]) for it in _read(api, group, pattern, since)]
    return sorted(found, key=lambda it: it.at, reverse=True)


def _pattern(target: Target, task: str) -> str:
    if task:
        return f'{{ $.detail.taskArn = "*/{task}" }}'
    if target.kind == "job":
        return f'{{ $.detail.group = "family:{target.family}" }}'
    return f'{{ ($.resources[0] = "{target.id}") || ($.detail.group = "service:{target.service}") }}'


def _read(api: Api, group: str, pattern: str, since: datetime) -> Iterator[StoredEvent]:
    events = api.pages(
        "logs",
        "filter_log_events",
        "events",
        logGroupName=group,
        startTime=int(since.timestamp() * 1000),
        filterPattern=pattern,
    )
    for it in events:
        event = _event(it.get("message", ""), it["timestamp"])
        if event is not None:
            yield event


def _event(message: str, stored: int) -> StoredEvent | None:
    try:
        told: Mapping[str, Any] = json.loads(message)
        detail: Mapping[str, Any] = told["detail"]
        kind = told["detail-type"]
    except (KeyError, TypeError, ValueError):
        return None
    return StoredEvent(
        at=_time(told.get("time")) or datetime.fromtimestamp(stored / 1000, UTC),
        kind=kind,
        name=detail.get("eventName", ""),
        reason=detail.get("reason", ""),
        task=task_of(detail) if kind == _TASK else None,
    )


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
