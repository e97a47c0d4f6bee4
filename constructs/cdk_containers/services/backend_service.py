"""A service that answers requests from inside the network."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class BackendService(Service):
    """A containerised service that only callers inside the network reach, on Fargate or on EC2.

    Without an exposure, callers connect to its tasks: `backend.connections.allow_from(web, ec2.Port.tcp(8080))`. With
    one, a load balancer of its own is internal, and closed until a caller is let in:
    `backend.load_balancer.connections.allow_from(web, ec2.Port.tcp(443))`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind()
