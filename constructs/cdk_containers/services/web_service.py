"""A service that answers requests from the internet."""

from __future__ import annotations

from typing import ClassVar

from .service import Service


class WebService(Service):
    """A containerised web application on Fargate, behind an Application Load Balancer that is open to the internet.

    A load balancer of its own has public addresses; one that is shared has what it was given. For a service inside the
    network, see `BackendService`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    _internet_facing: ClassVar[bool] = True
    _needs_exposure: ClassVar[bool] = True
