"""A service that answers requests from inside the network."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class BackendService(Service):
    """A containerised service that only callers inside the network reach, on Fargate or on EC2.

    Callers find it by `service_connect`, by `cloud_map`, or through an exposure, of which its own load balancer is
    internal. It is closed until a caller is let in: `web.connect_to(backend)` does that, and tells web the address.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind()
