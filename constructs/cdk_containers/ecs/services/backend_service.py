"""A service that answers requests from inside the network."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class BackendService(Service):
    """A containerized service for callers inside the network, on Fargate or on EC2.

    Callers reach it through `service_connect`, `cloud_map`, or an exposure, whose own load balancer is internal. It
    accepts no traffic until you connect a caller: `web.connect_to(backend)` lets `web` in and passes it the address.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind()
