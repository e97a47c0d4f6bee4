"""Networks of hybrid nodes outside AWS."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

_PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
_MOST = 15
_PRACTICE = "eks-hybrid-networks"


def remote_network_problems(
    nodes: Sequence[str], pods: Sequence[str], *, apart_from: Sequence[str | None]
) -> list[Problem]:
    """Find networks that EKS refuses, or that overlap with each other, with services, or with the VPC.

    See https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html
    """
    found = Problems()
    taken = [block for text in apart_from if text is not None and (block := _block(text)) is not None]
    for option, networks in (("remote_node_networks", nodes), ("remote_pod_networks", pods)):
        if len(networks) > _MOST:
            found.add(option, "too many", given=len(networks), allowed=f"up to {_MOST} CIDR blocks", practice=_PRACTICE)
        for index, text in enumerate(networks):
            if is_token(text):
                continue
            block = _block(text)
            if block is None or not any(block.subnet_of(private) for private in _PRIVATE):
                what = "not a private IPv4 CIDR block"
                allowed = "a CIDR block such as 10.80.0.0/16"
            elif clash := next((other for other in taken if other.overlaps(block)), None):
                what, allowed = (
                    f"it overlaps with {clash}",
                    "CIDR blocks that do not overlap with each other, with service_cidr or with the network",
                )
            else:
                taken.append(block)
                continue
            found.add(f"{option}[{index}]", what, given=text, allowed=allowed, practice=_PRACTICE)
    if pods and not nodes:
        found.add(
            "remote_pod_networks",
            "pods outside AWS need nodes there",
            given=list(pods),
            allowed="also set remote_node_networks",
            practice=_PRACTICE,
        )
    return list(found)


def remote_network_config(
    nodes: Sequence[str], pods: Sequence[str]
) -> eks.CfnCluster.RemoteNetworkConfigProperty | None:
    """Return the networks as a CloudFormation property; None if there are none."""
    if not nodes:
        return None
    cluster = eks.CfnCluster
    return cluster.RemoteNetworkConfigProperty(
        remote_node_networks=[cluster.RemoteNodeNetworkProperty(cidrs=list(nodes))],
        remote_pod_networks=[cluster.RemotePodNetworkProperty(cidrs=list(pods))] if pods else None,
    )


def let_remote_networks_in(scope: Construct, vpc: ec2.IVpc, networks: Sequence[str]) -> ec2.SecurityGroup:
    """Create a security group of the control plane that lets machines of those networks reach the API."""
    group = ec2.SecurityGroup(
        scope,
        "RemoteNetworks",
        vpc=vpc,
        description="Machines outside AWS, to the Kubernetes API",
        allow_all_outbound=False,  # the group that EKS creates allows outbound traffic
    )
    for network in networks:
        group.add_ingress_rule(ec2.Peer.ipv4(network), ec2.Port.tcp(443), "Kubernetes API")
    return group


def _block(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text)
    except ValueError:
        return None
