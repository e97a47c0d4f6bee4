"""Seeing how services and jobs are: alarms and dashboards."""

from .alarm_topic import AlarmTopic
from .alarms import Alarms, make_alarms, make_server_error_alarm
from .dashboard import ServiceDashboard
from .job_alarms import (
    JobAlarms,
    failed_executions,
    make_failed_runs_alarm,
    make_not_started_alarm,
    matched_events,
)

__all__ = [
    "AlarmTopic",
    "Alarms",
    "JobAlarms",
    "ServiceDashboard",
    "failed_executions",
    "make_alarms",
    "make_failed_runs_alarm",
    "make_not_started_alarm",
    "make_server_error_alarm",
    "matched_events",
]
