"""Creates the route for an exposure."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from .alb_exposure import AlbExposure
from .alb_route import AlbRoute
from .classic_exposure import ClassicExposure
from .classic_route import ClassicRoute
from .exposure import Exposure
from .lattice_exposure import LatticeExposure
from .lattice_route import LatticeRoute
from .nlb_exposure import NlbExposure
from .nlb_route import NlbRoute
from .route import Route, RouteTarget
from .service_network import ServiceNetwork


def make_route(scope: Construct, id: str, exposure: Exposure, target: RouteTarget) -> Route:  # noqa: A002
    """Create a route of a service."""
    match exposure:
        case AlbExposure():
            return AlbRoute(scope, id, exposure=exposure, target=target)
        case NlbExposure():
            return NlbRoute(scope, id, exposure=exposure, target=target)
        case ClassicExposure():
            return ClassicRoute(scope, id, exposure=exposure, target=target)
        case LatticeExposure(service_network=ServiceNetwork() as network):
            return LatticeRoute(scope, id, exposure=exposure, service_network=network, target=target)
        case _:
            message = f"there is no route for {type(exposure).__name__}"
            raise TypeError(message)


def claim_given_numbers(scope: Construct, exposures: Sequence[Exposure]) -> None:
    """Reserve the numbers that a service set for its rules, before another of its rules gets one of them."""
    for exposure in exposures:
        if isinstance(exposure, AlbExposure) and exposure.load_balancer is not None:
            rules = [(exposure.rule, None), (exposure.test_traffic, exposure.test_port)]
            for rule, port in rules:
                if rule is not None and rule.priority is not None:
                    exposure.load_balancer.reserve(scope, rule.conditions, rule.priority, test_port=port)
