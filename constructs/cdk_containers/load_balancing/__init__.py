"""How requests reach containers: load balancers and the routes of services through them."""

from .access_logs import AccessLogs
from .alb_exposure import AlbExposure
from .alb_route import AlbRoute
from .application_load_balancer import ApplicationLoadBalancer
from .classic_exposure import ClassicExposure
from .classic_route import ClassicRoute
from .domain import Domain, DomainNames
from .exposure import Exposure
from .exposure_checks import domain_place_problems, exposed_ports, exposure_problems, unused_test_problems
from .lattice_exposure import LatticeExposure
from .lattice_route import LatticeRoute, enter_lattice
from .listener_rule import ListenerRule
from .network_load_balancer import NetworkLoadBalancer
from .nlb_exposure import NlbExposure
from .nlb_route import NlbRoute
from .route import Route, RouteTarget, arn_of, enter_load_balancers
from .route_ids import route_ids, told_apart_by_nothing
from .routes import claim_given_numbers, make_route
from .scaling_checks import exposed_scaling_problems
from .service_network import ServiceNetwork
from .target_options import Stickiness, TargetHealthCheck
from .web_acl import WebAcl

__all__ = [
    "AccessLogs",
    "AlbExposure",
    "AlbRoute",
    "ApplicationLoadBalancer",
    "ClassicExposure",
    "ClassicRoute",
    "Domain",
    "DomainNames",
    "Exposure",
    "LatticeExposure",
    "LatticeRoute",
    "ListenerRule",
    "NetworkLoadBalancer",
    "NlbExposure",
    "NlbRoute",
    "Route",
    "RouteTarget",
    "ServiceNetwork",
    "Stickiness",
    "TargetHealthCheck",
    "WebAcl",
    "arn_of",
    "claim_given_numbers",
    "domain_place_problems",
    "enter_lattice",
    "enter_load_balancers",
    "exposed_ports",
    "exposed_scaling_problems",
    "exposure_problems",
    "make_route",
    "route_ids",
    "told_apart_by_nothing",
    "unused_test_problems",
]
