"""What one kind of service has that another has not."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class ServiceKind:
    """What a kind of service does by itself.

    Attributes:
        internet_facing: Load balancers made for it have public addresses.
        needs_exposure: It makes no sense without a load balancer.
        daemon: It runs one task on every instance.
        reads_queue: It works on the messages of a queue.
        external: It runs on machines outside AWS.
    """

    internet_facing: bool = False
    needs_exposure: bool = False
    daemon: bool = False
    reads_queue: bool = False
    external: bool = False
