"""How many tasks run, and how new ones replace old ones."""

from __future__ import annotations

from datetime import timedelta

from cdk_containers.core.frozen import frozen

from .keys import key


@frozen
class Cooldown:
    """How long scaling waits after it has scaled."""

    scale_in: timedelta | None = key("in")
    scale_out: timedelta | None = key("out")


@frozen
class Range:
    """The fewest and the most tasks."""

    min: int | None = None
    max: int | None = None
    spot_from: int | None = None


@frozen
class ScalingNumber:
    """A number to hold, with its own cooldown."""

    value: int | None = None
    cooldown: Cooldown | None = None


@frozen
class ScalingTime:
    """A time to hold, with its own cooldown."""

    value: timedelta | None = None
    cooldown: Cooldown | None = None


@frozen
class QueueDelay:
    """How old a message may become."""

    acceptable_latency: timedelta | None = None
    msg_processing_time: timedelta | None = None
    cooldown: Cooldown | None = None


@frozen
class Count:
    """A number of tasks that changes."""

    spot: int | None = None
    range: str | Range | None = None
    cooldown: Cooldown | None = None
    cpu_percentage: int | ScalingNumber | None = None
    memory_percentage: int | ScalingNumber | None = None
    requests: int | ScalingNumber | None = None
    response_time: timedelta | ScalingTime | None = None
    queue_delay: QueueDelay | None = None

    @property
    def bounds(self) -> Range | None:
        """The range; a text is `MIN-MAX`."""
        if not isinstance(self.range, str):
            return self.range
        low, _, high = self.range.partition("-")
        return Range(min=int(low), max=int(high))


@frozen
class Alarms:
    """Alarms that roll a deployment back."""

    cpu_utilization: float | None = None
    memory_utilization: float | None = None


@frozen
class WorkerAlarms(Alarms):
    """Alarms that roll the deployment of a worker back."""

    messages_delayed: int | None = None


@frozen
class Deployment:
    """How new tasks replace old ones."""

    rolling: str | None = None
    rollback_alarms: list[str] | Alarms | None = None


@frozen
class WorkerDeployment:
    """How new tasks of a worker replace old ones."""

    rolling: str | None = None
    rollback_alarms: list[str] | WorkerAlarms | None = None
