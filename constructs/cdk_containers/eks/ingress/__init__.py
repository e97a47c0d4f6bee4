"""What makes load balancers for Kubernetes: the AWS Load Balancer Controller, and the classes of its ingresses."""

from .load_balancer_controller import LoadBalancerController

__all__ = ["LoadBalancerController"]
