"""All the practices, by id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import (
    capacity,
    clusters,
    deployments,
    discovery,
    domains,
    eks,
    environments,
    identity,
    jobs,
    limits,
    load_balancing,
    messaging,
    network,
    observability,
    pipelines,
    platforms,
    registry,
    scaling,
    services,
    tasks,
    telemetry,
)
from .model import Practice

AREAS: Mapping[str, tuple[Practice, ...]] = MappingProxyType(
    {
        "Network": network.PRACTICES,
        "Images": registry.PRACTICES,
        "Clusters": clusters.PRACTICES,
        "Instances": capacity.PRACTICES,
        "Other platforms": platforms.PRACTICES,
        "Tasks and containers": tasks.PRACTICES,
        "Logs and traces": telemetry.PRACTICES,
        "Roles, secrets and audit": identity.PRACTICES,
        "EKS": eks.PRACTICES,
        "Services": services.PRACTICES,
        "Deployments": deployments.PRACTICES,
        "Environments": environments.PRACTICES,
        "Scaling": scaling.PRACTICES,
        "Queues and workers": messaging.PRACTICES,
        "Jobs": jobs.PRACTICES,
        "Load balancers": load_balancing.PRACTICES,
        "Domains and IPv6": domains.PRACTICES,
        "Discovery and connections": discovery.PRACTICES,
        "Observability": observability.PRACTICES,
        "Limits": limits.PRACTICES,
        "Pipelines": pipelines.PRACTICES,
    }
)
"""The practices by what they are about, in the order in which the documentation shows them."""

PRACTICES: Mapping[str, Practice] = MappingProxyType({entry.id: entry for area in AREAS.values() for entry in area})
"""Every practice under its id, area by area."""


class UnknownPracticeError(KeyError):
    """No practice has this id.

    Attributes:
        id: The id that was asked for.
        nearest: The ids that come nearest to it, best first; empty when none does.
    """

    def __init__(self, id: str) -> None:  # noqa: A002  (the field's name)
        from difflib import get_close_matches  # noqa: PLC0415  (needed only here, and 2 ms to import)

        self.id = id
        self.nearest = tuple(get_close_matches(id, PRACTICES, n=3, cutoff=0.6))
        super().__init__(id)

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(map(repr, self.nearest))}?" if self.nearest else ""
        return f"no practice has the id {self.id!r}{hint}"


def practice(id: str) -> Practice:  # noqa: A002
    """Return the practice with this id.

    Raises:
        UnknownPracticeError: No practice has the id; the message names the nearest ones.
    """
    try:
        return PRACTICES[id]
    except KeyError:
        raise UnknownPracticeError(id) from None
