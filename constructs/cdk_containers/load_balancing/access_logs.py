"""Access logs of a load balancer in S3."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from cdk_containers.core.cdk_modules import s3
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge

_LOG_BUCKET = Acknowledgement(
    "This bucket receives access logs; logging access to it would need another bucket with the same finding. To use a "
    "central log bucket instead, set AccessLogs.bucket",
    cdk_nag=("AwsSolutions-S1",),
    checkov=("CKV_AWS_18",),
)

_NONCURRENT_DAYS = 30
_INCOMPLETE_UPLOAD_DAYS = 7


@frozen
class AccessLogs:
    """Where a load balancer writes its access logs.

    Attributes:
        bucket: Bucket for the logs, in the same region. It must use SSE-S3 encryption, because load balancers support
            no other. Default: a new bucket.
        prefix: Prefix of the object keys. Default: none.
        retention_days: Days that a new bucket keeps the logs, 1 or more. Default: 365.
        removal_policy: What happens to a new bucket when its stack is deleted. DESTROY is refused: CloudFormation
            deletes only empty buckets, and a load balancer writes until it is deleted. Default: RETAIN.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    bucket: s3.IBucket | None = None
    prefix: str | None = None
    retention_days: int = 365
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.retention_days) and self.retention_days < 1:
            found.add(
                "retention_days", "out of range", given=self.retention_days, allowed="1 or more", practice="access-logs"
            )
        if self.removal_policy is cdk.RemovalPolicy.DESTROY:
            found.add(
                "removal_policy",
                "CloudFormation deletes only empty buckets, and load balancers write until they are deleted, so "
                "deleting the stack would fail",
                given=Shown("DESTROY"),
                allowed="RETAIN with a short retention_days; your own bucket that you empty yourself; or "
                'access_logs=Disabled(reason="…")',
                practice="access-logs",
            )
        if self.prefix is not None and ("AWSLogs" in self.prefix or self.prefix.startswith("/")):
            found.add(
                "prefix",
                "load balancers refuse this prefix",
                given=self.prefix,
                allowed="a prefix without a leading slash and without the word AWSLogs",
                practice="access-logs",
            )
        return list(found)


ELB_LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
"""The principal that writes the logs of Application and Classic Load Balancers; CloudWatch delivers the others."""


def write_access_logs(
    scope: Construct, load_balancer: elbv2.BaseLoadBalancer, logs: AccessLogs, *, by: str = ELB_LOG_DELIVERY
) -> s3.IBucket:
    """Turn on access logs; unlike CDK's own method, this also works in an environment-agnostic stack."""
    bucket = logs.bucket or make_bucket(scope, logs)
    policy = allow_log_delivery(bucket, logs, by)
    load_balancer.set_attribute("access_logs.s3.enabled", "true")
    load_balancer.set_attribute("access_logs.s3.bucket", bucket.bucket_name)
    if logs.prefix:
        load_balancer.set_attribute("access_logs.s3.prefix", logs.prefix.rstrip("/"))
    if policy is not None:
        # The load balancer writes a test object when it is created, and fails if the policy does not exist yet.
        load_balancer.node.add_dependency(policy)
    return bucket


def allow_log_delivery(bucket: s3.IBucket, logs: AccessLogs, by: str) -> IDependable | None:
    """Let load balancers of this account write to a bucket; return what must exist before they do."""
    prefix = f"{logs.prefix.rstrip('/')}/" if logs.prefix else ""
    added = bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(by)],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"{prefix}AWSLogs/{cdk.Aws.ACCOUNT_ID}/*")],
        )
    )
    if by != ELB_LOG_DELIVERY:
        added = bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(by)],
                actions=["s3:GetBucketAcl"],
                resources=[bucket.bucket_arn],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            )
        )
    return added.policy_dependable


def make_bucket(scope: Construct, logs: AccessLogs) -> s3.Bucket:
    """Create a bucket that only load balancers write to."""
    bucket = s3.Bucket(
        scope,
        "AccessLogs",
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=True,
        removal_policy=logs.removal_policy,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=cdk.Duration.days(logs.retention_days),
                noncurrent_version_expiration=cdk.Duration.days(_NONCURRENT_DAYS),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(_INCOMPLETE_UPLOAD_DAYS),
            )
        ],
    )
    acknowledge(bucket, _LOG_BUCKET)
    if bucket.policy is not None:
        # CDK would delete the policy with the stack, and the retained bucket would have none.
        bucket.policy.apply_removal_policy(logs.removal_policy)
    return bucket
