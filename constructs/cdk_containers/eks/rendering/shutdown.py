"""Shutdown of pods.

ECS deregisters a task from its load balancer, lets requests finish, and then sends SIGTERM. Kubernetes notifies the
load balancer and the container at the same time. So a container sleeps first (`preStop`), while the load balancer stops
sending and requests finish. The grace period includes that sleep.
"""

from __future__ import annotations

from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Workload

from .facts import PodFacts, ServiceFacts
from .losses import Losses
from .start_order import StartOrder

_STOP_SECONDS = 30
"""Default time of a container between SIGTERM and SIGKILL."""

_FLUSH_SECONDS = 5
"""Default time of a sidecar to flush its data."""

_ENDPOINT_SECONDS = 5
"""Time until callers in the cluster know that a pod terminates."""


@frozen
class Shutdown:
    """Shutdown of a pod.

    Attributes:
        pre_stop_seconds: Time that containers keep serving before SIGTERM.
        grace_seconds: Time from the start of termination to SIGKILL.
    """

    pre_stop_seconds: int
    grace_seconds: int


def shutdown(
    *,
    stop_seconds: int,
    flush_seconds: int,
    listens: bool,
    deregistration_seconds: int | None,
    drain_seconds: int,
    ends_requests_on_sigterm: bool,
) -> Shutdown:
    """Return how long a pod sleeps before SIGTERM, and its grace period.

    Args:
        stop_seconds: Time between SIGTERM and SIGKILL.
        flush_seconds: Time that sidecars need after the other containers.
        listens: Whether anything calls the pod.
        deregistration_seconds: Time for requests in flight to finish. None without a load balancer.
        drain_seconds: Time until it stops sending.
        ends_requests_on_sigterm: Whether the application itself finishes requests after SIGTERM.
    """
    if deregistration_seconds is None:
        pre_stop = _ENDPOINT_SECONDS if listens else 0
    elif ends_requests_on_sigterm:
        pre_stop, stop_seconds = drain_seconds, max(deregistration_seconds, stop_seconds)
    else:
        pre_stop = drain_seconds + deregistration_seconds
    return Shutdown(pre_stop_seconds=pre_stop, grace_seconds=pre_stop + stop_seconds + flush_seconds)


def shutdown_of(workload: Workload, order: StartOrder, options: PodFacts, *, ends: bool, losses: Losses) -> Shutdown:
    """Return the shutdown of the pod of a workload."""
    stops: dict[int, int | None] = {}
    for index, container in enumerate(workload.containers):
        option, given = f"containers[{index}].stop_timeout", container.stop_timeout
        if isinstance(given, Disabled):
            losses.approximate(option, "there is no agent setting to fall back on; it is 30 s", instead="a time")
        stops[index] = None if given is None or isinstance(given, Disabled) else seconds(given)
        if is_token(stops[index]) or (stops[index] or 0) < 0:
            losses.refuse(option, "it is part of the grace period", instead="0 s or more, known at synthesis")
            stops[index] = None
    main = max(_STOP_SECONDS if stops[index] is None else stops[index] or 0 for index in order.then)
    sidecars = [index for index in order.first if order.roles[index] == "sidecar"]
    flush = sum(_FLUSH_SECONDS if stops[index] is None else stops[index] or 0 for index in sidecars)
    service = options if isinstance(options, ServiceFacts) else ServiceFacts()
    delays = [exposure.deregistration_delay for exposure in service.exposures]
    if is_token(delays):
        losses.refuse(
            "exposures", "the deregistration delay is part of the grace period", instead="a delay known at synthesis"
        )
        delays = [30]
    found = shutdown(
        stop_seconds=main,
        flush_seconds=flush,
        listens=not ends and any(container.ports or container.port_ranges for container in workload.containers),
        deregistration_seconds=max(delays, default=None),
        drain_seconds=service.drain_seconds,
        ends_requests_on_sigterm=service.ends_requests_on_sigterm,
    )
    _grace_losses(found, options, losses)
    return found


def _grace_losses(found: Shutdown, options: PodFacts, losses: Losses) -> None:
    if options.spot_percent and found.grace_seconds > 110:
        losses.refuse(
            "spot_percent",
            f"a pod takes up to {found.grace_seconds} s to stop, but Spot capacity terminates after 120 s",
            instead="On-Demand capacity, or a shorter stop_timeout and deregistration delay, 110 s in all",
            practice="eks-graceful-shutdown",
        )
    if found.grace_seconds > 900:
        losses.approximate(
            "containers[0].stop_timeout",
            f"a pod takes up to {found.grace_seconds} s to stop, but an update of nodes waits only 15 minutes",
            instead="work that can resume after an interruption",
            practice="eks-graceful-shutdown",
        )
