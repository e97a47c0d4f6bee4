"""The AWS Load Balancer Controller, and its ingress classes."""

from .load_balancer_controller import LoadBalancerController

__all__ = ["LoadBalancerController"]
