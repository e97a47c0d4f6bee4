"""How long a pod takes to end.

ECS takes a task out of its load balancer, lets requests end, and only then sends SIGTERM. Kubernetes tells the load
balancer and the container at the same time. So a container sleeps first (`preStop`), while the load balancer stops
sending and requests end. The grace period counts from the beginning and includes that sleep.
"""

from __future__ import annotations

from dataclasses import dataclass

SIDECAR_FLUSH_SECONDS = 5
"""What a sidecar gets to send what it holds, where it does not say."""

_ENDPOINT_SECONDS = 5
"""Time until callers in the cluster know that a pod ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shutdown:
    """How a pod ends.

    Attributes:
        pre_stop_seconds: Time that containers go on serving before SIGTERM.
        grace_seconds: Time from the decision to end the pod to SIGKILL.
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
    """Find how long a pod sleeps before SIGTERM, and its grace period.

    Args:
        stop_seconds: Time between SIGTERM and SIGKILL.
        flush_seconds: Time that sidecars take after the other containers.
        listens: Whether anything calls the pod.
        deregistration_seconds: Time that a load balancer leaves to requests under way. None without load balancer.
        drain_seconds: Time until it sends nothing more.
        ends_requests_on_sigterm: Whether the application ends requests itself after SIGTERM.
    """
    if deregistration_seconds is None:
        pre_stop = _ENDPOINT_SECONDS if listens else 0
    elif ends_requests_on_sigterm:
        pre_stop, stop_seconds = drain_seconds, max(deregistration_seconds, stop_seconds)
    else:
        pre_stop = drain_seconds + deregistration_seconds
    return Shutdown(pre_stop_seconds=pre_stop, grace_seconds=pre_stop + stop_seconds + flush_seconds)
