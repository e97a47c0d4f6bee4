"""Permissions of the AWS Load Balancer Controller, as documented, for the load balancers of one cluster.

It omits what the chart values turn off (AWS WAF Classic and AWS Shield), and addresses of Outposts.

See https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

LOOK = (
    "acm:DescribeCertificate",
    "acm:ListCertificates",
    "cognito-idp:DescribeUserPoolClient",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeIpamPools",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:GetSecurityGroupsForVpc",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
    "iam:GetServerCertificate",
    "iam:ListServerCertificates",
    "wafv2:GetWebACL",
    "wafv2:GetWebACLForResource",
)
"""Read actions, most of which support no resource-level permissions."""

MAKE = ("CreateLoadBalancer", "CreateTargetGroup")
"""Actions that set the tag of the cluster."""

CHANGE = (
    "DeleteLoadBalancer",
    "DeleteTargetGroup",
    "ModifyCapacityReservation",
    "ModifyIpPools",
    "ModifyListenerAttributes",
    "ModifyLoadBalancerAttributes",
    "ModifyTargetGroup",
    "ModifyTargetGroupAttributes",
    "SetIpAddressType",
    "SetSecurityGroups",
    "SetSubnets",
)
"""Actions limited to resources with the tag of the cluster."""

LISTEN = (
    "AddListenerCertificates",
    "CreateListener",
    "CreateRule",
    "DeleteListener",
    "DeleteRule",
    "ModifyListener",
    "ModifyRule",
    "RemoveListenerCertificates",
    "SetRulePriorities",
)
"""Listeners and their rules, whose tags an ingress may remove."""

_TAG = "elbv2.k8s.aws/cluster"


def controller_statements(scope: cdk.Stack, cluster_name: str, vpc_id: str) -> list[iam.PolicyStatement]:
    """Return the permissions of the controller of a cluster.

    Args:
        scope: The stack of its role, in the account and region of the cluster.
        cluster_name: Name of the cluster, which the controller sets as a tag.
        vpc_id: The VPC of the cluster.
    """
    balancing = "elasticloadbalancing"

    own = {f"aws:ResourceTag/{_TAG}": cluster_name}
    new = {f"aws:RequestTag/{_TAG}": cluster_name}
    keep_tag = {"StringEquals": own, "Null": {f"aws:RequestTag/{_TAG}": "true"}}

    def arn(service: str, resource: str, name: str, **place: Any) -> str:
        return scope.format_arn(service=service, resource=resource, resource_name=name, **place)

    groups = arn("ec2", "security-group", "*")
    vpc = arn("ec2", "vpc", vpc_id, account="*")  # a shared VPC belongs to another account
    balancers = [arn(balancing, "loadbalancer", f"{kind}/*/*") for kind in ("app", "net")]
    target_groups = arn(balancing, "targetgroup", "*/*")
    listeners = [arn(balancing, kind, f"{of}/*/*/*") for kind in ("listener", "listener-rule") for of in ("app", "net")]
    role = f"aws-service-role/{balancing}.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"

    def allow(
        service: str, actions: tuple[str, ...], resources: list[str], conditions: Mapping[str, object] | None = None
    ) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            actions=[f"{service}:{action}" for action in actions] if service else list(actions),
            resources=resources,
            conditions=conditions,
        )

    return [
        allow("", LOOK, ["*"]),
        allow(
            "iam",
            ("CreateServiceLinkedRole",),
            [arn("iam", "role", role, region="")],
            {"StringEquals": {"iam:AWSServiceName": f"{balancing}.amazonaws.com"}},
        ),
        allow("ec2", ("CreateSecurityGroup",), [vpc, groups]),
        allow(
            "ec2",
            ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"),
            [groups],
            {"ArnLike": {"ec2:Vpc": vpc}},
        ),
        allow("ec2", ("CreateTags",), [groups], {"StringEquals": {**new, "ec2:CreateAction": "CreateSecurityGroup"}}),
        allow("ec2", ("CreateTags", "DeleteTags"), [groups], keep_tag),
        allow("ec2", ("DeleteSecurityGroup",), [groups], {"StringEquals": own}),
        allow(balancing, MAKE, [*balancers, target_groups], {"StringEquals": new}),
        allow(
            balancing,
            ("AddTags",),
            [*balancers, target_groups],
            {"StringEquals": {**new, f"{balancing}:CreateAction": list(MAKE)}},
        ),
        allow(balancing, ("AddTags", "RemoveTags"), [*balancers, target_groups], keep_tag),
        allow(balancing, ("AddTags", "RemoveTags"), listeners),
        allow(balancing, CHANGE, [*balancers, target_groups, *listeners], {"StringEquals": own}),
        allow(balancing, LISTEN, [*balancers, *listeners]),
        # Target groups of the app in a TargetGroupBinding do not have the tag.
        allow(balancing, ("DeregisterTargets", "RegisterTargets"), [target_groups]),
        allow(balancing, ("SetWebAcl",), ["*"]),
        allow(
            "wafv2", ("AssociateWebACL", "DisassociateWebACL"), [arn("wafv2", "regional/webacl", "*/*"), balancers[0]]
        ),
    ]
