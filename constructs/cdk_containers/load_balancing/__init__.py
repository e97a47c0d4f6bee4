"""How requests reach containers: load balancers, and the routes of services through them."""

from .access_logs import AccessLogs
from .alb_exposure import AlbExposure, ListenerRule, TargetHealthCheck
from .alb_route import AlbRoute
from .application_load_balancer import ApplicationLoadBalancer
from .classic_exposure import ClassicExposure
from .classic_route import ClassicRoute
from .exposure import Exposure
from .network_load_balancer import NetworkLoadBalancer
from .nlb_exposure import NlbExposure
from .nlb_route import NlbRoute
from .route import Route, RouteTarget
from .routes import make_route

__all__ = [
    "AccessLogs",
    "AlbExposure",
    "AlbRoute",
    "ApplicationLoadBalancer",
    "ClassicExposure",
    "ClassicRoute",
    "Exposure",
    "ListenerRule",
    "NetworkLoadBalancer",
    "NlbExposure",
    "NlbRoute",
    "Route",
    "RouteTarget",
    "TargetHealthCheck",
    "make_route",
]
