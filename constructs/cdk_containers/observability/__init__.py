"""Alarms and dashboards of services and jobs."""

from .alarm_topic import AlarmTopic, address_problems
from .alarms import Alarms, make_alarms, make_server_error_alarms, route_alarms, usage_alarm
from .dashboard import ServiceDashboard
from .job_alarms import (
    JobAlarms,
    failed_executions,
    make_failed_runs_alarm,
    make_not_started_alarm,
    matched_events,
)
from .worker_alarms import WorkerAlarms, make_queue_alarms

__all__ = [
    "AlarmTopic",
    "Alarms",
    "JobAlarms",
    "ServiceDashboard",
    "WorkerAlarms",
    "address_problems",
    "failed_executions",
    "make_alarms",
    "make_failed_runs_alarm",
    "make_not_started_alarm",
    "make_queue_alarms",
    "make_server_error_alarms",
    "matched_events",
    "route_alarms",
    "usage_alarm",
]
