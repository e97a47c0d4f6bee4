"""Alarms of a service that processes a queue."""

from __future__ import annotations

from constructs import Construct

from cdk_containers.core.cdk_modules import sns, sqs
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds
from cdk_containers.metrics import OwnAlarm, queue_metric

from .alarms import Alarms

_PRACTICE = "queue-alarms"


@frozen
class WorkerAlarms:
    """Alarms for a worker and its queue.

    Attributes:
        topic: SNS topic that gets a notification when an alarm starts and when it ends. Default: none; the alarms show
            in CloudWatch.
        oldest_message: Age of the oldest message, for 3 of 5 minutes. Default: three times the processing time of a
            message.
        dead_letters: Messages in the dead-letter queue. Default: 1, which means any message.
        cpu_percent: Average CPU utilization in percent, for 15 minutes. Default: 90.
        memory_percent: Average memory utilization in percent, for 15 minutes. Default: 90.

    See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """

    topic: sns.ITopic | None = None
    oldest_message: DurationLike | None = None
    dead_letters: int = 1
    cpu_percent: int = 90
    memory_percent: int = 90

    @property
    def of_service(self) -> Alarms:
        """The alarms that every service has."""
        return Alarms(topic=self.topic, cpu_percent=self.cpu_percent, memory_percent=self.memory_percent)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(self.of_service.problems())
        if self.oldest_message is not None and not is_token(age := seconds(self.oldest_message)) and age < 60:
            found.add(
                "oldest_message", "out of range", given=Shown(f"{age} s"), allowed="60 s or more", practice=_PRACTICE
            )
        if not is_token(self.dead_letters) and self.dead_letters < 1:
            found.add("dead_letters", "out of range", given=self.dead_letters, allowed="1 or more", practice=_PRACTICE)
        return list(found)


def make_queue_alarms(
    scope: Construct, queue: sqs.IQueue, dead_letters: sqs.IQueue | None, alarms: WorkerAlarms, *, processing_time: int
) -> dict[str, OwnAlarm]:
    """Create the alarms of a queue, by name. `processing_time` is the maximum for a message, in seconds."""
    age = processing_time if is_token(processing_time) else 3 * processing_time
    if alarms.oldest_message is not None:
        age = seconds(alarms.oldest_message)
    made = {
        "OldestMessage": OwnAlarm(
            scope=scope,
            id="OldestMessageAlarm",
            metric=queue_metric(queue, "ApproximateAgeOfOldestMessage"),
            threshold=age,
            evaluation_periods=5,
            datapoints_to_alarm=3,
            description="A message has been in the queue for too long",
            topic=alarms.topic,
        )
    }
    if dead_letters is not None:
        made["DeadLetters"] = OwnAlarm(
            scope=scope,
            id="DeadLettersAlarm",
            metric=queue_metric(dead_letters, "ApproximateNumberOfMessagesVisible"),
            threshold=alarms.dead_letters,
            evaluation_periods=1,
            description="Messages could not be worked on",
            topic=alarms.topic,
        )
    return made
