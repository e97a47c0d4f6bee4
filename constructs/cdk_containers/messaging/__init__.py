"""Queues of work, and the topics that fill them."""

from .topic_subscription import TopicSubscription
from .work_queue import WorkQueue

__all__ = ["TopicSubscription", "WorkQueue"]
