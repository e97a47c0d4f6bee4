"""How requests reach containers: load balancers, and the routes of services through them."""

from .access_logs import AccessLogs
from .alb_exposure import AlbExposure, ListenerRule, TargetHealthCheck
from .application_load_balancer import ApplicationLoadBalancer

__all__ = ["AccessLogs", "AlbExposure", "ApplicationLoadBalancer", "ListenerRule", "TargetHealthCheck"]
