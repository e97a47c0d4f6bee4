"""Connecting a service or a job to a service: rule, order, namespace, permission and address."""

from .connector import Callee, CallingConnector, Connector, connect
from .way import Ports, Way

__all__ = ["Callee", "CallingConnector", "Connector", "Ports", "Way", "connect"]
