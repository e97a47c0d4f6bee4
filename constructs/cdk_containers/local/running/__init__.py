"""Runs tasks: images, network, start order, health, logs and shutdown."""

from .console import Console
from .options import PAUSE, PAUSE_IMAGE, Options
from .ports import assign
from .run import run_local, run_workload
from .tasks import Cloud, Planned, plan_tasks
from .telling import differences

__all__ = [
    "PAUSE",
    "PAUSE_IMAGE",
    "Cloud",
    "Console",
    "Options",
    "Planned",
    "assign",
    "differences",
    "plan_tasks",
    "run_local",
    "run_workload",
]
