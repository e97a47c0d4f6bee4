"""What is known of a queue that was made with CDK, without asking AWS."""

from __future__ import annotations

from cdk_containers.core.cdk_modules import sqs

from .work_queue import WorkQueue

_SQS_DEFAULT_SECONDS = 30


def visibility_timeout_of(queue: WorkQueue | sqs.IQueue) -> int | None:
    """Return the seconds for which a queue hides a message, or None for a queue of which nobody said so."""
    if isinstance(queue, WorkQueue):
        return queue.visibility_timeout
    resource = _resource_of(queue)
    if resource is None:
        return None
    timeout = resource.visibility_timeout
    return _SQS_DEFAULT_SECONDS if timeout is None else int(timeout)


def dead_letter_queue_of(queue: WorkQueue | sqs.IQueue) -> sqs.IQueue | None:
    """Return where messages of a queue go that were received too often, as far as anybody knows."""
    if isinstance(queue, WorkQueue):
        return queue.dead_letter_queue
    letters = queue.dead_letter_queue if isinstance(queue, sqs.Queue) else None
    return None if letters is None else letters.queue


def lacks_dead_letters(queue: WorkQueue | sqs.IQueue) -> bool:
    """Tell whether a queue of CDK is known to have no queue for dead letters."""
    resource = None if isinstance(queue, WorkQueue) else _resource_of(queue)
    return resource is not None and resource.redrive_policy is None


def _resource_of(queue: sqs.IQueue) -> sqs.CfnQueue | None:
    resource = queue.node.default_child if isinstance(queue, sqs.Queue) else None
    return resource if isinstance(resource, sqs.CfnQueue) else None
