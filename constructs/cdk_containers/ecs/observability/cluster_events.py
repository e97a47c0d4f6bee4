"""ECS events of a cluster, stored and, if they need attention, sent as notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import sns
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems
from cdk_containers.logs import Logs, delivered_log_group

from ..clusters import Cluster
from ..tasks.fire_lens import LOG_ROUTER
from ..tasks.open_telemetry import COLLECTOR

DEPLOYMENT, TASK, SERVICE = "ECS Deployment State Change", "ECS Task State Change", "ECS Service Action"

_KILLED, _TERMINATED = 137, 143
_SIDECARS = [LOG_ROUTER, COLLECTOR, "ecs-service-connect-", "aws-guardduty-agent-"]
"""Prefixes of the names of containers that ECS adds."""

_EXITED = {"stopCode": ["EssentialContainerExited"]}
FAILED_TO_RUN = {
    "$or": [
        {"stopCode": ["TaskFailedToStart"]},
        # When one container exits, ECS stops the others with SIGTERM, and then with SIGKILL. An event does not contain
        # which container was essential, so these two exit codes alone are no failure. Fields of an array must match in
        # the same element.
        {**_EXITED, "containers": {"exitCode": [{"anything-but": [0, _KILLED, _TERMINATED]}]}},
        {**_EXITED, "containers": {"name": [{"anything-but": {"prefix": _SIDECARS}}], "exitCode": [_KILLED]}},
        {**_EXITED, "containers": {"reason": [{"prefix": "OutOfMemory"}]}},
        {"stoppedReason": [{"prefix": "Task failed "}]},
    ]
}
"""Tasks that did not start, failed, or failed a health check; not those that scaling, deployments or people stopped."""

TROUBLE = {"eventType": ["WARN", "ERROR"], "eventName": [{"anything-but": ["SERVICE_DEPLOYMENT_FAILED"]}]}
"""Warning events of services, except failed deployments, which have their own event."""


class ClusterEvents(CheckedConstruct):
    """Stores ECS events of a cluster, and sends notifications of failures.

    Notifications cover failed deployments; tasks that could not start, exited with an error or failed a health check;
    and warnings of services, such as tasks that ECS cannot place. They do not cover tasks that scaling or a deployment
    stopped.

    Attributes:
        cluster: The cluster.
        log_group: The log group for the events, as JSON.
        rules: The rules, by name: `Store`, and with a topic `FailedDeployments`, `FailedTasks` and `ServiceTrouble`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
    """

    cluster: Cluster
    log_group: aws_logs.ILogGroup
    rules: Mapping[str, events.CfnRule]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        topic: sns.ITopic | None = None,
        logs: Logs | None = None,
    ) -> None:
        """Create rules for the events of a cluster.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cluster: The cluster.
            topic: SNS topic for notifications, such as that of an `AlarmTopic`. EventBridge gets permission to publish
                to it and to use its key. Default: none; the events are still stored.
            logs: Retention of events. Default: a year.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ClusterEvents.__init__, locals())
        if logs is not None and not found.has("logs"):
            found.extend(logs.problems(), under="logs")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        l2 = cluster.cluster
        here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        services = f"arn:{cdk.Aws.PARTITION}:ecs:{here}:service/{l2.cluster_name}/"
        # A deployment event contains only its service, so the cluster is read from the service's ARN.
        of_deployments = {"resources": [{"prefix": services}], "detail-type": [DEPLOYMENT]}
        of_cluster = {"clusterArn": [l2.cluster_arn]}

        # The rule depends on the log group, whose policy contains the rule's name, because the rule does not exist yet.
        store = cdk.Names.unique_resource_name(self, max_length=64, separator="-")
        store_arn = f"arn:{cdk.Aws.PARTITION}:events:{here}:rule/{store}"
        self.log_group = delivered_log_group(
            self,
            "Logs",
            logs or Logs(),
            prefix="/aws/events/",
            statements=lambda streams_arn: _storing_statements(streams_arn, store_arn),
        )
        made = {
            "Store": self._rule(
                "Store",
                {
                    "$or": [
                        of_deployments,
                        {"detail-type": [SERVICE], "detail": of_cluster},
                        {"detail-type": [TASK], "detail": {**of_cluster, "lastStatus": ["STOPPED"]}},
                    ]
                },
                f"arn:{cdk.Aws.PARTITION}:logs:{here}:log-group:{self.log_group.log_group_name}",
            )
        }
        made["Store"].name = store
        if topic is not None:
            # No conditions in the policies of topic and key, because EventBridge then fails silently.
            topic.grant_publish(iam.ServicePrincipal("events.amazonaws.com"))
            made["FailedDeployments"] = self._rule(
                "FailedDeployments",
                {**of_deployments, "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}},
                topic.topic_arn,
                "A deployment failed: <service>. <reason> (<time>)",
                service="$.resources[0]",
                reason="$.detail.reason",
            )
            made["FailedTasks"] = self._rule(
                "FailedTasks",
                {"detail-type": [TASK], "detail": {**of_cluster, "lastStatus": ["STOPPED"], **FAILED_TO_RUN}},
                topic.topic_arn,
                "A task of <group> failed: <code>. <reason> Task <task> (<time>)",
                group="$.detail.group",
                code="$.detail.stopCode",
                reason="$.detail.stoppedReason",
                task="$.detail.taskArn",
            )
            made["ServiceTrouble"] = self._rule(
                "ServiceTrouble",
                {"detail-type": [SERVICE], "detail": {**of_cluster, **TROUBLE}},
                topic.topic_arn,
                "<event> of <service>. <reason> (<time>)",
                event="$.detail.eventName",
                service="$.resources[0]",
                reason="$.detail.reason",
            )
        self.rules = made

    def _rule(
        self,
        name: str,
        pattern: Mapping[str, Any],
        target_arn: str,
        message: str | None = None,
        **paths: str,
    ) -> events.CfnRule:
        """Create a rule. CDK's `Rule` does not support `$or`, and its log group target creates a Lambda function."""
        transformer = None
        if message is not None:
            transformer = events.CfnRule.InputTransformerProperty(
                input_paths_map={**paths, "time": "$.time"}, input_template=f'"{message}"'
            )
        return events.CfnRule(
            self,
            name,
            event_pattern={"source": ["aws.ecs"], **pattern},
            targets=[events.CfnRule.TargetProperty(id="Target", arn=target_arn, input_transformer=transformer)],
        )


def _storing_statements(streams_arn: str, rule_arn: str) -> list[dict[str, Any]]:
    """Let one rule store its events.

    EventBridge does not send the rule when it creates a stream, so a condition on it would block all events.
    """
    by = {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    return [
        {
            "Sid": "MakeStreams",
            "Effect": "Allow",
            "Principal": by,
            "Action": "logs:CreateLogStream",
            "Resource": streams_arn,
        },
        {
            "Sid": "StoreEvents",
            "Effect": "Allow",
            "Principal": by,
            "Action": "logs:PutLogEvents",
            "Resource": streams_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
        },
    ]
