"""How a deployment goes on: how many tasks run and are healthy, second by second, and how long it takes."""

from .steps import RollingSteps, RolloutSteps, ShiftSteps, TrafficShift

__all__ = ["RollingSteps", "RolloutSteps", "ShiftSteps", "TrafficShift"]
