"""Queues that keep failed runs until your team has handled them."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.inputs import in_seconds
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.core.service_principals import service_principal
from cdk_containers.core.unchecked import unchecked

from .task_run import TaskRun

_LAST_STOP = Acknowledgement(
    "The queue is itself a dead-letter queue, and nothing consumes it that could fail again",
    cdk_nag=("AwsSolutions-SQS3",),
)
_SQS_KEY = Acknowledgement(
    "SQS encrypts the queue with its own key. EventBridge cannot use the AWS managed KMS key of SQS, so undelivered "
    "events would be lost",
    checkov=("CKV_AWS_27",),
)
_SECONDS_KEPT = 14 * 24 * 60 * 60


def make_queue(scope: Construct, id: str) -> sqs.Queue:  # noqa: A002
    """Create an encrypted queue that requires TLS and keeps messages for the maximum time of SQS."""
    queue = unchecked(
        sqs.Queue,
        scope,
        id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=in_seconds(_SECONDS_KEPT),
    )
    acknowledge(queue, _LAST_STOP, _SQS_KEY, new=True)
    return queue


def let_send(queue: sqs.Queue, rule: events.CfnRule) -> None:
    """Let only this rule send to a queue."""
    queue.add_to_resource_policy(
        unchecked(
            iam.PolicyStatement,
            sid="AllowRule",
            principals=[service_principal("events")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
        )
    )


def keep_failed_runs(scope: Construct, run: TaskRun) -> tuple[events.CfnRule, sqs.Queue]:
    """Create a rule that keeps ECS events of failed runs, which ECS itself discards within the hour.

    A run has failed if its own container failed or was stopped early. A sidecar that ECS stops at the end may exit with
    a nonzero code.
    """
    queue = make_queue(scope, "FailedRuns")
    rule = unchecked(
        events.CfnRule,
        scope,
        "FailedRunsRule",
        description="Runs of a job that failed",
        event_pattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "clusterArn": [run.cluster.cluster_arn],
                "lastStatus": ["STOPPED"],
                "taskDefinitionArn": [{"prefix": run.any_revision.removesuffix("*")}],
                "$or": [
                    {"containers": {"name": [run.container], "exitCode": [{"anything-but": 0}]}},
                    {"stopCode": ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"]},
                ],
            },
        },
        targets=[{"arn": queue.queue_arn, "id": "FailedRuns"}],
    )
    let_send(queue, rule)
    return rule, queue
