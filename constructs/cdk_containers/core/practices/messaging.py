"""Practices for queues, topics and the workers that read them."""

from .model import Practice, Severity

_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
_SNS = "https://docs.aws.amazon.com/sns/latest/dg"

PRACTICES = (
    Practice(
        id="visibility-timeout",
        title="Set the visibility timeout longer than the processing of a message takes",
        why=(
            "When the visibility timeout expires, another task receives the message and processes it again. A message "
            "that only takes long ends in the dead-letter queue."
        ),
        source=f"{_SQS}/sqs-visibility-timeout.html",
        severity=Severity.HIGH,
        option="WorkerService.processing_time, WorkQueue.visibility_timeout",
    ),
    Practice(
        id="dead-letter-queue",
        title="Move messages that cannot be processed to a dead-letter queue",
        why=(
            "A message that makes its worker fail returns again and again until its retention ends, and SQS then "
            "deletes it. A dead-letter queue keeps it, counts it and lets you send it back."
        ),
        source=f"{_SQS}/sqs-dead-letter-queues.html",
        severity=Severity.HIGH,
        option="WorkQueue.dead_letters",
        checkers={"cdk-nag": ("AwsSolutions-SQS3",)},
    ),
    Practice(
        id="queue-encryption",
        title="Encrypt queues, and accept calls only over TLS",
        why=(
            "SQS stores messages on disk for days. Without a queue policy, SQS also accepts unencrypted calls, which "
            "anyone on the network path can read."
        ),
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
        title="Use long polling, and keep messages for longer than an outage",
        why=(
            "Short polling asks only some of the SQS servers, can miss messages, and is billed for each call. SQS "
            "deletes messages that exceed the retention period, even if they have not been processed."
        ),
        source=f"{_SQS}/sqs-short-and-long-polling.html",
        severity=Severity.LOW,
        option="WorkQueue.receive_wait_time, WorkQueue.retention",
    ),
    Practice(
        id="fifo-queue",
        title="Subscribe a FIFO queue only to FIFO topics",
        why=(
            "A standard topic does not preserve order, and SNS refuses to deliver from it to a FIFO queue. SQS refuses "
            "FIFO settings on a standard queue. Both errors fail the deployment."
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
        title="Filter the messages of a queue to those that its worker processes",
        why=(
            "Each unneeded message costs a receive call and processing time. A filter policy that SNS does not "
            "understand fails the deployment."
        ),
        source=f"{_SNS}/subscription-filter-policy-constraints.html",
        severity=Severity.LOW,
        option="TopicSubscription.filter_policy",
    ),
    Practice(
        id="queue-alarms",
        title="Create alarms for the age of the oldest message and for dead letters",
        why=(
            "A worker that falls behind or fails its messages looks healthy because its tasks run. Only its queues "
            "show the problem."
        ),
        source=f"{_SQS}/sqs-available-cloudwatch-metrics.html",
        severity=Severity.MEDIUM,
        option="WorkerService.alarms",
    ),
)
