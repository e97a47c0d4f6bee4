"""Work queues, and the topics that fill them."""

from .known_queue import dead_letter_queue_of, lacks_dead_letters, visibility_timeout_of
from .topic_subscription import TopicSubscription
from .work import NO_DEAD_LETTERS, QUEUE_URL, processing_seconds, processing_time_problems, queue_url_problems
from .work_queue import WorkQueue

__all__ = [
    "NO_DEAD_LETTERS",
    "QUEUE_URL",
    "TopicSubscription",
    "WorkQueue",
    "dead_letter_queue_of",
    "lacks_dead_letters",
    "processing_seconds",
    "processing_time_problems",
    "queue_url_problems",
    "visibility_timeout_of",
]
