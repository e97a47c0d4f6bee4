"""Rules of the task count and of deployments."""

from __future__ import annotations

import re

from ..models.balancing import Http
from ..models.scaling import Count, QueueDelay, Range, ScalingNumber, ScalingTime
from ..models.workloads import BackendService, LoadBalancedWebService, WorkerService
from .given import Given

Service = LoadBalancedWebService | BackendService | WorkerService

_OF_REQUESTS = ("requests", "response_time")
_OF_ALL = ("cpu_percentage", "memory_percentage")
_OF_QUEUES = ("queue_delay",)
_RANGE = re.compile(r"(\d+)-(\d+)\Z")
_STRATEGIES = ("default", "recreate")


def counts(service: Service, given: Given) -> None:
    """A range has a metric that the workload supports."""
    count = service.count
    if not isinstance(count, Count):
        return
    allowed = _OF_ALL + (_OF_QUEUES if isinstance(service, WorkerService) else _OF_REQUESTS)
    metrics = [key for key in _OF_ALL + _OF_REQUESTS + _OF_QUEUES if given.has("count", key)]
    for key in metrics:
        if key not in allowed:
            given.refuse(f"a {service.type} scales on {', '.join(allowed)}", "count", key)
        elif key in _OF_REQUESTS and not isinstance(getattr(service, "http", None), Http):
            given.refuse("scales on requests, which needs `http` with a path", "count", key)
    ranged = given.has("count", "range")
    if given.has("count", "spot") and (ranged or metrics):
        given.refuse("is a fixed number of tasks: `range.spot_from` needs a range", "count", "spot")
    elif metrics and not ranged:
        given.missing("range", "count", why=f", and `{metrics[0]}` needs it")
    elif ranged and not metrics:
        given.refuse(f"no metric to scale on: set {', '.join(allowed)}", "count", "range")
    elif given.has("count", "cooldown") and not metrics:
        given.refuse(f"no metric to scale on: set `range` and {', '.join(allowed)}", "count", "cooldown")
    _range(count, given)
    _values(count, given)


def _range(count: Count, given: Given) -> None:
    least, most = None, None
    if isinstance(count.range, str):
        match = _RANGE.match(count.range)
        if not match:
            given.refuse(f"got {count.range!r}; allowed: MIN-MAX, such as 1-10", "count", "range")
            return
        least, most = int(match[1]), int(match[2])
    elif isinstance(count.range, Range):
        given.missing("min", "count", "range")
        given.missing("max", "count", "range")
        least, most = count.range.min, count.range.max
    if least is not None and most is not None and least > most:
        given.refuse(f"the minimum of {least} is more than the maximum of {most}", "count", "range")


def _values(count: Count, given: Given) -> None:
    for key in _OF_ALL + _OF_REQUESTS:
        if isinstance(getattr(count, key), ScalingNumber | ScalingTime):
            given.missing("value", "count", key)
    delay = count.queue_delay
    if not isinstance(delay, QueueDelay):
        return
    given.missing("acceptable_latency", "count", "queue_delay")
    given.missing("msg_processing_time", "count", "queue_delay")
    for key in ("acceptable_latency", "msg_processing_time"):
        value = getattr(delay, key)
        if value is not None and not value:
            given.refuse("must be more than 0: set how long a message takes", "count", "queue_delay", key)
    if delay.acceptable_latency and delay.msg_processing_time and delay.msg_processing_time > delay.acceptable_latency:
        given.refuse(
            "the processing time exceeds the allowed waiting time: see `acceptable_latency`",
            "count",
            "queue_delay",
            "msg_processing_time",
        )


def deployment(service: Service, given: Given) -> None:
    """The rolling strategy is known."""
    rolling = service.deployment and service.deployment.rolling
    if rolling and rolling.lower() not in _STRATEGIES:
        given.refuse(f"got {rolling!r}; allowed: {', '.join(_STRATEGIES)}", "deployment", "rolling")
