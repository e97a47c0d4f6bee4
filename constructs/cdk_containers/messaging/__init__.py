"""Queues of work, and the topics that fill them."""

from .known_queue import dead_letter_queue_of, lacks_dead_letters, visibility_timeout_of
from .topic_subscription import TopicSubscription
from .work_queue import WorkQueue

__all__ = [
    "TopicSubscription",
    "WorkQueue",
    "dead_letter_queue_of",
    "lacks_dead_letters",
    "visibility_timeout_of",
]
