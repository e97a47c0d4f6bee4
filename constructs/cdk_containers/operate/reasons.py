"""Why tasks stopped, or why a service does not become healthy: from tasks, events, logs and load balancers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from cdk_containers.core.frozen import frozen

from .api import Api
from .causes import Cause, causes, causes_of_events, is_trouble
from .exits import NOT_FOUND, Stop
from .read_events import StoredEvent, stored_events
from .read_jobs import read_job
from .read_logs import last_lines, log_sources
from .read_rollouts import last_rollout
from .read_services import described, events_of, read_health
from .read_tasks import describe_tasks, read_tasks
from .states import RolloutState, TaskState
from .targets import Target
from .tell_rollouts import outcome, why
from .tell_services import ending
from .words import ago, clock_time, iso, many

_KINDS = 3
"""Number of different stops that are shown in full."""
_RECENT = timedelta(hours=1)
"""How long ECS shows tasks that have stopped."""


@frozen
class Ending:
    """Tasks that stopped for the same reason.

    Attributes:
        tasks: The tasks, newest first.
        causes: Likely causes, the most likely first.
        log: Last log lines of the container that failed in the newest task.
        container: Name of that container.
    """

    tasks: tuple[TaskState, ...]
    causes: tuple[Cause, ...]
    log: tuple[str, ...] = ()
    container: str = ""


@frozen
class Reasons:
    """Reasons that were found.

    Attributes:
        target: Service or job.
        at: Time of the look-up.
        since: Start of the period that was searched.
        endings: How tasks stopped, the most frequent first.
        events: Events of the service, newest first.
        causes: What keeps tasks from starting at all.
        rollout: Last deployment of a service.
        stored: Whether stored events reach back further than an hour.
    """

    target: Target
    at: datetime
    since: datetime
    endings: tuple[Ending, ...] = ()
    events: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    rollout: RolloutState | None = None
    stored: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """The reasons for programs."""
        return {
            "name": self.target.name,
            "at": iso(self.at),
            "since": iso(self.since),
            "endings": [_ending_data(it) for it in self.endings],
            "causes": [_cause_data(it) for it in self.causes],
            "events": list(self.events),
            "deployment": None
            if self.rollout is None
            else {"status": self.rollout.status, "reason": why(self.rollout)},
        }


def _ending_data(it: Ending) -> dict[str, Any]:
    task = it.tasks[0]
    return {
        "count": len(it.tasks),
        "last": iso(task.stopped),
        "task": task.id,
        "stop_code": task.stop_code,
        "reason": task.reason,
        "containers": [{"name": one.name, "exit_code": one.exit_code, "reason": one.reason} for one in task.containers],
        "causes": [_cause_data(one) for one in it.causes],
        "container": it.container,
        "log": list(it.log),
    }


def _cause_data(it: Cause) -> dict[str, str]:
    return {"id": it.id, "says": it.says, "remedy": it.remedy}


def find_reasons(api: Api, target: Target, *, since: datetime, task: str = "", lines: int = 10) -> Reasons:
    """Find why tasks of a service or job stopped since a time, or why a single task stopped.

    Raises:
        Stop: The service or the task no longer exists.
        Refused: AWS refuses a call that the answer depends on.
    """
    told = described(api, target) if target.kind != "job" else {}
    cluster = target.cluster if told else read_job(api, target).cluster
    tasks = _recent(api, target, cluster, task)
    stored: list[StoredEvent] | None = None
    if (task and not tasks) or since < api.now() - _RECENT:
        stored = api.if_allowed(lambda: stored_events(api, target, cluster=cluster, since=since, task=task), [])
        tasks = _joined(tasks, [it.task for it in stored if it.task is not None])
    if task and not tasks:
        raise Stop(
            NOT_FOUND,
            f"task {task} of {target.name} is gone: ECS shows tasks for an hour after they stop, and no event of it is "
            "stored",
            "`--since` looks further back if `ClusterEvents` stores the events of the cluster",
        )
    said = [it for it in events_of(told) if it.at >= since]
    health = [reason for group in _groups(api, told) for reason in group]
    evidence = [*health, *(it.message for it in said[:20])]
    wanted = tasks if task else [it for it in tasks if is_trouble(it) and (it.stopped is None or it.stopped >= since)]
    return Reasons(
        target=target,
        at=api.now(),
        since=since,
        endings=tuple(_endings(api, target, wanted, evidence, lines)),
        events=tuple(dict.fromkeys(it.message for it in said[:20] if _is_news(it.message)))[:5],
        causes=tuple(causes_of_events(evidence)) if not wanted else (),
        rollout=api.if_allowed(lambda: last_rollout(api, target), None) if told else None,
        stored=bool(stored),
    )


def _recent(api: Api, target: Target, cluster: str, task: str) -> list[TaskState]:
    if not cluster:
        return []
    if task:
        return list(describe_tasks(api, cluster, [task]))
    of = {"family": target.family} if target.kind == "job" else {"service": target.service}
    return list(read_tasks(api, cluster, stopped=True, **of))


def _joined(tasks: Iterable[TaskState], others: Iterable[TaskState]) -> list[TaskState]:
    every = {it.id: it for it in (*others, *tasks)}
    return sorted(every.values(), key=lambda it: it.stopped.timestamp() if it.stopped else 0.0, reverse=True)


def _groups(api: Api, told: Any) -> list[tuple[str, ...]]:
    if not told:
        return []
    return [it.reasons for it in api.if_allowed(lambda: read_health(api, told), None) or ()]


def _endings(
    api: Api, target: Target, tasks: Sequence[TaskState], evidence: Sequence[str], lines: int
) -> Iterable[Ending]:
    kinds: dict[str, list[TaskState]] = {}
    for it in tasks:
        kinds.setdefault(ending(it), []).append(it)
    for number, alike in enumerate(sorted(kinds.values(), key=len, reverse=True)):
        newest = alike[0]
        container, log = _log(api, target, newest, lines) if number < _KINDS else ("", [])
        yield Ending(
            tasks=tuple(alike), causes=tuple(causes(newest, log, evidence)), log=tuple(log), container=container
        )


def _log(api: Api, target: Target, task: TaskState, lines: int) -> tuple[str, list[str]]:
    failed = [it.name for it in task.containers if it.exit_code not in (None, 0, 143)]
    names = failed or [it.name for it in task.containers]

    def read() -> tuple[str, list[str]]:
        for source in log_sources(api, target.name, task.task_definition, names):
            found = last_lines(api, source, task.id, lines)
            if found:
                return source.container, found
        return "", []

    return api.if_allowed(read, ("", []))


def _is_news(message: str) -> bool:
    return not any(it in message for it in ("has reached a steady state", "deployment completed"))


def reasons_text(found: Reasons) -> str:
    """Return the reasons as text."""
    name, now = found.target.name, found.at
    parts = [_ending_text(it, now) for it in found.endings]
    if found.causes:
        parts.append("\n".join([f"{name} does not become healthy:", *(_cause_text(it) for it in found.causes)]))
    if found.rollout is not None and (reason := why(found.rollout)):
        parts.append(f"last deployment: {outcome(found.rollout).says}: {reason}")
    if found.events:
        parts.append("\n".join(["ECS says:", *(f"  {it}" for it in found.events)]))
    if not found.endings and not found.causes:
        ended = f"no task of {name} stopped by itself since {clock_time(found.since, now)}"
        parts.insert(0, ended if found.stored else f"{ended}; --since looks further back, in the stored events")
    return "\n\n".join(parts)


def _ending_text(it: Ending, now: datetime) -> str:
    task = it.tasks[0]
    when = f"{ago(task.stopped, now)} ({clock_time(task.stopped, now)})" if task.stopped else "not yet"
    last = "the last " if len(it.tasks) > 1 else ""
    lines = [f"{many(len(it.tasks), 'task')} of revision {task.task_definition.rpartition(':')[2]}, {last}{when}"]
    lines.append(f"  task       {task.id}")
    lines.append(f"  stopped    {' '.join(f'{task.stop_code}: {task.reason}'.split()).strip(': ')}")
    for one in task.containers:
        code = "no exit code" if one.exit_code is None else f"exit code {one.exit_code}"
        lines.append(f"  container  {one.name}: {code}{f', {one.reason}' if one.reason else ''}")
    lines += [_cause_text(cause) for cause in it.causes[:3]]
    lines += [f"  log of {it.container}:", *(f"    {line}" for line in it.log)] if it.log else []
    return "\n".join(lines)


def _cause_text(cause: Cause) -> str:
    return f"  likely     {cause.says}\n             -> {cause.remedy}"
