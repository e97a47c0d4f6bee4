"""Tags by which load balancers of Kubernetes find their subnets."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from cdk_containers.network import NetworkLike, vpc_of

_PUBLIC, _PRIVATE = "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"


def tag_subnets(network: NetworkLike, private: ec2.SubnetSelection) -> None:
    """Tag the subnets of a VPC that CDK makes, in whatever stack it is.

    The tags name no cluster: nothing is referred to, subnets are not replaced, and clusters can share them. Subnets
    that exist already cannot be tagged by a template.
    """
    vpc = vpc_of(network)
    if not isinstance(vpc, ec2.Vpc):
        return
    chosen = vpc.select_subnets(
        availability_zones=private.availability_zones,
        one_per_az=private.one_per_az,
        subnet_filters=private.subnet_filters,
        subnet_group_name=private.subnet_group_name,
        subnet_type=private.subnet_type,
        subnets=private.subnets,
    )
    for subnets, key in ((vpc.public_subnets, _PUBLIC), (chosen.subnets, _PRIVATE)):
        for subnet in subnets:
            cdk.Tags.of(subnet).add(key, "1", include_resource_types=["AWS::EC2::Subnet"])
