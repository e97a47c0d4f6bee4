"""Tags with which Kubernetes load balancers find their subnets."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.asked_once import asked_once
from cdk_containers.network import NetworkLike, select_subnets, vpc_of

_PUBLIC, _PRIVATE = "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"
_tagged: WeakKeyDictionary[ec2.ISubnet, str] = WeakKeyDictionary()


def tag_subnets(network: NetworkLike, private: ec2.SubnetSelection) -> None:
    """Tag the subnets of a VPC that CDK creates, in any stack.

    The tags do not contain the cluster, so they add no reference, do not replace subnets, and clusters can share them.
    A template cannot tag existing subnets.
    """
    vpc = vpc_of(network)
    if not isinstance(vpc, ec2.Vpc):
        return
    chosen = select_subnets(vpc, private)
    for subnets, key in ((_public_subnets_of(vpc), _PUBLIC), (chosen.subnets, _PRIVATE)):
        for subnet in subnets:
            if _tagged.get(subnet) != key:  # otherwise another cluster shares it
                _tagged[subnet] = key
                cdk.Tags.of(subnet).add(key, "1", include_resource_types=["AWS::EC2::Subnet"])


@asked_once
def _public_subnets_of(vpc: ec2.Vpc) -> list[ec2.ISubnet]:
    return vpc.public_subnets
