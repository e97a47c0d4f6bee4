"""The screen of a service in six lines: its health, what it is doing, and what it waits for."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from .causes import causes, is_trouble
from .exits import DONE, FAILED, NOT_FOUND, WAITS
from .states import ServiceState, TaskState
from .tell_rollouts import (
    elapsed,
    images_text,
    outcome,
    plan_of,
    revisions,
    stage_line,
    timing,
    traffic_line,
    waits_line,
    why,
)
from .told import Line, Told
from .words import ago, clock_time, command, iso, many, minutes


def tell_service(state: ServiceState) -> Told:
    """Return the screen of a service."""
    word, code = service_word(state)
    rollout = state.rollout
    if rollout is not None and rollout.runs:
        plan = plan_of(rollout, state.desired)
        title = f"{word.replace('_', ' ')}  {revisions(rollout)}   {timing(rollout, plan, state.at)}"
        lines = [
            stage_line(rollout, plan, state.at),
            traffic_line(rollout),
            waits_line(rollout, state.target.name, state.at),
        ]
    else:
        title = f"{word.replace('_', ' ')}  rev {state.task_definition.rpartition(':')[2] or '?'}"
        lines = [_tasks(state), _deployed(state), _alarms(state)]
    lines += [_image(state), _stopped(state)]
    return Told(target=state.target, at=state.at, state=word, title=title, code=code, lines=tuple(lines))


def service_word(state: ServiceState) -> tuple[str, int]:  # noqa: PLR0911  (one question after the other)
    """Return one word for the state of a service, and the exit code of that state."""
    rollout = state.rollout
    if state.status != "ACTIVE":
        return ("BEING_DELETED", FAILED) if state.status == "DRAINING" else ("GONE", NOT_FOUND)
    if rollout is not None and rollout.runs:
        if rollout.waiting is not None:
            return "WAITS_FOR_DECISION", WAITS
        it = outcome(rollout)
        return it.state, FAILED if it.state == "ROLLING_BACK" else DONE
    if state.desired == 0 and not state.daemon:
        return "SCALED_TO_ZERO", DONE
    if state.running < state.desired:
        return "SHORT_OF_TASKS", FAILED
    # One of the two target groups of a service that shifts traffic is usually empty.
    if state.groups and not any(it.healthy for it in state.groups):
        return "UNHEALTHY", FAILED
    if rollout is not None and outcome(rollout).code == FAILED:
        return outcome(rollout).state, FAILED
    return "STEADY", DONE


def _tasks(state: ServiceState) -> Line:
    parts = [f"{state.running}/{state.desired} running" + (f", {state.pending} starting" if state.pending else "")]
    parts[0] += f" on {state.capacity}" if state.capacity else ""
    groups = [it for it in state.groups or () if it.total]
    for group in groups:
        bad = f" ({'; '.join(group.reasons)})" if group.reasons else ""
        parts.append(f"{group.healthy}/{group.total} healthy in {group.name}{bad}")
    if state.scaling is not None:
        parts.append(f"scales {state.scaling[0]} to {state.scaling[1]}")
    return Line(
        "tasks",
        " | ".join(parts),
        {
            "desired": state.desired,
            "running": state.running,
            "pending": state.pending,
            "capacity": state.capacity,
            "scaling": None if state.scaling is None else {"min": state.scaling[0], "max": state.scaling[1]},
            "targets": [
                {"group": it.name, "healthy": it.healthy, "total": it.total, "reasons": list(it.reasons)}
                for it in state.groups or ()
            ],
        },
    )


def _deployed(state: ServiceState) -> Line:
    rollout = state.rollout
    if state.controller == "CODE_DEPLOY":
        return Line(
            "deployed", "by CodeDeploy: `aws deploy list-deployments` shows its deployments", {"by": "CODE_DEPLOY"}
        )
    if rollout is None:
        return Line("deployed", "no deployment is known", {"by": state.controller})
    ended = rollout.finished or rollout.started or rollout.created or state.at
    took = minutes(elapsed(rollout, state.at))
    told = f"{ago(ended, state.at)} ({clock_time(ended, state.at)}), {rollout.strategy}, in {took}"
    if outcome(rollout).code == FAILED:
        told = f"{outcome(rollout).says} {told}: {why(rollout) or 'ECS gives no reason'}"
    return Line(
        "deployed",
        told,
        {
            "by": state.controller,
            "deployment": rollout.arn,
            "status": rollout.status,
            "strategy": rollout.strategy,
            "finished": iso(rollout.finished),
            "seconds": round(elapsed(rollout, state.at)),
            "reason": why(rollout),
        },
    )


def _alarms(state: ServiceState) -> Line:
    going = [name for name, value in state.alarms if value == "ALARM"]
    if not state.alarms:
        text = "none watches the deployments"
    elif going:
        text = f"in alarm: {', '.join(going)}"
    else:
        text = f"none of {len(state.alarms)} in alarm"
    return Line("alarms", text, {"in_alarm": going, "watched": [name for name, _ in state.alarms]})


def _image(state: ServiceState) -> Line:
    told = images_text(state.images) or f"of {state.task_definition}"
    return Line("image", told, {"images": [{"container": name, "image": image} for name, image in state.images]})


def _stopped(state: ServiceState) -> Line:
    bad = [it for it in state.stopped if is_trouble(it)]
    counted = Counter(ending(it) for it in bad)
    kinds = [{"count": count, "reason": reason} for reason, count in counted.most_common()]
    if not bad:
        return Line("stopped", "no task by itself in the last hour", {"reasons": []})
    shown = "; ".join(f"{it['count']} x {it['reason']}" for it in kinds[:2])
    more = f"; {len(kinds) - 2} other reasons" if len(kinds) > 2 else ""
    return Line(
        "stopped",
        f"{shown}{more} ({_last(bad, state.at)}, `{command('why', state.target.name)}`)",
        {"reasons": kinds, "last": iso(bad[0].stopped)},
    )


def _last(tasks: list[TaskState], now: datetime) -> str:
    return f"last {clock_time(tasks[0].stopped, now)}" if tasks[0].stopped else many(len(tasks), "task")


def ending(task: TaskState) -> str:
    """Return how a task stopped, in a few words: the cause, the container and its exit code."""
    found = causes(task)
    what = found[0].id if found else task.stop_code or "no reason"
    failed = [it for it in task.containers if it.exit_code not in (None, 0, 143)]
    return f"{what}: {', '.join(f'{it.name} exit {it.exit_code}' for it in failed)}" if failed else what
