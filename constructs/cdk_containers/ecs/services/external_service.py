"""Services on machines outside AWS."""

from __future__ import annotations

from typing import ClassVar

from .service import Service
from .service_kind import ServiceKind


class ExternalService(Service):
    """A service on machines of one's own (ECS Anywhere), for what reaches out or works on data where it is.

    `ExternalInstances` registers the machines with the cluster. Nothing of AWS reaches the tasks: load balancers,
    service discovery, Service Connect, scaling, capacity providers, EFS and EBS are refused.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(external=True)


class ExternalDaemonService(Service):
    """One task on every machine that is registered with a cluster (ECS Anywhere): collectors, agents, gateways.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(external=True, daemon=True)
