"""Topics and queues."""

from __future__ import annotations

import re

from ..models.messaging import Publish, Queue, QueueFifo, Subscribe
from ..models.workloads import WorkerService, Workload
from .given import Given, Key

_TOPIC = re.compile(r"[a-zA-Z0-9_-]+\Z")
_SERVICE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_SCOPES = ("messageGroup", "queue")
_LIMITS = ("perMessageGroupId", "perQueue")


def published(workload: Workload, given: Given) -> None:
    """A topic has a unique name that SNS accepts."""
    publish = getattr(workload, "publish", None)
    seen: set[str] = set()
    for number, topic in enumerate((publish.topics or []) if isinstance(publish, Publish) else []):
        path: tuple[Key, ...] = ("publish", "topics", number)
        name = _topic_name(topic.name if topic else None, given, *path)
        if name in seen:
            given.refuse(f"the topic {name!r} already exists", *path)
        seen.add(name)


def subscribed(worker: WorkerService, given: Given) -> None:
    """A subscription names a topic and its publisher, and the options of a queue are compatible."""
    subscribe = worker.subscribe
    if not isinstance(subscribe, Subscribe):
        return
    for number, topic in enumerate(subscribe.topics or []):
        path: tuple[Key, ...] = ("subscribe", "topics", number)
        _topic_name(topic.name if topic else None, given, *path)
        given.missing("service", *path)
        if topic and topic.service is not None and not _SERVICE.match(topic.service):
            message = (
                f"got {topic.service!r}; service names consist of a-z, 0-9 and single hyphens, and start with a letter"
            )
            given.refuse(message, *path, "service")
        if topic and isinstance(topic.queue, Queue):
            _queue(topic.queue, given, *path, "queue")
    if isinstance(subscribe.queue, Queue):
        _queue(subscribe.queue, given, "subscribe", "queue")


def _topic_name(name: str | None, given: Given, *path: Key) -> str:
    given.missing("name", *path)
    if name is not None and not _TOPIC.match(name):
        hint = ": `fifo: true` adds the suffix" if name.endswith(".fifo") else ""
        given.refuse(f"got {name!r}; topic names consist of letters, digits, - and _{hint}", *path, "name")
    return name or ""


def _queue(queue: Queue, given: Given, *path: Key) -> None:
    fifo = queue.fifo
    if not isinstance(fifo, QueueFifo):
        return
    for key, value, allowed in (
        ("deduplication_scope", fifo.deduplication_scope, _SCOPES),
        ("throughput_limit", fifo.throughput_limit, _LIMITS),
    ):
        if value is not None and fifo.high_throughput is not None:
            given.refuse("`high_throughput` also sets it: set only one of them", *path, "fifo", key)
        elif value is not None and value not in allowed:
            given.refuse(f"got {value!r}; allowed: {', '.join(allowed)}", *path, "fifo", key)
    if fifo.deduplication_scope == "queue" and fifo.throughput_limit == "perMessageGroupId":
        given.refuse("`deduplication_scope: queue` needs perQueue", *path, "fifo", "throughput_limit")
