"""A deployment in sentences: its stage, the next step, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cdk_containers.core.frozen import frozen

from .exits import DONE, FAILED, UNFINISHED, WAITS
from .plan import Plan, planned
from .states import Hook, Revision, RolloutState
from .told import Line
from .words import clock_time, command, iso, many, minutes, percent

STAGES: Mapping[str, str] = {
    "RECONCILE_SERVICE": "ECS compares the running tasks with the desired state",
    "PRE_SCALE_UP": "new tasks are about to start",
    "SCALE_UP": "new tasks start",
    "POST_SCALE_UP": "new tasks run",
    "TEST_TRAFFIC_SHIFT": "test traffic moves to the new version",
    "POST_TEST_TRAFFIC_SHIFT": "the new version gets the test traffic",
    "PRE_PRODUCTION_TRAFFIC_SHIFT": "traffic is about to move to the new version",
    "PRODUCTION_TRAFFIC_SHIFT": "traffic moves to the new version",
    "POST_PRODUCTION_TRAFFIC_SHIFT": "the new version gets the traffic",
    "BAKE_TIME": "both versions run, and ECS watches the alarms",
    "CLEAN_UP": "the tasks of the old version stop",
}
"""What happens in a stage of a deployment."""


@frozen(kw_only=False)
class Outcome:
    """The outcome of a deployment, so far or at its end.

    Attributes:
        state: One word.
        says: Sentence without a period.
        code: Exit code of a command that waits for its end; `UNFINISHED` while it is in progress.
    """

    state: str
    says: str
    code: int


_OUTCOMES: Mapping[str, Outcome] = {
    "PENDING": Outcome("PENDING", "the deployment waits for another one to end", UNFINISHED),
    "IN_PROGRESS": Outcome("ROLLING_OUT", "the deployment is in progress", UNFINISHED),
    "SUCCESSFUL": Outcome("DEPLOYED", "the deployment succeeded", DONE),
    "STOP_REQUESTED": Outcome("STOPPING", "the deployment is being stopped", UNFINISHED),
    "STOPPED": Outcome("STOPPED", "the deployment was stopped, or another deployment replaced it", FAILED),
    "ROLLBACK_REQUESTED": Outcome("ROLLING_BACK", "the deployment is being rolled back", UNFINISHED),
    "ROLLBACK_IN_PROGRESS": Outcome("ROLLING_BACK", "the deployment is being rolled back", UNFINISHED),
    "ROLLBACK_SUCCESSFUL": Outcome("ROLLED_BACK", "the deployment failed and was rolled back", FAILED),
    "ROLLBACK_FAILED": Outcome("ROLLBACK_FAILED", "the deployment failed, and so did the rollback", FAILED),
}


def outcome(rollout: RolloutState) -> Outcome:
    """Return the outcome of a deployment."""
    if rollout.waiting is not None:
        return Outcome("WAITS_FOR_DECISION", "the deployment waits for a decision", WAITS)
    unknown = Outcome(rollout.status, f"the deployment has an unknown status: {rollout.status}", UNFINISHED)
    return _OUTCOMES.get(rollout.status, unknown)


def why(rollout: RolloutState) -> str:
    """Return why a deployment failed, as far as ECS shows it."""
    triggered = f"alarms: {', '.join(rollout.triggered)}" if rollout.triggered else ""
    breaker = (
        f"circuit breaker: {rollout.failures} of {rollout.threshold} tasks failed"
        if rollout.threshold and rollout.failures >= rollout.threshold
        else ""
    )
    reason = rollout.rollback_reason or rollout.reason
    return "; ".join(dict.fromkeys(it for it in (reason.rstrip("."), triggered, breaker) if it))


def plan_of(rollout: RolloutState, tasks: int) -> Plan | None:
    """Return the plan of a deployment."""
    wanted = rollout.target.requested if rollout.target else 0
    return planned(rollout.configuration, wanted or tasks)


def elapsed(rollout: RolloutState, now: datetime) -> float:
    """Return the duration of a deployment in seconds, so far or in total."""
    begun = rollout.started or rollout.created or now
    return max(0.0, ((rollout.finished or now) - begun).total_seconds())


def revisions(rollout: RolloutState) -> str:
    """Return `rev 41 -> 42`."""
    new = rollout.target.number if rollout.target else "?"
    old = [it.number for it in rollout.sources if not rollout.target or it.arn != rollout.target.arn]
    return f"rev {', '.join(old)} -> {new}" if old else f"rev {new}"


def timing(rollout: RolloutState, plan: Plan | None, now: datetime) -> str:
    """Return `6:10 of about 12:00`."""
    spent = minutes(elapsed(rollout, now))
    return f"{spent} of about {minutes(plan.total)}" if plan else spent


def stage_line(rollout: RolloutState, plan: Plan | None, now: datetime) -> Line:
    """Return the lines with the stage of a deployment, the next step, and what stops it."""
    parts = [f"{rollout.strategy}, {happening(rollout)}".strip(", ")]
    following = _following(rollout, plan, now)
    parts += [following] if following else []
    parts += [_stops(rollout)]
    return Line(
        "stage",
        " | ".join(it for it in parts if it),
        {
            "strategy": rollout.strategy,
            "stage": rollout.stage,
            "planned_seconds": plan.total if plan else None,
            "elapsed_seconds": round(elapsed(rollout, now)),
            "failures": rollout.failures,
            "failures_allowed": rollout.threshold,
            "alarms": list(rollout.alarms),
        },
    )


def happening(rollout: RolloutState) -> str:
    """Return what happens in the stage of a deployment. A rollback goes through the same stages in reverse."""
    if rollout.status.startswith("ROLLBACK"):
        return "the earlier version takes over again"
    return STAGES.get(rollout.stage, rollout.stage)


def _following(rollout: RolloutState, plan: Plan | None, now: datetime) -> str:
    """Return the next planned step; nothing while the deployment waits for a decision, which has no planned time."""
    if plan is None or rollout.waiting is not None or rollout.status != "IN_PROGRESS":
        return ""
    share = (rollout.target.production if rollout.target else None) or 0
    for seconds, next_share in plan.shifts:
        if next_share > share:
            return f"next: {percent(next_share)} {_in(seconds - elapsed(rollout, now))}"
    return f"done {_in(plan.total - elapsed(rollout, now))}"


def _in(seconds: float) -> str:
    return f"in {minutes(seconds)}" if seconds >= 0 else f"{minutes(-seconds)} later than planned"


def _stops(rollout: RolloutState) -> str:
    stops = []
    if rollout.alarms:
        alarms = many(len(rollout.alarms), "alarm")
        stops.append(f"{alarms}, of which {', '.join(rollout.triggered)} went off" if rollout.triggered else alarms)
    if rollout.threshold:
        stops.append(f"circuit breaker {rollout.failures}/{rollout.threshold}")
    return f"stops on: {', '.join(stops)}" if stops else "nothing stops it automatically"


def traffic_line(rollout: RolloutState) -> Line:
    """Return the line with traffic and tasks of each version."""
    sides = [*rollout.sources, *([rollout.target] if rollout.target else [])]
    sides = list({it.arn: it for it in sides}.values())
    told = " | ".join(_side(it, rollout) for it in sides) or "no version is known yet"
    return Line("traffic", told, {"revisions": [_side_data(it, rollout) for it in sides]})


def _side(it: Revision, rollout: RolloutState) -> str:
    share = f" {percent(it.production)}," if it.production is not None else ","
    starting = f", {it.pending} starting" if it.pending else ""
    errors = f", errors {rollout.errors[it.arn]:.1f} %" if it.arn in rollout.errors else ""
    return f"rev {it.number}{share} {it.running}/{it.requested} running{starting}{errors}"


def _side_data(it: Revision, rollout: RolloutState) -> dict[str, object]:
    return {
        "revision": it.number,
        "arn": it.arn,
        "task_definition": it.task_definition,
        "production_percent": it.production,
        "test_percent": it.test,
        "error_percent": rollout.errors.get(it.arn),
        "requested": it.requested,
        "running": it.running,
        "pending": it.pending,
    }


def waits_line(rollout: RolloutState, name: str, now: datetime) -> Line:
    """Return the line that shows whether a deployment waits for a decision, and until when."""
    hook = rollout.waiting
    if hook is None:
        return Line("waits for", "nobody", {"hook": None})
    return Line("waits for", f"you{decision(hook, name, now)}", {"hook": hook.id, "until": iso(hook.expires)})


def decision(hook: Hook, name: str, now: datetime) -> str:
    """Return until when you can decide, what happens then, and how to decide."""
    told = f": `{command('continue', name)}` or `… rollback`"
    if hook.expires is None:
        return told
    then = {"ROLLBACK": "rolls back", "CONTINUE": "continues"}.get(hook.on_timeout, "ECS decides")
    return f" until {clock_time(hook.expires, now)}, then {then}{told}"


def images_text(images: tuple[tuple[str, str], ...]) -> str:
    """Return the images of containers, short enough for a line."""
    return ", ".join(f"{name} {_image(image)}" for name, image in images)


def _image(image: str) -> str:
    return f"{image[:19]}…" if image.startswith("sha256:") else image.rpartition("/")[2]
