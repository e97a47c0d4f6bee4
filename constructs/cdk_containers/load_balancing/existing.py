"""What is known about an existing load balancer."""

from __future__ import annotations

from aws_cdk import Annotations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.frozen import frozen


@frozen
class ExistingLoadBalancer:
    """A load balancer of another app, or made by hand, as its caller describes it."""

    arn: str
    security_group_id: str
    dns_name: str
    vpc: ec2.IVpc
    allows_all_outbound: bool | None
    hosted_zone_id: str | None
    ip_address_type: elbv2.IpAddressType


def warn_of_unknown_egress(load_balancer: Construct, allows_all_outbound: bool | None) -> None:  # noqa: FBT001
    """Warn if it is unknown whether an imported load balancer may connect to the tasks."""
    if allows_all_outbound is None:
        Annotations.of(load_balancer).add_warning_v2(
            "cdk-containers:unknown-egress",
            "It is unknown whether the security group may connect to the tasks, so no rule is added to it. Write "
            "security_group_allows_all_outbound=False for a load balancer of this library, whose outbound traffic is "
            "restricted, or True if the group allows all outbound traffic",
        )
