"""Seeing how services are: alarms and dashboards."""

from .alarm_topic import AlarmTopic, address_problems
from .alarms import Alarms, make_alarms, make_server_error_alarm
from .dashboard import ServiceDashboard

__all__ = ["AlarmTopic", "Alarms", "ServiceDashboard", "address_problems", "make_alarms", "make_server_error_alarm"]
