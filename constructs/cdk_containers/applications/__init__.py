"""A whole application in a few lines: shared resources of its services and jobs, and defaults for its environment."""

from .application import Application
from .approval import Approval
from .differences import environment_differences
from .environment import Environment
from .environment_domain import HostedDomain
from .environment_network import ExistingNetwork, NewNetwork

__all__ = [
    "Application",
    "Approval",
    "Environment",
    "ExistingNetwork",
    "HostedDomain",
    "NewNetwork",
    "environment_differences",
]
