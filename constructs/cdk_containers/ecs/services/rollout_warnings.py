"""Warnings about settings that slow down every deployment of a service.

Each may suit an application, so they are warnings, which you can acknowledge with
`Annotations.of(service).acknowledge_warning`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from aws_cdk import Annotations
from constructs import Construct

from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.load_balancing import AlbExposure, Exposure, LatticeExposure, NlbExposure
from cdk_containers.model.rollouts import RollingSteps, Rollout, RolloutTimings, is_stuck, plan_rollout
from cdk_containers.model.workload import HealthCheck

from .service_input import ServiceInput

_DEFAULT = RolloutTimings()
_CHECK_INTERVAL = 10
LATTICE_WAITS: Mapping[str, Any] = {"registration_seconds": 180, "weight_change_seconds": 90}
"""How long ECS waits with VPC Lattice, after new tasks run and after each shift of traffic.

See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-lattice-resources-for-blue-green.html
"""


@frozen
class Concern:
    """A setting that may be needlessly long."""

    id: str
    what: str
    """The timing, as the subject of a sentence."""
    longest: int
    """Threshold for a warning in seconds."""
    option: str
    """What to change."""
    usual: Mapping[str, Any]
    """The timings with the library's default instead."""


_DEREGISTRATION = Concern(
    id="deregistration-delay",
    what="a deregistration delay",
    longest=120,
    option="deregistration_delay of the exposure, to the duration of the longest request",
    usual={"deregistration_delay_seconds": _DEFAULT.deregistration_delay_seconds},
)
_HEALTH_CHECK = Concern(
    id="target-health-check",
    what="health checks of a load balancer",
    longest=60,
    option="health_check=TargetHealthCheck(interval=…, healthy_threshold=…) of the exposure",
    usual={
        "health_check_interval_seconds": _DEFAULT.health_check_interval_seconds,
        "healthy_threshold": _DEFAULT.healthy_threshold,
    },
)
_CONTAINER_CHECK = Concern(
    id="container-health-check",
    what="the interval of a container's health check",
    longest=60,
    option="health_check=HealthCheck(interval=…) of the container",
    usual={"container_check_interval_seconds": _CHECK_INTERVAL},
)
_STOP = Concern(
    id="stop-timeout",
    what="a stop timeout",
    longest=60,
    option="stop_timeout of the container, or make the application exit on SIGTERM",
    usual={"stop_timeout_seconds": _DEFAULT.stop_timeout_seconds},
)
_GRACE = Concern(
    id="health-check-grace-period",
    what="a grace period",
    longest=300,
    option="health_check_grace_period, to the time that the application needs to start",
    usual={"grace_period_seconds": _DEFAULT.grace_period_seconds},
)

CONCERNS = (_DEREGISTRATION, _HEALTH_CHECK, _CONTAINER_CHECK, _STOP, _GRACE)
"""All settings that a service warns about."""


def warn_of_slow_rollouts(service: Construct, given: ServiceInput) -> None:
    """Add a warning for each setting that makes deployments needlessly slow; calls CDK only if there is one."""
    for id_, text in _warnings(given):
        Annotations.of(service).add_warning_v2(f"cdk-containers:slow-rollout:{id_}", text)


def rollout_timings(given: ServiceInput) -> RolloutTimings:
    """Return the timings from the options of a service; timings that only the application knows keep their defaults.

    The slowest of several containers and load balancers counts. Values known only at deployment keep their defaults.
    """
    timings = replace(
        _DEFAULT,
        stop_timeout_seconds=max(
            _known(container.stop_timeout, _DEFAULT.stop_timeout_seconds) for container in given.workload.containers
        ),
    )
    checks = [
        container.health_check
        for container in given.workload.containers
        if container.essential and isinstance(container.health_check, HealthCheck)
    ]
    if checks:
        slowest = max(checks, key=_container_interval)
        timings = replace(
            timings,
            container_check_interval_seconds=_container_interval(slowest),
            container_check_retries=slowest.retries,
            container_start_period_seconds=_known(slowest.start_period, _DEFAULT.container_start_period_seconds),
        )
    if not given.exposures:
        return replace(timings, health_check_interval_seconds=None, grace_period_seconds=0)
    return replace(
        max((_check_of(timings, exposure) for exposure in given.exposures), key=_checking),
        deregistration_delay_seconds=max(_delay_of(exposure) for exposure in given.exposures),
        grace_period_seconds=_known(given.health_check_grace_period, _DEFAULT.grace_period_seconds),
        **(LATTICE_WAITS if any(isinstance(exposure, LatticeExposure) for exposure in given.exposures) else {}),
    )


