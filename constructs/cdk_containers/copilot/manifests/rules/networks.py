"""Rules of subnets, security groups and Service Connect names."""

from __future__ import annotations

from typing import Any

from ..models.networks import Placement, TaggedSubnets
from ..models.workloads import BackendService, RequestDrivenWebService, WorkerService, Workload
from .given import Given

_PLACES = ("public", "private")


def placement(workload: Workload, given: Given) -> None:
    """The placement of tasks is valid. A request-driven service sends from private subnets."""
    network: Any = getattr(workload, "network", None)
    chosen = network.vpc.placement if network and network.vpc else None
    allowed = ("private",) if isinstance(workload, RequestDrivenWebService) else _PLACES
    if isinstance(chosen, str) and chosen not in allowed:
        given.refuse(
            f"got {chosen!r}; allowed: {', '.join(allowed)}, or a map with subnets", "network", "vpc", "placement"
        )
    if isinstance(chosen, Placement):
        subnets = chosen.subnets
        tags = subnets.from_tags if isinstance(subnets, TaggedSubnets) else None
        if given.has("network", "vpc", "placement", "subnets") and subnets is not None and not (tags or subnets):
            given.refuse("no subnet is given", "network", "vpc", "placement", "subnets")


def alias(workload: BackendService | WorkerService, given: Given) -> None:
    """A Service Connect name has a port."""
    if not given.has("network", "connect", "alias"):
        return
    if isinstance(workload, WorkerService):
        given.refuse("a worker has no port for a name: write `connect: true`", "network", "connect", "alias")
    elif not given.has("image", "port") and not given.has("http", "target_container"):
        given.refuse("has no port: set `image.port`", "network", "connect", "alias")
