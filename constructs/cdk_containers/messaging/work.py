"""What a worker on a queue has to know of its work, wherever it runs."""

from __future__ import annotations

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, is_token, seconds
from cdk_containers.model.workload import Container

from .known_queue import visibility_timeout_of
from .work_queue import WorkQueue

QUEUE_URL = "QUEUE_URL"
"""Where a worker finds the URL of its queue."""

NO_DEAD_LETTERS = (
    "The queue has no dead-letter queue: a message that makes the worker fail comes back until it is too old, and is "
    "then deleted. Give the queue a dead_letter_queue, or use a WorkQueue."
)
_PROCESSING_SECONDS = 300
_LONGEST_PROCESSING_SECONDS = 12 * 3600


def processing_seconds(processing_time: DurationLike | None, queue: WorkQueue | sqs.IQueue | None) -> int:
    """Return how long the work on the messages of one call takes: as was said, or as the queue hides them."""
    if processing_time is not None:
        return seconds(processing_time)
    hidden = None if queue is None else visibility_timeout_of(queue)
    return _PROCESSING_SECONDS if hidden is None else hidden


def processing_time_problems(
    processing_time: DurationLike | None, queue: WorkQueue | sqs.IQueue | None
) -> list[Problem]:
    """Find work that takes longer than messages are hidden."""
    found = Problems()
    if processing_time is None or is_token(time := seconds(processing_time)):
        return []
    hidden = None if queue is None else visibility_timeout_of(queue)
    if not 1 <= time <= _LONGEST_PROCESSING_SECONDS:
        found.add(
            "processing_time",
            "out of range",
            given=Shown(f"{time} s"),
            allowed=f"1–{_LONGEST_PROCESSING_SECONDS} s, since no message is hidden for longer than 12 h",
            practice="visibility-timeout",
        )
    elif hidden is not None and not is_token(hidden) and time > hidden:
        found.add(
            "processing_time",
            "longer than the queue hides a message, so a second task would start on it",
            given=Shown(f"{time} s"),
            allowed=f"up to {hidden} s, or a longer visibility_timeout of the queue",
            practice="visibility-timeout",
        )
    return list(found)


def queue_url_problems(container: Container) -> list[Problem]:
    """Find another value for the setting that says which queue the worker reads."""
    found = Problems()
    for option in ("environment", "secrets"):
        if QUEUE_URL in getattr(container, option):
            found.add(
                f"container.{option}['{QUEUE_URL}']",
                "the worker sets it, to the queue that it may read and is scaled by",
                allowed="queue=…, or another name for another queue",
            )
    return list(found)
