"""Outputs of a log router."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, has_members, is_token
from cdk_containers.model.workload import LogDriver, NotSecret
from cdk_containers.model.workload.secrets import environment_problems, plain_value, secret_problems

from .place import Place

if TYPE_CHECKING:
    from aws_cdk.interfaces import aws_kinesisfirehose

    DeliveryStream = aws_kinesisfirehose.IDeliveryStreamRef
else:
    DeliveryStream = Any

DRIVER = "awsfirelens"


@frozen
class CloudWatchLogsOutput:
    """Sends logs to CloudWatch Logs.

    Attributes:
        log_group: The log group; the task gets permission to write to it. Default: the log group of the task.

    See https://docs.fluentbit.io/manual/data-pipeline/outputs/cloudwatch
    """

    log_group: aws_logs.ILogGroup | None = None

    def problems(self) -> list[Problem]:
        """Find problems with this output."""
        return field_problems(self)

    def driver(self, container: str, place: Place) -> LogDriver:
        """Return the log driver of a container: one stream for each container of each task."""
        group = self.log_group or place.log_group
        return LogDriver(
            name=DRIVER,
            options={
                "Name": "cloudwatch_logs",
                "region": group.env.region,
                "log_group_name": group.log_group_name,
                "log_stream_prefix": f"{container}/",
                "auto_create_group": "false",
            },
        )

    def allow(self, role: iam.IRole, place: Place) -> None:
        """Let the task write to the log group."""
        (self.log_group or place.log_group).grant_write(role)


@frozen
class FirehoseOutput:
    """Sends logs to an Amazon Data Firehose delivery stream in the region of the task.

    Attributes:
        delivery_stream: The stream, a `DeliveryStream` or `CfnDeliveryStream` of `aws_kinesisfirehose`. The task gets
            permission to put records only to this stream.

    See https://docs.fluentbit.io/manual/data-pipeline/outputs/firehose
    """

    delivery_stream: DeliveryStream

    def problems(self) -> list[Problem]:
        """Find problems with this output."""
        found = Problems()
        if not has_members(self.delivery_stream, "delivery_stream_ref"):
            found.add(
                "delivery_stream",
                "not a delivery stream",
                given=Shown(f"a value of type {type(self.delivery_stream).__name__}"),
                allowed="an aws_kinesisfirehose.DeliveryStream or CfnDeliveryStream",
                practice="log-router-output",
            )
        return list(found)

    def driver(self, container: str, place: Place) -> LogDriver:  # noqa: ARG002  (the others want it)
        """Return the log driver of a container."""
        stream = self.delivery_stream.delivery_stream_ref.delivery_stream_name
        return LogDriver(
            name=DRIVER, options={"Name": "kinesis_firehose", "region": place.region, "delivery_stream": stream}
        )

    def allow(self, role: iam.IRole, place: Place) -> None:  # noqa: ARG002  (the others want it)
        """Let the task put records to the stream; CDK's grant also includes PutRecord, which Fluent Bit never calls."""
        stream = self.delivery_stream.delivery_stream_ref.delivery_stream_arn
        role.add_to_principal_policy(iam.PolicyStatement(actions=["firehose:PutRecordBatch"], resources=[stream]))


@frozen
class FluentBitOutput:
    """Sends logs to any output of Fluent Bit.

    Grant AWS permissions that the output needs to the service or the job: `bucket.grant_put(service)`.

    Attributes:
        name: Name of the output plugin, such as `datadog`, `splunk`, `es` or `s3`.
        options: Options of the plugin. Values that look like secrets are refused. Default: none.
        secret_options: Options that come from Secrets Manager or SSM when the container starts; the execution role gets
            permission to read only these. Default: none.

    See https://docs.fluentbit.io/manual/data-pipeline/outputs
    """

    name: str
    options: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])
    secret_options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def problems(self) -> list[Problem]:
        """Find problems with this output."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        practice = "log-router-output"
        if not is_token(self.name) and not self.name.strip():
            found.add(
                "name", "there is no output", given=self.name, allowed="a plugin of Fluent Bit", practice=practice
            )
        for option, given in (("options", self.options), ("secret_options", self.secret_options)):
            for key in given:
                if key.lower() in ("name", "match"):
                    found.add(
                        f"{option}[{key!r}]",
                        "ECS sets this option itself",
                        given=Shown(key),
                        allowed="`name` for the plugin, and a route for each container with FireLens.outputs",
                        practice=practice,
                    )
        found.extend(environment_problems(self.options, option="options", secrets="secret_options"))
        found.extend(secret_problems(self.secret_options, option="secret_options"))
        both = sorted(set(self.options) & set(self.secret_options))
        if both:
            found.add(
                "secret_options",
                "the option is both plain and secret",
                given=both,
                allowed="one of the two",
                practice="no-secrets-in-environment",
            )
        return list(found)

    def driver(self, container: str, place: Place) -> LogDriver:  # noqa: ARG002  (the others want it)
        """Return the log driver of a container."""
        options = {key: plain_value(value) for key, value in self.options.items()}
        return LogDriver(name=DRIVER, options={"Name": self.name, **options}, secret_options=self.secret_options)

    def allow(self, role: iam.IRole, place: Place) -> None:
        """Grant nothing, because the calls of the output are unknown."""


Output: TypeAlias = CloudWatchLogsOutput | FirehoseOutput | FluentBitOutput
