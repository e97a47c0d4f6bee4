"""Properties of a CDK queue that are known without a call to AWS."""

from __future__ import annotations

from cdk_containers.core.cdk_modules import sqs

from .work_queue import WorkQueue

_SQS_DEFAULT_SECONDS = 30


def visibility_timeout_of(queue: WorkQueue | sqs.IQueue) -> int | None:
    """Return the visibility timeout of a queue in seconds, or None if it is unknown."""
    if isinstance(queue, WorkQueue):
        return queue.visibility_timeout
    resource = _resource_of(queue)
    if resource is None:
        return None
    timeout = resource.visibility_timeout
    return _SQS_DEFAULT_SECONDS if timeout is None else int(timeout)


def dead_letter_queue_of(queue: WorkQueue | sqs.IQueue) -> sqs.IQueue | None:
    """Return the dead-letter queue of a queue, if it is known."""
    if isinstance(queue, WorkQueue):
        return queue.dead_letter_queue
    letters = queue.dead_letter_queue if isinstance(queue, sqs.Queue) else None
    return None if letters is None else letters.queue


def lacks_dead_letters(queue: WorkQueue | sqs.IQueue) -> bool:
    """Tell whether a CDK queue is known to have no dead-letter queue."""
    resource = None if isinstance(queue, WorkQueue) else _resource_of(queue)
    return resource is not None and resource.redrive_policy is None


def _resource_of(queue: sqs.IQueue) -> sqs.CfnQueue | None:
    resource = queue.node.default_child if isinstance(queue, sqs.Queue) else None
    return resource if isinstance(resource, sqs.CfnQueue) else None
