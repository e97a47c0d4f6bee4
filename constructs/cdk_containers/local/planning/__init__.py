"""Plans a task definition: its containers, their order and their flags. Nothing runs here."""

from .dialect import Dialect
from .differences import shown
from .errors import LocalError
from .given import Given
from .machine import Machine
from .plan import Build, ContainerPlan, Difference, HealthCheck, Mount, Port, Restart, TaskPlan, Volume, Wait
from .table import TABLE, compose_of, flags_of
from .task import Choices, plan_task
from .unresolved import Unresolved
from .workload import definition_of

__all__ = [
    "TABLE",
    "Build",
    "Choices",
    "ContainerPlan",
    "Dialect",
    "Difference",
    "Given",
    "HealthCheck",
    "LocalError",
    "Machine",
    "Mount",
    "Port",
    "Restart",
    "TaskPlan",
    "Unresolved",
    "Volume",
    "Wait",
    "compose_of",
    "definition_of",
    "flags_of",
    "plan_task",
    "shown",
]
