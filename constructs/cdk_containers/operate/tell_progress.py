"""Progress of a deployment: one line for each change, and planned and actual times at its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cdk_containers.core.frozen import frozen

from .plan import Plan
from .states import RolloutState
from .targets import Target
from .tell_rollouts import (
    decision,
    elapsed,
    happening,
    outcome,
    plan_of,
    revisions,
    stage_line,
    timing,
    traffic_line,
    waits_line,
    why,
)
from .told import Told
from .words import iso, minutes, percent


@frozen(kw_only=False)
class Step:
    """A step that a deployment reaches.

    Attributes:
        name: Name of the step, such as `10 % traffic`.
        planned: Planned time, in seconds from the start.
        real: Actual time; None if it was not reached.
    """

    name: str
    planned: int
    real: float | None = None


class Progress:
    """Records the progress of a deployment.

    Attributes:
        target: The service.
        plan: Its plan; None if there is none.
    """

    def __init__(self, target: Target, first: RolloutState, tasks: int = 0) -> None:
        self.target = target
        self.plan: Plan | None = plan_of(first, tasks)
        self._reached: dict[float, float] = {}
        self._last: tuple[Any, ...] = ()
        self._begun_before = first.runs and first.stage not in ("", "RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP")

    def note(self, state: RolloutState, now: datetime) -> bool:
        """Record a state, and tell whether it has changes to show."""
        share = (state.target.production if state.target else None) or 0.0
        if state.status == "IN_PROGRESS":
            self._reached.setdefault(share, elapsed(state, now))
        new = state.target
        seen = (
            state.status,
            state.stage,
            state.waiting,
            share,
            (new.running, new.requested) if new else (),
            state.failures,
            state.triggered,
        )
        changed, self._last = seen != self._last, seen
        return changed

    def line(self, state: RolloutState, now: datetime) -> str:
        """Return a state as one line."""
        what = outcome(state)
        stage = f"{state.stage}: {happening(state)}" if state.stage else happening(state)
        parts = [f"{now:%H:%M:%S} UTC", f"{minutes(elapsed(state, now)):>6}", what.state.replace("_", " ")]
        if state.runs:
            parts += [stage, traffic_line(state).text]
        if state.waiting is not None:
            parts.append(f"waits for you{decision(state.waiting, self.target.name, now)}")
        if state.triggered or not state.runs:
            parts.append(why(state))
        if state.failures and state.runs:
            parts.append(f"{state.failures} of {state.threshold} failures")
        return "  ".join(part for part in parts if part)

    def screen(self, state: RolloutState, now: datetime) -> Told:
        """Return a state as a screen."""
        what = outcome(state)
        return Told(
            target=self.target,
            at=now,
            state=what.state,
            title=f"{what.state.replace('_', ' ')}  {revisions(state)}   {timing(state, self.plan, now)}",
            code=what.code,
            lines=(
                stage_line(state, self.plan, now),
                traffic_line(state),
                waits_line(state, self.target.name, now),
            ),
        )

    def steps(self, state: RolloutState, now: datetime) -> list[Step]:
        """Return the planned steps with their actual times."""
        if self.plan is None:
            return []
        found = [Step(f"{percent(share)} traffic", at, self._at(share)) for at, share in self.plan.shifts]
        return [*found, Step("successful", self.plan.total, elapsed(state, now) if outcome(state).code == 0 else None)]

    def _at(self, share: float) -> float | None:
        """Return when the new version reached a share; None if that was before the first look."""
        times = [at for seen, at in self._reached.items() if seen >= share]
        first = min(self._reached.values(), default=None)
        return None if not times or (self._begun_before and min(times) == first) else min(times)

    def end(self, state: RolloutState, now: datetime) -> str:
        """Return how a deployment ended, with planned and actual times."""
        what = outcome(state)
        reason = why(state)
        told = f"{self.target.name}: {what.says}{f': {reason}' if reason and what.code else ''}"
        steps = self.steps(state, now)
        if not steps:
            return told
        width = max(len(it.name) for it in steps)
        rows = [f"  {'':<{width}}  {'planned':>8}  {'actual':>8}"]
        rows += [
            f"  {it.name:<{width}}  {minutes(it.planned):>8}  {minutes(it.real) if it.real is not None else '-':>8}"
            for it in steps
        ]
        return "\n".join([told, *rows])

    def data(self, state: RolloutState, now: datetime) -> dict[str, Any]:
        """Return a state for programs."""
        return {
            **self.screen(state, now).data,
            "deployment": state.arn,
            "status": state.status,
            "started": iso(state.started),
            "finished": iso(state.finished),
            "reason": why(state),
            "steps": [{"name": it.name, "planned": it.planned, "real": it.real} for it in self.steps(state, now)],
        }
