"""Practices for queues, topics and the workers that read them."""

from .model import Practice, Severity

_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
_SNS = "https://docs.aws.amazon.com/sns/latest/dg"

PRACTICES = (
    Practice(
        id="visibility-timeout",
        title="Hide a message for longer than the work on it takes",
        why=(
            "When the visibility timeout is over, another task gets the message and starts on it too: work is done "
            "twice, and a message that only takes long ends among the dead letters."
        ),
        source=f"{_SQS}/sqs-visibility-timeout.html",
        severity=Severity.HIGH,
        option="WorkerService.processing_time, WorkQueue.visibility_timeout",
    ),
    Practice(
        id="dead-letter-queue",
        title="Move messages that cannot be worked on to their own queue",
        why=(
            "A message that makes its worker fail comes back again and again until it is too old, and is then deleted. "
            "In its own queue it is kept, counted and can be sent back."
        ),
        source=f"{_SQS}/sqs-dead-letter-queues.html",
        severity=Severity.HIGH,
        option="WorkQueue.dead_letters",
        checkers={"cdk-nag": ("AwsSolutions-SQS3",)},
    ),
    Practice(
        id="queue-encryption",
        title="Encrypt queues, and take calls over TLS only",
        why="Messages lie on disks of AWS for days. Without a policy, SQS also answers calls that anyone can read.",
        source=f"{_SQS}/sqs-security-best-practices.html",
        severity=Severity.MEDIUM,
        option="WorkQueue.encryption_key",
        checkers={
            "security-hub": ("SQS.1",),
            "cdk-nag": ("AwsSolutions-SQS4",),
            "checkov": ("CKV_AWS_27",),
            "prowler": ("sqs_queues_server_side_encryption_enabled",),
        },
    ),
    Practice(
        id="queue-times",
        title="Wait for messages, and keep them for longer than an outage",
        why=(
            "A receive call that does not wait asks some of the servers only, may find nothing where there is a "
            "message, and is billed. A message that is older than the retention is gone, whoever would still need it."
        ),
        source=f"{_SQS}/sqs-short-and-long-polling.html",
        severity=Severity.LOW,
        option="WorkQueue.receive_wait_time, WorkQueue.retention",
    ),
    Practice(
        id="fifo-queue",
        title="Fill a FIFO queue from FIFO topics",
        why=(
            "A standard topic keeps no order, and SNS refuses to deliver from it to a FIFO queue. What only FIFO "
            "queues have, SQS refuses for others: either ends the deployment."
        ),
        source=f"{_SNS}/sns-fifo-topics.html",
        severity=Severity.HIGH,
        option="WorkQueue.fifo",
        checkers={
            "cfn-lint": ("E3501", "E3502"),
        },
    ),
    Practice(
        id="filter-policy",
        title="Let a queue have only the messages that its worker is for",
        why=(
            "Messages that nobody needs cost a receive call and a task's time each. A filter that SNS does not "
            "understand ends the deployment."
        ),
        source=f"{_SNS}/subscription-filter-policy-constraints.html",
        severity=Severity.LOW,
        option="TopicSubscription.filter_policy",
    ),
    Practice(
        id="queue-alarms",
        title="Watch the age of the oldest message, and the dead letters",
        why=(
            "A worker that does not keep up, or throws its work away, looks healthy: its tasks run. Only its queues "
            "show it."
        ),
        source=f"{_SQS}/sqs-available-cloudwatch-metrics.html",
        severity=Severity.MEDIUM,
        option="WorkerService.alarms",
    ),
)
