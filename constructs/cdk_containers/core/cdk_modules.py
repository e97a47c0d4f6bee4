"""Modules of AWS CDK that most stacks do not need. Each is loaded on first use.

Together they take longer to load than this library. You can use their names in annotations, which load nothing: an
option's type hint is read when a caller sets the option.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any


class _LoadedOnUse:
    """Proxy of a CDK module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self._name), name)
        setattr(self, name, value)
        return value


class _Cdk:
    """Proxy of CDK, whose modules are also proxies."""

    def __getattr__(self, name: str) -> _LoadedOnUse:
        return _LoadedOnUse(f"aws_cdk.{name}")


if TYPE_CHECKING:
    import aws_cdk as cdk
else:
    cdk = _Cdk()

acm = cdk.aws_certificatemanager
autoscaling = cdk.aws_autoscaling
cloudwatch_actions = cdk.aws_cloudwatch_actions
codebuild = cdk.aws_codebuild
codedeploy = cdk.aws_codedeploy
codepipeline = cdk.aws_codepipeline
ecr = cdk.aws_ecr
ecr_assets = cdk.aws_ecr_assets
efs = cdk.aws_efs
elb = cdk.aws_elasticloadbalancing
kms = cdk.aws_kms
lambda_ = cdk.aws_lambda
pipelines = cdk.pipelines
route53 = cdk.aws_route53
route53_targets = cdk.aws_route53_targets
s3 = cdk.aws_s3
secretsmanager = cdk.aws_secretsmanager
servicediscovery = cdk.aws_servicediscovery
signer = cdk.aws_signer
sfn = cdk.aws_stepfunctions
sns = cdk.aws_sns
sns_subscriptions = cdk.aws_sns_subscriptions
sqs = cdk.aws_sqs
vpclattice = cdk.aws_vpclattice
wafv2 = cdk.aws_wafv2
