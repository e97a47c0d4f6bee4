"""Seeing how services are: alarms and dashboards."""

from .alarm_topic import AlarmTopic
from .alarms import Alarms, make_alarms, make_server_error_alarms
from .dashboard import ServiceDashboard

__all__ = ["AlarmTopic", "Alarms", "ServiceDashboard", "make_alarms", "make_server_error_alarms"]
