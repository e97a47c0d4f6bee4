"""Seeing how services and clusters are: alarms, dashboards and events."""

from .alarm_topic import AlarmTopic
from .alarms import Alarms, make_alarms, make_server_error_alarm
from .cluster_dashboard import ClusterDashboard
from .cluster_events import ClusterEvents
from .dashboard import ServiceDashboard

__all__ = [
    "AlarmTopic",
    "Alarms",
    "ClusterDashboard",
    "ClusterEvents",
    "ServiceDashboard",
    "make_alarms",
    "make_server_error_alarm",
]
