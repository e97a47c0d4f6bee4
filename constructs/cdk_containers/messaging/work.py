"""Facts about its queue that a worker needs, on ECS and EKS."""

from __future__ import annotations

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, is_token, seconds
from cdk_containers.model.workload import Container

from .known_queue import visibility_timeout_of
from .work_queue import WorkQueue

QUEUE_URL = "QUEUE_URL"
"""Environment variable with the URL of the worker's queue."""

NO_DEAD_LETTERS = (
    "The queue has no dead-letter queue: a message that makes the worker fail returns until it expires, and SQS then "
    "deletes it. Give the queue a dead_letter_queue, or use a WorkQueue."
)
_PROCESSING_SECONDS = 300
_LONGEST_PROCESSING_SECONDS = 12 * 3600


def processing_seconds(processing_time: DurationLike | None, queue: WorkQueue | sqs.IQueue | None) -> int:
    """Return the processing time for the messages of one call; by default the visibility timeout of the queue."""
    if processing_time is not None:
        return seconds(processing_time)
    hidden = None if queue is None else visibility_timeout_of(queue)
    return _PROCESSING_SECONDS if hidden is None else hidden


def processing_time_problems(
    processing_time: DurationLike | None, queue: WorkQueue | sqs.IQueue | None
) -> list[Problem]:
    """Find a processing time that is longer than the visibility timeout."""
    found = Problems()
    if processing_time is None or is_token(time := seconds(processing_time)):
        return []
    hidden = None if queue is None else visibility_timeout_of(queue)
    if not 1 <= time <= _LONGEST_PROCESSING_SECONDS:
        found.add(
            "processing_time",
            "out of range",
            given=Shown(f"{time} s"),
            allowed=f"1–{_LONGEST_PROCESSING_SECONDS} s, because SQS hides no message for longer than 12 h",
            practice="visibility-timeout",
        )
    elif hidden is not None and not is_token(hidden) and time > hidden:
        found.add(
            "processing_time",
            "longer than the visibility timeout of the queue, so a second task would receive the message",
            given=Shown(f"{time} s"),
            allowed=f"up to {hidden} s, or a longer visibility_timeout of the queue",
            practice="visibility-timeout",
        )
    return list(found)


def queue_url_problems(container: Container) -> list[Problem]:
    """Find another value for the variable that contains the worker's queue."""
    found = Problems()
    for option in ("environment", "secrets"):
        if QUEUE_URL in getattr(container, option):
            found.add(
                f"container.{option}['{QUEUE_URL}']",
                "the worker sets it to the URL of its queue",
                allowed="queue=…, or another variable for another queue",
            )
    return list(found)
