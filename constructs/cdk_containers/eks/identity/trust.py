"""Whom a role trusts so that the pods of one service account get it, and no other pods."""

from __future__ import annotations

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.opt_outs import resource_of

from ..clusters import EksCluster

_POD_IDENTITY = "pods.eks.amazonaws.com"
_AUDIENCE = "sts.amazonaws.com"


def trust_of_pod_identity(cluster: EksCluster, namespace: str, service_account: str) -> iam.PolicyStatement:
    """Return the statement by which EKS Pod Identity may give a role to the pods of one service account.

    The conditions on the tags that EKS sends keep out an association for another service account, which somebody who
    may pass the role could make.

    See https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(_POD_IDENTITY)],
        actions=["sts:AssumeRole", "sts:TagSession"],
        conditions=_conditions_of_pod_identity(cluster, namespace, service_account),
    )


def pod_identity_role(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    cluster: EksCluster,
    namespace: str,
    service_account: str,
    managed_policies: Sequence[iam.IManagedPolicy] = (),
) -> iam.Role:
    """Make a role that EKS Pod Identity gives to the pods of one service account."""
    return iam.Role(
        scope,
        id,
        assumed_by=iam.SessionTagsPrincipal(
            iam.ServicePrincipal(
                _POD_IDENTITY, conditions=_conditions_of_pod_identity(cluster, namespace, service_account)
            )
        ),
        managed_policies=list(managed_policies),
    )


def irsa_role(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    provider_arn: str,
    namespace: str,
    service_account: str,
) -> iam.Role:
    """Make a role that the pods of one service account get with their token (IRSA).

    The names of the conditions hold the issuer, which a deployment knows. CloudFormation takes no references in names,
    so the whole policy is a text with places to fill; CDK's own way takes a Lambda function and a custom resource.

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


def _conditions_of_pod_identity(cluster: EksCluster, namespace: str, service_account: str) -> dict[str, object]:
    return {
        "StringEquals": {
            "aws:SourceAccount": cdk.Stack.of(cluster).account,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": service_account,
        },
        "ArnEquals": {"aws:SourceArn": cluster.cluster_arn},
    }