def _check_of(timings: RolloutTimings, exposure: Exposure) -> RolloutTimings:
    """Return the timings with the health check of a load balancer; only that of an ALB is configurable."""
    if not isinstance(exposure, AlbExposure):
        return timings
    check = exposure.health_check
    numbers = [check.interval_seconds, check.healthy_threshold, check.unhealthy_threshold]
    if is_token(numbers):
        return timings
    interval, healthy, unhealthy = numbers
    return replace(
        timings,
        health_check_interval_seconds=interval,
        healthy_threshold=healthy,
        unhealthy_threshold=unhealthy,
    )


def _delay_of(exposure: Exposure) -> int:
    if isinstance(exposure, AlbExposure | NlbExposure) and not is_token(exposure.deregistration_delay_seconds):
        return exposure.deregistration_delay_seconds
    return _DEFAULT.deregistration_delay_seconds


def _warnings(given: ServiceInput) -> Iterator[tuple[str, str]]:
    timings = rollout_timings(given)
    times = (
        timings.deregistration_delay_seconds,
        _checking(timings),
        timings.container_check_interval_seconds or 0,
        0 if given.kind.reads_queue else timings.stop_timeout_seconds,  # a message in progress needs its time
        timings.grace_period_seconds,
    )
    concerns = [(concern, taken) for concern, taken in zip(CONCERNS, times, strict=True) if taken > concern.longest]
    if not concerns or given.kind.daemon:
        return
    before = _plan(given, timings)
    for concern, taken in concerns:
        usual = _plan(given, replace(timings, **concern.usual))
        if before is None or usual is None:
            consequence = "make each deployment slower"
        elif concern is _GRACE:  # it does not delay a healthy version
            consequence = (
                f"keep a version that does not answer for {before.given_up_after_seconds} s before it is rolled back, "
                f"instead of {usual.given_up_after_seconds} s"
            )
        elif before.succeeded_after_seconds == usual.succeeded_after_seconds:
            continue  # with an early success, nothing waits for it
        else:
            consequence = (
                f"make a deployment of {before.tasks} task{'' if before.tasks == 1 else 's'} take up to "
                f"{before.succeeded_after_seconds} s, instead of {usual.succeeded_after_seconds} s"
            )
        yield concern.id, f"{taken} s of {concern.what} {consequence}. Change {concern.option}."


def _plan(given: ServiceInput, timings: RolloutTimings) -> Rollout | None:
    """Plan a deployment with the numbers known before it is deployed."""
    steps = given.deployment.rollout_steps
    numbers = (
        [steps.min_healthy_percent, steps.max_healthy_percent, steps.failures, steps.success_percent]
        if isinstance(steps, RollingSteps)
        else [number for shift in steps.shifts for number in (shift.percent, shift.bake_seconds)]
    )
    tasks = max(given.least_tasks, 1)
    if is_token([given.least_tasks, *numbers]) or (isinstance(steps, RollingSteps) and is_stuck(steps, tasks)):
        return None
    return plan_rollout(steps, tasks=tasks, timings=timings)


def _checking(timings: RolloutTimings) -> int:
    return (timings.health_check_interval_seconds or 0) * timings.healthy_threshold


def _known(duration: Any, default: int) -> int:
    return (
        default if duration is None or isinstance(duration, Disabled) or is_token(value := seconds(duration)) else value
    )


def _container_interval(check: HealthCheck) -> int:
    return _known(check.interval, _CHECK_INTERVAL)
