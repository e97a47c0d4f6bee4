"""A whole application in a few lines: what its services and jobs share, and the defaults of its environment."""

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
