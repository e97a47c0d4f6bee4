"""A service that answers requests from the internet."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class WebService(Service):
    """A containerized web application behind an internet-facing load balancer, on Fargate or on EC2.

    Without a shared load balancer, the service gets one with public addresses. For a service inside the
    network, see `BackendService`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(internet_facing=True, needs_exposure=True)
