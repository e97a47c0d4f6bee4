"""Answers of AWS in full: every member that the model of an operation has, in pages, held against it by the Stubber."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.session import Session
from botocore.stub import Stubber
from moto import mock_aws  # noqa: F401  (a session that is made before this is imported cannot be mocked)

from cdk_containers.checks.live.account import Account

SESSION = Session()
"""One for all: it keeps the models of the services, which take longer to read than all tests together."""

ARN = "arn:aws:svc:eu-west-1:123456789012:thing/name"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
_TOKENS = {"nexttoken", "nextmarker", "marker", "position"}
_DEEPEST = 16

# What an answer has to say so that a reader goes on, by operation: a path with dots, where a list has one element.
SAID: Mapping[str, Mapping[str, Any]] = {
    "acm.describe_certificate": {"Certificate.Type": "AMAZON_ISSUED"},
    "codepipeline.get_pipeline": {
        "pipeline.artifactStores": {"eu-west-1": {"type": "S3", "location": "artifacts"}},
    },
    "ec2.describe_instances": {
        "Reservations.Instances.State.Name": "running",
        "Reservations.Instances.Tags": [],
    },
    "ec2.describe_launch_templates": {"LaunchTemplates.LaunchTemplateId": "another"},
    "ec2.describe_managed_prefix_lists": {"PrefixLists.OwnerId": "123456789012"},
    "ec2.describe_nat_gateways": {"NatGateways.State": "available"},
    "ec2.describe_route_tables": {"RouteTables.Associations.Main": False},
    "ec2.describe_vpc_endpoints": {"VpcEndpoints.State": "Available"},
    "ec2.describe_vpcs": {"Vpcs.CidrBlock": "10.0.0.0/16"},
    "ecs.describe_services": {
        "services.deployments.status": "PRIMARY",
        "services.resourceManagementType": "CUSTOMER",
        "services.schedulingStrategy": "REPLICA",
    },
    "elbv2.describe_rules": {"Rules.IsDefault": False},
    "events.list_rules": {"Rules.EventPattern": json.dumps({"source": ["aws.ecs"]}), "Rules.ManagedBy": None},
    "iam.get_account_authorization_details": {
        "RoleDetailList.AssumeRolePolicyDocument": POLICY,
        "RoleDetailList.Path": "/",
        "RoleDetailList.RolePolicyList.PolicyDocument": POLICY,
        "UserDetailList.UserPolicyList.PolicyDocument": POLICY,
        "GroupDetailList.GroupPolicyList.PolicyDocument": POLICY,
        "Policies.PolicyVersionList.Document": POLICY,
    },
    "sns.get_subscription_attributes": {
        "Attributes": {
            "Endpoint": ARN,
            "FilterPolicy": "{}",
            "FilterPolicyScope": "MessageBody",
            "Protocol": "sqs",
            "RawMessageDelivery": "true",
            "RedrivePolicy": "{}",
            "TopicArn": ARN,
        }
    },
    "sns.get_topic_attributes": {"Attributes": {"TopicArn": ARN, "FifoTopic": "true"}},
    "sns.list_subscriptions": {"Subscriptions.SubscriptionArn": ARN},
    "sqs.get_queue_attributes": {
        "Attributes": {
            "ContentBasedDeduplication": "true",
            "DeduplicationScope": "queue",
            "FifoQueue": "true",
            "FifoThroughputLimit": "perQueue",
            "KmsMasterKeyId": "key",
            "MessageRetentionPeriod": "345600",
            "Policy": POLICY,
            "QueueArn": "arn:aws:sqs:eu-west-1:123456789012:orders",
            "ReceiveMessageWaitTimeSeconds": "20",
            "RedriveAllowPolicy": "{}",
            "RedrivePolicy": "{}",
            "SqsManagedSseEnabled": "true",
            "VisibilityTimeout": "30",
        }
    },
}


class Answers:
    """An account whose answers are samples; `calls` counts what was asked, and `refused` says what is denied."""

    def __init__(
        self, allowed: Mapping[str, Any], *, refused: str = "", said: Mapping[str, Mapping[str, Any]] = SAID
    ) -> None:
        self.account = Account(SESSION, allowed=allowed, region="eu-west-1")
        self.calls: Counter[str] = Counter()
        self.paginated: set[str] = set()
        self._refused = refused
        self._said = said
        self._stubbers: list[Stubber] = []
        client_of = self.account._client
        self.account._client = lambda service, operation: self._stubbed(client_of(service, operation))  # type: ignore[method-assign]

    def _stubbed(self, client: Any) -> Any:
        if not any(it.client is client for it in self._stubbers):
            stubber = Stubber(client)
            stubber.activate()
            self._stubbers.append(stubber)
            # Just before a call, the Stubber learns what to answer to it.
            client.meta.events.register_first("provide-client-params.*.*", self._prepare(stubber))
        return client

    def _prepare(self, stubber: Stubber) -> Callable[..., None]:
        service = stubber.client.meta.service_model.service_name

        def prepare(params: Mapping[str, Any], model: Any, **_: Any) -> None:
            operation = xform_name(model.name)
            name = f"{service}.{operation}"
            self.calls[name] += 1
            if name == self._refused:
                stubber.add_client_error(operation, "AccessDeniedException", "no")
                return
            answer = sample(model.output_shape)
            tokens = {key: value for key, value in answer.items() if key.lower() in _TOKENS and isinstance(value, str)}
            if tokens:
                self.paginated.add(name)
            asked = {key.lower() for key in params}
            if asked & {*map(str.lower, tokens), "marker", "startingtoken"} or "istruncated" in asked:
                answer = {key: value for key, value in answer.items() if key not in tokens}
                answer.update({key: False for key in answer if key == "IsTruncated"})
            for path, value in self._said.get(name, {}).items():
                _say(answer, path.split("."), value)
            stubber.add_response(operation, answer)

        return prepare


def sample(shape: Shape | None, depth: int = 0, name: str = "") -> Any:
    """Return a value with every member of a shape."""
    if isinstance(shape, StructureShape):
        if depth > _DEEPEST:
            return {}
        return {
            key: sample(child, depth + 1, key)
            for key, child in shape.members.items()
            if not (shape.is_tagged_union and key != next(iter(shape.members)))
        }
    if isinstance(shape, ListShape):
        return [sample(shape.member, depth + 1, name)] if depth <= _DEEPEST else []
    if isinstance(shape, MapShape):
        return {"key": sample(shape.value, depth + 1)} if depth <= _DEEPEST else {}
    return _scalar(shape, name)


def _scalar(shape: Any, name: str) -> Any:
    least = getattr(shape, "metadata", {}).get("min", 0)
    text = "10.0.0.0/8" if "cidr" in name.lower() else ARN if "arn" in name.lower() else "text"
    values = {
        "string": text.ljust(int(least), "-"),
        "integer": int(least) or 1,
        "long": int(least) or 1,
        "float": float(least) or 1.0,
        "double": float(least) or 1.0,
        "boolean": True,
        "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "blob": b"blob",
    }
    return shape.enum[0] if getattr(shape, "enum", None) else values.get(getattr(shape, "type_name", ""), {})


def _say(answer: Any, path: list[str], value: Any) -> None:
    key, *further = path
    for one in answer if isinstance(answer, list) else [answer]:
        if further:
            _say(one[key], further, value)
        elif value is None:
            del one[key]
        else:
            one[key] = value
