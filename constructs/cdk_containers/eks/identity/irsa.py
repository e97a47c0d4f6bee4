"""IAM roles for service accounts (IRSA)."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.opt_outs import resource_of

_AUDIENCE = "sts.amazonaws.com"


def irsa_role(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    provider_arn: str,
    namespace: str,
    service_account: str,
) -> iam.Role:
    """Create a role for the pods of one service account, with their token (IRSA).

    The names of the conditions contain the issuer, which is known only at deployment. CloudFormation does not support
    references in names, so the whole policy is JSON text with placeholders. CDK's own method needs a Lambda function
    and a custom resource.

    See https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """
    role = iam.Role(scope, id, assumed_by=iam.WebIdentityPrincipal(provider_arn))
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": "${Provider}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        "${Issuer}:aud": _AUDIENCE,
                        "${Issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
                    }
                },
            }
        ],
    }
    issuer = cdk.Fn.select(1, cdk.Fn.split(":oidc-provider/", provider_arn))
    resource_of(role).add_property_override(
        "AssumeRolePolicyDocument",
        cdk.Fn.sub(json.dumps(document, separators=(",", ":")), {"Provider": provider_arn, "Issuer": issuer}),
    )
    return role
