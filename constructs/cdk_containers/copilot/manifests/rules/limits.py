"""AWS limits of numbers and times. Copilot checks only a few, so its deployments fail after minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cdk_containers.core.documents import Scalar, duration, number

from ..models.workloads import Workload
from .given import Given

_Pattern = tuple[str, ...]

_PORT = (1, 65535)
_RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


def _s(**parts: float) -> timedelta:
    return timedelta(**parts)


_CONTAINER_CHECK: dict[_Pattern, tuple[Any, Any]] = {
    ("interval",): (_s(seconds=5), _s(seconds=300)),
    ("timeout",): (_s(seconds=2), _s(seconds=60)),
    ("start_period",): (_s(), _s(seconds=300)),
    ("retries",): (1, 10),
}
_BALANCER_CHECK: dict[_Pattern, tuple[Any, Any]] = {
    ("interval",): (_s(seconds=5), _s(seconds=300)),
    ("timeout",): (_s(seconds=2), _s(seconds=120)),
    ("healthy_threshold",): (2, 10),
    ("unhealthy_threshold",): (2, 10),
    ("port",): _PORT,
}
_QUEUE: dict[_Pattern, tuple[Any, Any]] = {
    ("retention",): (_s(seconds=60), _s(days=14)),
    ("delay",): (_s(), _s(minutes=15)),
    ("timeout",): (_s(), _s(hours=12)),
    ("dead_letter", "tries"): (0, 1000),
}
_LIMITS: dict[_Pattern, tuple[Any, Any]] = {
    ("image", "port"): _PORT,
    ("storage", "ephemeral"): (20, 200),
    ("retries",): (0, 99999999),
    ("count",): (0, 5000),
    ("count", "spot"): (0, 5000),
    ("count", "range", "min"): (0, 5000),
    ("count", "range", "max"): (0, 5000),
    ("count", "range", "spot_from"): (0, 5000),
    **{
        ("count", key, *more): bounds
        for more in ((), ("value",))
        for key, bounds in (
            ("cpu_percentage", (1, 100)),
            ("memory_percentage", (1, 100)),
            ("requests", (1, 2**31)),
            ("response_time", (_s(milliseconds=1), _s(hours=1))),
        )
    },
    ("deployment", "rollback_alarms", "cpu_utilization"): (0, 100),
    ("deployment", "rollback_alarms", "memory_utilization"): (0, 100),
    **{
        (*place, "healthcheck", *key): value
        for place in (("image",), ("sidecars", "*"))
        for key, value in _CONTAINER_CHECK.items()
    },
    **{
        (*place, *key): value
        for place in (("http",), ("http", "additional_rules", "[]"), ("nlb",), ("nlb", "additional_listeners", "[]"))
        for key, value in {
            ("target_port",): _PORT,
            ("deregistration_delay",): (_s(), _s(hours=1)),
            **{("healthcheck", *name): bounds for name, bounds in _BALANCER_CHECK.items()},
        }.items()
    },
    **{
        (*place, *key): value
        for place in (("subscribe", "queue"), ("subscribe", "topics", "[]", "queue"))
        for key, value in _QUEUE.items()
    },
}
_APP_RUNNER_CHECK = ("http", "healthcheck")


def in_bounds(workload: Workload, given: Given) -> None:
    """Numbers are within the limits of AWS."""
    own = workload.type == "Request-Driven Web Service"
    names = {one for pattern in _LIMITS for one in pattern}
    for path, scalar in given.scalars():
        if path == ("logging", "retention"):
            _retention(scalar)
        elif path[-1] in names and not (own and path[:2] == _APP_RUNNER_CHECK):
            bounds = next((bounds for pattern, bounds in _LIMITS.items() if _fits(path, pattern)), None)
            if bounds:
                _within(scalar, *bounds)


def _within(scalar: Scalar, low: Any, high: Any) -> None:
    try:
        value = duration(scalar) if isinstance(low, timedelta) else number(scalar)
    except ValueError:
        return  # the model reports it
    if not low <= value <= high:
        scalar.refuse(f"got {scalar.text}; allowed: {_shown(low)} to {_shown(high)}")


def _retention(scalar: Scalar) -> None:
    if scalar.kind == "int" and scalar.value not in _RETENTION_DAYS:
        scalar.refuse(f"got {scalar.text}; CloudWatch accepts {', '.join(map(str, _RETENTION_DAYS))} days")


def _fits(path: tuple[str, ...], pattern: _Pattern) -> bool:
    return len(path) == len(pattern) and all(part in (key, "*") for key, part in zip(path, pattern, strict=True))


def _shown(bound: Any) -> str:
    if not isinstance(bound, timedelta):
        return str(bound)
    if bound < timedelta(seconds=1) and bound:
        return f"{bound // timedelta(milliseconds=1)}ms"
    seconds = int(bound.total_seconds())
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
