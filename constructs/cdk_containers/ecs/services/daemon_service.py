"""A service that runs one task on every instance."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class DaemonService(Service):
    """One task on every EC2 instance of a cluster: log collectors, monitoring and security agents.

    It starts on each new instance and needs no separate capacity. Fargate has no instances, so it does not support
    daemons; use a sidecar there. A deployment replaces tasks in place, because an instance has no room for two of them.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html#service_scheduler_daemon
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(daemon=True)
