"""An encrypted SNS topic to which CloudWatch alarms can publish."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms, sns, sns_subscriptions
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, is_token


class AlarmTopic(CheckedConstruct):
    """An encrypted SNS topic with the permissions that CloudWatch alarms need; without them, notifications are lost.

    Attributes:
        topic: The CDK topic, for `Alarms(topic=…)`.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        encryption_key: kms.IKey | None = None,
        email_addresses: Sequence[str] = (),
    ) -> None:
        """Create a topic.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            encryption_key: KMS key; its policy is extended for CloudWatch. Default: a new key, because CloudWatch
                cannot use the AWS managed key of SNS.
            email_addresses: Addresses that get notifications; each recipient must confirm by e-mail. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(AlarmTopic.__init__, locals())
        if not found.has("email_addresses"):
            found.extend(address_problems(email_addresses))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        key = encryption_key or kms.Key(self, "Key", enable_key_rotation=True, removal_policy=cdk.RemovalPolicy.DESTROY)
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        from_here = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
        cloudwatch = iam.ServicePrincipal("cloudwatch.amazonaws.com")
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowCloudWatchAlarms",
                principals=[cloudwatch],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions=from_here,
            )
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowCloudWatchAlarms",
                principals=[cloudwatch],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=from_here,
            )
        )
        for address in email_addresses:
            self.topic.add_subscription(sns_subscriptions.EmailSubscription(address))


def address_problems(email_addresses: Sequence[str]) -> list[Problem]:
    """Find invalid e-mail addresses."""
    found = Problems()
    for address in email_addresses:
        if not is_token(address) and "@" not in address.strip("@"):
            found.add(
                "email_addresses",
                "not an e-mail address",
                given=address,
                allowed="an address such as team@example.com",
                practice="service-alarms",
            )
    return list(found)
