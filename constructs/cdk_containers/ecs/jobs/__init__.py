"""Tasks that run to completion: on a schedule, on an event, or manually."""

from .event_job import EventJob
from .job import Job
from .scheduled_job import ScheduledJob
from .start_retry import StartRetry

__all__ = ["EventJob", "Job", "ScheduledJob", "StartRetry"]
