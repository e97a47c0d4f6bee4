"""Seeing how services are: alarms and dashboards."""

from .alarm_topic import AlarmTopic, address_problems
from .alarms import Alarms, make_alarms, make_server_error_alarm
from .dashboard import ServiceDashboard
from .worker_alarms import WorkerAlarms, make_queue_alarms

__all__ = [
    "AlarmTopic",
    "Alarms",
    "ServiceDashboard",
    "WorkerAlarms",
    "address_problems",
    "make_alarms",
    "make_queue_alarms",
    "make_server_error_alarm",
]
