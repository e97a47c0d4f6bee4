"""Features of an environment that its workloads need."""

from __future__ import annotations

from collections.abc import Iterable

from cdk_containers.core.frozen import frozen

from ..manifests.models import workloads
from ..manifests.models.balancing import Http
from ..manifests.models.workloads import Workload
from .networks import needs_way_out
from .storage import needs_file_system


@frozen
class Features:
    """Resources of an environment that are created when a workload needs them, and kept afterwards.

    Attributes:
        public_load_balancer: Internet-facing load balancer.
        internal_load_balancer: Internal load balancer.
        nat_gateways: NAT gateways of private subnets.
        file_system: File system that workloads share.
        names: Your own names for the public load balancer.
    """

    public_load_balancer: bool = False
    internal_load_balancer: bool = False
    nat_gateways: bool = False
    file_system: bool = False
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, needed_by: Iterable[Workload]) -> Features:
        """Return the features that workloads need."""
        known = list(needed_by)
        tasks = [one for one in known if isinstance(one, workloads.TaskWorkload)]
        driven = [one for one in known if isinstance(one, workloads.RequestDrivenWebService)]
        return cls(
            public_load_balancer=any(
                isinstance(one, workloads.LoadBalancedWebService) and _balanced(one.http) for one in tasks
            )
            or any(not is_private(one) for one in driven),
            internal_load_balancer=any(
                isinstance(one, workloads.BackendService) and _balanced(one.http) for one in tasks
            )
            or any(is_private(one) for one in driven),
            nat_gateways=any(needs_way_out(one) for one in tasks) or any(_egress(one) for one in driven),
            file_system=any(needs_file_system(one) for one in tasks),
            names=tuple(name for one in tasks for name in _names(one)),
        )


def _names(workload: workloads.TaskWorkload) -> list[str]:
    """Return the names of a workload on the public load balancer of its environment."""
    http = workload.http if isinstance(workload, workloads.LoadBalancedWebService) else None
    if not isinstance(http, Http) or http.alb is not None:
        return []
    return [alias.name or "" for rule in http.rules for alias in rule.aliases]


def is_private(workload: workloads.RequestDrivenWebService) -> bool:
    """Tell whether a request-driven web service is private."""
    private = workload.http.private if workload.http is not None else None
    return private is not None and private is not False


def _balanced(http: bool | Http | None) -> bool:  # noqa: FBT001  (as manifests have it)
    return isinstance(http, Http) and http.alb is None and any(rule.path is not None for rule in http.rules)


def _egress(workload: workloads.RequestDrivenWebService) -> bool:
    vpc = workload.network.vpc if workload.network is not None else None
    return vpc is not None and vpc.placement == "private"
