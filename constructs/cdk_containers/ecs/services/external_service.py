"""Services on machines outside AWS."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class ExternalService(Service):
    """A service on your own machines (ECS Anywhere), for outbound work or for data on site.

    `ExternalInstances` registers the machines with the cluster. ECS Anywhere does not support load balancers, service
    discovery, Service Connect, scaling, capacity providers, EFS and EBS, so these are refused.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(external=True)


class ExternalDaemonService(Service):
    """One task on every machine registered with a cluster (ECS Anywhere): collectors, agents, gateways.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(external=True, daemon=True)
