"""Seeing how services and clusters are: alarms, dashboards and events."""

from .alarm_topic import AlarmTopic, address_problems
from .alarms import Alarms, make_alarms, make_server_error_alarms
from .cluster_dashboard import ClusterDashboard
from .cluster_events import ClusterEvents
from .dashboard import ServiceDashboard
from .worker_alarms import WorkerAlarms, make_queue_alarms

__all__ = [
    "AlarmTopic",
    "Alarms",
    "ClusterDashboard",
    "ClusterEvents",
    "ServiceDashboard",
    "WorkerAlarms",
    "address_problems",
    "make_alarms",
    "make_queue_alarms",
    "make_server_error_alarms",
]
