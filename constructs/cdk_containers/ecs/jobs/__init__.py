"""What runs to its end: at a time, on an event, or when somebody asks for it."""

from .event_job import EventJob
from .job import Job
from .scheduled_job import ScheduledJob
from .start_retry import StartRetry

__all__ = ["EventJob", "Job", "ScheduledJob", "StartRetry"]
