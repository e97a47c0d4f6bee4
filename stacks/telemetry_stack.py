"""Services whose logs and traces sidecars carry: to CloudWatch and X-Ray, and through Firehose to a bucket."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_kinesisfirehose import CfnDeliveryStream as Stream
from constructs import Construct

from cdk_containers import (
    BackendService,
    Cluster,
    ContainerLogs,
    FirehoseOutput,
    FireLens,
    Logs,
    Network,
    OpenTelemetry,
    TaskOptions,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, acknowledge_wildcards

from .images import application_image
from .registry_stack import RegistryStack
from .settings import Settings

_LOG_BUCKET = Acknowledgement(
    "The bucket holds logs that one delivery stream writes; logging who reads logs is what the audit trail is for",
    cdk_nag=("AwsSolutions-S1",),
    checkov=("CKV_AWS_18",),
)


class TelemetryStack(cdk.Stack):
    """Two services on Fargate: one is traced and logs to CloudWatch, one logs to a bucket."""

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
        logs = Logs(encryption_key=self.key, removal_policy=settings.removal_policy)
        container_logs = ContainerLogs(encryption_key=self.key, removal_policy=settings.removal_policy)
        image = application_image(settings, registry.backend, "backend")
        cluster = Cluster(
            self,
            "Cluster",
            network=network,
            capacity=settings.capacity,
            encryption_key=self.key,
            execute_command_logs=logs,
        )
        BackendService(
            self,
            "Traced",
            cluster=cluster,
            image=image,
            task=TaskOptions(
                logs=container_logs, log_router=FireLens(), telemetry=OpenTelemetry(metrics_logs=logs, sampling=0.1)
            ),
            desired_count=settings.desired_count or 2,
        )
        BackendService(
            self,
            "Archived",
            cluster=cluster,
            image=image,
            task=TaskOptions(
                logs=container_logs,
                log_router=FireLens(output=FirehoseOutput(delivery_stream=self._stream_to_bucket()), buffer_mib=4),
            ),
            desired_count=settings.desired_count or 2,
        )

    def _stream_to_bucket(self) -> Stream:
        """Make a delivery stream; CDK's own may also read and delete what is in the bucket."""
        bucket = s3.Bucket(
            self,
            "Archive",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(self._settings.objects_kept_days),
                    noncurrent_version_expiration=cdk.Duration.days(30),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                )
            ],
        )
        acknowledge(bucket, _LOG_BUCKET)
        if bucket.policy is not None:
            # CDK would remove the policy with the stack, and leave the bucket without it.
            bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        role = iam.Role(
            self,
            "DeliveryRole",
            assumed_by=iam.ServicePrincipal(
                "firehose.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": self.account}}
            ),
        )
        policy = iam.Policy(self, "DeliveryPolicy", roles=[role])
        policy.add_statements(
            iam.PolicyStatement(
                actions=["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                resources=[bucket.bucket_arn],
            ),
            iam.PolicyStatement(
                actions=["s3:AbortMultipartUpload", "s3:PutObject"], resources=[bucket.arn_for_objects("*")]
            ),
            iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.key.key_arn]),
        )
        acknowledge_wildcards(policy, "Firehose makes the names of its objects of the time, in this bucket only")
        stream = Stream(
            self,
            "Stream",
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input=Stream.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="CUSTOMER_MANAGED_CMK", key_arn=self.key.key_arn
            ),
            extended_s3_destination_configuration=Stream.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=bucket.bucket_arn,
                role_arn=role.role_arn,
                compression_format="GZIP",
                encryption_configuration=Stream.EncryptionConfigurationProperty(
                    kms_encryption_config=Stream.KMSEncryptionConfigProperty(awskms_key_arn=self.key.key_arn)
                ),
            ),
        )
        # Firehose looks whether it may write while the stream is made.
        stream.node.add_dependency(policy)
        return stream
