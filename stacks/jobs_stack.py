"""Jobs: one every night that waits for its end, one for each upload, one for each of many files, and a simple one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_containers import (
    AlarmTopic,
    Cluster,
    Container,
    ContainerLogs,
    EventJob,
    JobAlarms,
    Logs,
    Network,
    ScheduledJob,
    TaskOptions,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of
from cdk_containers.model.workload import ImageLike

from .images import application_image
from .registry_stack import RegistryStack
from .settings import Settings

NO_ACCESS_LOGS = Acknowledgement(
    "The access logs of another bucket are not logged in turn, and what is thrown away as a whole has none",
    cdk_nag=("AwsSolutions-S1",),
    checkov=("CKV_AWS_18",),
)


class JobsStack(cdk.Stack):
    """A cluster for jobs, a bucket that files are uploaded to, and a table of what is known of them."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        network: Network,
        registry: RegistryStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self._settings = settings
        self.key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        cluster = Cluster(
            self,
            "Cluster",
            network=network,
            capacity=settings.capacity,
            encryption_key=self.key,
            execute_command_logs=Logs(encryption_key=self.key, removal_policy=settings.removal_policy),
        )
        image = application_image(settings, registry.backend, "backend")
        task = TaskOptions(logs=ContainerLogs(encryption_key=self.key, removal_policy=settings.removal_policy))
        alarms = JobAlarms(topic=AlarmTopic(self, "Alerts", encryption_key=self.key).topic)
        uploads, table = self._uploads(), self._table()

        # It has a timeout, so Step Functions waits for its end.
        nightly = ScheduledJob(
            self,
            "Nightly",
            cluster=cluster,
            schedule="cron(0 3 * * ? *)",
            time_zone="Europe/Berlin",
            flexible_window=timedelta(minutes=15),
            timeout=timedelta(hours=2),
            retries=2,
            overlap="SKIP",
            container=self._container(image, "SCHEDULED_TIME", TABLE_NAME=table.table_name),
            task=task,
            alarms=alarms,
        )
        table.grant_read_data(nightly)
        # EventBridge starts the task itself, once for each file.
        on_upload = EventJob(
            self,
            "OnUpload",
            cluster=cluster,
            event_pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [uploads.bucket_name]}, "object": {"key": [{"prefix": "incoming/"}]}},
            },
            environment_from={"FILE": "$.detail.object.key"},
            container=self._container(image, "FILE", BUCKET_NAME=uploads.bucket_name),
            task=task,
            alarms=alarms,
        )
        self._let_read(uploads, on_upload)
        # A list of files, by an event of the application or by hand: ten at once, each with its retries.
        reimport = EventJob(
            self,
            "Reimport",
            cluster=cluster,
            event_pattern={"source": ["shop.files"], "detail-type": ["Reimport wanted"]},
            for_each="$.detail.files",
            environment_from={"FILE": "$"},
            max_concurrency=10,
            timeout=timedelta(minutes=30),
            retries=1,
            container=self._container(image, "FILE", BUCKET_NAME=uploads.bucket_name),
            task=task,
            alarms=alarms,
        )
        self._let_read(uploads, reimport)
        ScheduledJob(
            self,
            "Heartbeat",
            cluster=cluster,
            schedule="rate(15 minutes)",
            container=self._container(image, "SCHEDULED_TIME"),
            task=task,
            alarms=alarms,
        )

    def _container(self, image: ImageLike, told: str, **environment: str) -> Container:
        """Make a container that says what it was told about its run, and ends."""
        program = f"import os; print('run for', os.environ['{told}'])"
        return Container(image=image, command=["python", "-c", program], environment=environment)

    def _uploads(self) -> s3.Bucket:
        """Make a bucket that tells EventBridge of each upload, without the function that CDK would deploy for it."""
        uploads = self._bucket(
            "Uploads",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            **self._access_logs(),
        )
        if not self._settings.production:
            acknowledge(uploads, NO_ACCESS_LOGS)
        resource_of(uploads).add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", value=True
        )
        return uploads

    def _access_logs(self) -> dict[str, Any]:
        """Return the options of a bucket's access logs, which production has."""
        if not self._settings.production:
            return {}
        bucket = self._bucket("AccessLogs", encryption=s3.BucketEncryption.S3_MANAGED)
        acknowledge(bucket, NO_ACCESS_LOGS)
        return {"server_access_logs_bucket": bucket, "server_access_logs_prefix": "uploads/"}

    def _let_read(self, uploads: s3.Bucket, job: EventJob) -> None:
        """Let a job read what is incoming, object by object; CDK would let it list the bucket as well."""
        job.task_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[uploads.arn_for_objects("incoming/*")])
        )
        self.key.grant_decrypt(job)
        name = self.get_logical_id(resource_of(uploads))
        finding = f"AwsSolutions-IAM5[Resource::<{name}.Arn>/incoming/*]"
        acknowledge(job.task_role, Acknowledgement("The job reads what was uploaded, whatever its name", (finding,)))

    def _bucket(self, id: str, **options: Any) -> s3.Bucket:  # noqa: A002
        bucket = s3.Bucket(
            self,
            id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(self._settings.objects_kept_days),
                    noncurrent_version_expiration=cdk.Duration.days(7),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                )
            ],
            **options,
        )
        if bucket.policy is not None:
            # CDK would remove the policy with the stack, and leave the bucket without it.
            bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        return bucket

    def _table(self) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "Files",
            partition_key=dynamodb.Attribute(name="name", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=self._settings.removal_policy,
        )
