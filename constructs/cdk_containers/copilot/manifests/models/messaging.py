"""Topics that a workload publishes to, and queues that it reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cdk_containers.core.frozen import frozen


@frozen
class TopicFifo:
    """Options of a FIFO topic."""

    content_based_deduplication: bool | None = None


@frozen
class PublishedTopic:
    """A topic that the workload creates."""

    name: str | None = None
    fifo: bool | TopicFifo | None = None

    @property
    def is_fifo(self) -> bool:
        """Whether messages keep their order."""
        return self.fifo is True or isinstance(self.fifo, TopicFifo)


@frozen
class Publish:
    """Topics that a workload publishes to."""

    topics: list[PublishedTopic] | None = None


@frozen
class DeadLetter:
    """The dead-letter queue."""

    tries: int | None = None


@frozen
class QueueFifo:
    """Options of a FIFO queue."""

    content_based_deduplication: bool | None = None
    deduplication_scope: str | None = None
    throughput_limit: str | None = None
    high_throughput: bool | None = None


@frozen
class Queue:
    """A queue that the worker reads."""

    retention: timedelta | None = None
    delay: timedelta | None = None
    timeout: timedelta | None = None
    dead_letter: DeadLetter | None = None
    fifo: bool | QueueFifo | None = None

    @property
    def is_fifo(self) -> bool:
        """Whether messages keep their order."""
        return self.fifo is True or isinstance(self.fifo, QueueFifo)


@frozen
class SubscribedTopic:
    """A topic of another workload."""

    name: str | None = None
    service: str | None = None
    filter_policy: dict[str, Any] | None = None
    queue: bool | Queue | None = None

    @property
    def has_own_queue(self) -> bool:
        """Whether its messages have their own queue."""
        return self.queue is True or isinstance(self.queue, Queue)


@frozen
class Subscribe:
    """Subscriptions and queue of a worker."""

    topics: list[SubscribedTopic] | None = None
    queue: Queue | None = None
