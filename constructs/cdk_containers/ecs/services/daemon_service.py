"""A service that runs one task on every instance."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class DaemonService(Service):
    """One task on every EC2 instance of a cluster: log collectors, monitoring and security agents.

    It starts with each instance that comes and needs no capacity of its own. Fargate has no instances, so it runs no
    daemons; for a helper beside each task there, use a sidecar. A deployment replaces the tasks in place, since two of
    them have no room on one instance.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html#service_scheduler_daemon
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(daemon=True)
