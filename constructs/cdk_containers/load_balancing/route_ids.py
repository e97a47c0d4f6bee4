"""Ids of routes, derived from the exposure.

Everything that belongs to a route is below its id. A route whose exposure changes keeps its resources, which change in
place. With another load balancer all of them are new, because a target group cannot belong to two. So the id contains
the load balancer, but not the container's port or the position in the list. The container, and then the rule or the
outer port, distinguish exposures that are otherwise equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from constructs import IConstruct

from cdk_containers.core.hashes import short_hash
from cdk_containers.core.inputs import is_token

from .exposure import Exposure, SharedLoadBalancer
from .places import place_in_account


def route_ids(
    scope: IConstruct, exposures: Sequence[Exposure], *, internet_facing: bool, own_container: str
) -> list[str]:
    """Return the ids of the routes of a service, in the order of its exposures.

    Args:
        scope: The service.
        exposures: Its exposures.
        internet_facing: Whether load balancers created for it have public addresses.
        own_container: Name of the service's own container.
    """
    ids = [_id_by_itself(scope, exposure, internet_facing=internet_facing) for exposure in exposures]
    for group in _of_one_id(ids):
        containers = [exposures[place].container or own_container for place in group]
        if len(set(containers)) > 1:
            for place, container in zip(group, containers, strict=True):
                ids[place] += "" if container == own_container else f".{container}"
    for group in _of_one_id(ids):
        texts = [exposures[place].breadth[1] for place in group]
        # The broadest exposure is the most likely to stay for the life of the service.
        for place in sorted(group, key=lambda place: _order(exposures[place]))[1:]:
            text = exposures[place].breadth[1]
            if texts.count(text) > 1:
                text = str(exposures[place].port)
            ids[place] += f".{text if text.isdecimal() else short_hash(text)}"
    return ids


def _of_one_id(ids: Sequence[str]) -> list[list[int]]:
    """Return the positions of exposures that share an id."""
    return [[place for place, id_ in enumerate(ids) if id_ == wanted] for wanted, n in Counter(ids).items() if n > 1]


def told_apart_by_nothing(exposures: Sequence[Exposure], *, own_container: str) -> list[tuple[int, int]]:
    """Return positions of exposures with the id of an earlier one, and the position of that one."""
    seen: dict[object, int] = {}
    pairs: list[tuple[int, int]] = []
    for place, exposure in enumerate(exposures):
        container, shared = exposure.container or own_container, id(exposure.shared_load_balancer)
        key: object = exposure.name or (exposure.kind, container, shared, _order(exposure))
        if key in seen:
            pairs.append((seen[key], place))
        seen.setdefault(key, place)
    return pairs


def _id_by_itself(scope: IConstruct, exposure: Exposure, *, internet_facing: bool) -> str:
    shared = exposure.shared_load_balancer
    own_and_internal = shared is None and not internet_facing and exposure.kind in ("Alb", "Nlb", "Classic")
    parts = [f"Internal{exposure.kind}" if own_and_internal else exposure.kind]
    if exposure.name is not None:
        parts[0] += f"-{exposure.name}"
    if shared is not None:
        parts.append(short_hash(_identity_of(shared, scope)))
        if exposure.name is None and exposure.outer_port_alone is not None:
            parts.append(str(exposure.outer_port_alone))
    return ".".join(parts)


def _identity_of(shared: SharedLoadBalancer, scope: IConstruct) -> str:
    if shared.imported_arn is not None and not is_token(shared.imported_arn):
        return shared.imported_arn
    scheme = {True: "internet-facing", False: "internal", None: ""}[shared.internet_facing]
    return f"{place_in_account(shared, seen_from=scope)} {scheme}"


def _order(exposure: Exposure) -> tuple[int, str, int]:
    return (*exposure.breadth, 0 if is_token(exposure.port) else int(exposure.port))
