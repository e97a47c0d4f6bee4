"""How a deployment proceeds: how many tasks run and are healthy, second by second, and how long it takes."""

from .plan import Deployment, failures_allowed, is_stuck, plan_rollout, task_bounds
from .rollout import Moment, Rollout
from .steps import RollingSteps, RolloutSteps, ShiftSteps, TrafficShift
from .timings import RolloutTimings

__all__ = [
    "Deployment",
    "Moment",
    "RollingSteps",
    "Rollout",
    "RolloutSteps",
    "RolloutTimings",
    "ShiftSteps",
    "TrafficShift",
    "failures_allowed",
    "is_stuck",
    "plan_rollout",
    "task_bounds",
]
