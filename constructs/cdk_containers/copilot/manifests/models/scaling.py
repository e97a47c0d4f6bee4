"""Task count, and deployment settings."""

from __future__ import annotations

from datetime import timedelta

from cdk_containers.core.frozen import frozen

from .keys import key


@frozen
class Cooldown:
    """Cooldown after scaling."""

    scale_in: timedelta | None = key("in")
    scale_out: timedelta | None = key("out")


@frozen
class Range:
    """Minimum and maximum number of tasks."""

    min: int | None = None
    max: int | None = None
    spot_from: int | None = None


@frozen
class ScalingNumber:
    """Target value with its own cooldown."""

    value: int | None = None
    cooldown: Cooldown | None = None


@frozen
class ScalingTime:
    """Target time with its own cooldown."""

    value: timedelta | None = None
    cooldown: Cooldown | None = None


@frozen
class QueueDelay:
    """Target age of messages."""

    acceptable_latency: timedelta | None = None
    msg_processing_time: timedelta | None = None
    cooldown: Cooldown | None = None


@frozen
class Count:
    """Auto scaling of the task count."""

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
    """Deployment settings."""

    rolling: str | None = None
    rollback_alarms: list[str] | Alarms | None = None


@frozen
class WorkerDeployment:
    """Deployment settings of a worker."""

    rolling: str | None = None
    rollback_alarms: list[str] | WorkerAlarms | None = None
