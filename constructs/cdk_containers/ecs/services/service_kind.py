"""Differences between kinds of services."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class ServiceKind:
    """Properties of a kind of service.

    Attributes:
        internet_facing: Load balancers created for it have public addresses.
        needs_exposure: It requires a load balancer.
        daemon: It runs one task on every instance.
        reads_queue: It processes messages of a queue.
        external: It runs on machines outside AWS.
    """

    internet_facing: bool = False
    needs_exposure: bool = False
    daemon: bool = False
    reads_queue: bool = False
    external: bool = False
