"""Ids of routes, which say what an exposure is.

Everything that belongs to a route hangs below its id. A route whose exposure changes keeps its resources, which change
in place; with another load balancer all of them are new, since a target group cannot be on two. So the load balancer is
in the id, and neither the container's port nor the place in the list is.
"""

from __future__ import annotations

from collections.abc import Sequence

from constructs import IConstruct

from ..inputs import is_token
from .exposure import Exposure, SharedLoadBalancer
from .places import place_in_account, short_hash


def route_ids(
    scope: IConstruct, exposures: Sequence[Exposure], *, internet_facing: bool, own_container: str
) -> list[str]:
    """Return the ids of the routes of a service, in the order of its exposures.

    Args:
        scope: The service.
        exposures: Its exposures.
        internet_facing: Whether load balancers made for it have public addresses.
        own_container: Name of its own container.
    """
    ids = [
        _id_by_itself(scope, exposure, internet_facing=internet_facing, own_container=own_container)
        for exposure in exposures
    ]
    for id_ in {id_ for id_ in ids if ids.count(id_) > 1}:
        group = [place for place, found in enumerate(ids) if found == id_]
        texts = [exposures[place].breadth[1] for place in group]
        # The broadest is the likeliest to be there from the first day to the last.
        for place in sorted(group, key=lambda place: _order(exposures[place]))[1:]:
            text = exposures[place].breadth[1]
            if texts.count(text) > 1:
                text = str(exposures[place].port)
            ids[place] += f".{text if text.isdecimal() else short_hash(text)}"
    return ids


def told_apart_by_nothing(exposures: Sequence[Exposure]) -> list[tuple[int, int]]:
    """Return the places of exposures that are the same as one before, and of that one: no id could tell them apart."""
    seen: dict[object, int] = {}
    pairs: list[tuple[int, int]] = []
    for place, exposure in enumerate(exposures):
        key: object = (exposure.kind, exposure.container, id(exposure.shared_load_balancer), _order(exposure))
        if exposure.name is not None:
            key = (exposure.kind, exposure.container, id(exposure.shared_load_balancer), exposure.name)
        if key in seen:
            pairs.append((seen[key], place))
        seen.setdefault(key, place)
    return pairs


def _id_by_itself(scope: IConstruct, exposure: Exposure, *, internet_facing: bool, own_container: str) -> str:
    shared = exposure.shared_load_balancer
    own_and_internal = shared is None and not internet_facing and exposure.kind in ("Alb", "Nlb", "Classic")
    parts = [f"Internal{exposure.kind}" if own_and_internal else exposure.kind]
    if exposure.name is not None:
        parts[0] += f"-{exposure.name}"
    if shared is not None:
        parts.append(short_hash(_identity_of(shared, scope)))
        if exposure.name is None and exposure.outer_port_alone is not None:
            parts.append(str(exposure.outer_port_alone))
    if exposure.container is not None and exposure.container != own_container:
        parts.append(exposure.container)
    return ".".join(parts)


def _identity_of(shared: SharedLoadBalancer, scope: IConstruct) -> str:
    if shared.imported_arn is not None and not is_token(shared.imported_arn):
        return shared.imported_arn
    scheme = {True: "internet-facing", False: "internal", None: ""}[shared.internet_facing]
    return f"{place_in_account(shared, seen_from=scope)} {scheme}"


def _order(exposure: Exposure) -> tuple[int, str, int]:
    return (*exposure.breadth, 0 if is_token(exposure.port) else int(exposure.port))
