"""Checks of nodes, alone and in their cluster."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.network import subnet_ids_of, subnet_problems

from ..clusters import EksCluster
from .node_options import NodeOptions, node_type_problems

_VERSION = re.compile(r"1\.(\d+)")
_OLDEST = 3
"""How many minor versions a kubelet may be behind the API server."""


def node_problems(
    found: Problems,
    *,
    cluster: EksCluster,
    instance_types: Sequence[str],
    nodes: NodeOptions,
    min_nodes: int,
    max_nodes: int,
    desired_nodes: int | None = None,
    subnets: ec2.SubnetSelection | None,
    version: str | None,
    most_types: int,
) -> None:
    """Add problems with a group of nodes, managed or not, to those already found."""
    if not found.has("nodes"):
        found.extend(nodes.problems(), under="nodes")
    if not found.has("instance_types"):
        found.extend(node_type_problems(instance_types, None if found.has("nodes") else nodes, most=most_types))
    if not any(found.has(option) for option in ("min_nodes", "max_nodes", "desired_nodes")):
        found.extend(size_problems(min_nodes, max_nodes, desired_nodes))
    if not found.has("cluster"):
        if version is not None and not found.has("version"):
            found.extend(skew_problems(version, cluster.version))
        if not found.has("subnets"):
            found.extend(node_subnet_problems(cluster, subnets))


def size_problems(low: int, high: int, desired: int | None = None) -> list[Problem]:
    """Find numbers of nodes that EKS or EC2 Auto Scaling refuses."""
    found = Problems()
    if not is_token(low) and low < 0:
        found.add("min_nodes", "out of range", given=low, allowed="0 or more", practice="eks-node-count")
    if not is_token([low, high]) and (high < 1 or high < low):
        found.add(
            "max_nodes",
            "less than the minimum, or 0",
            given=high,
            allowed=f"{max(low, 1)} or more",
            practice="eks-node-count",
        )
    elif desired is not None and not is_token([low, high, desired]) and not low <= desired <= high:
        found.add(
            "desired_nodes",
            "out of range",
            given=desired,
            allowed=f"{low}–{high}, or remove it to leave it to an autoscaler",
            practice="eks-node-count",
        )
    return list(found)


def skew_problems(version: str, cluster_version: str) -> list[Problem]:
    """Find a node version that is incompatible with the version of the cluster.

    See https://kubernetes.io/releases/version-skew-policy/#kubelet
    """
    found = Problems()
    if is_token(version):
        found.add("version", "known only at deployment", allowed="a version such as 1.36", practice="eks-node-version")
        return list(found)
    nodes, control_plane = _VERSION.fullmatch(version), _VERSION.fullmatch(cluster_version)
    if control_plane is None:
        return []
    newest = int(control_plane[1])
    if nodes is None or not newest - _OLDEST <= int(nodes[1]) <= newest:
        found.add(
            "version",
            "nodes must not be newer than their cluster, and no more than three minor versions older",
            given=version,
            allowed=f"1.{newest - _OLDEST} to {cluster_version}",
            practice="eks-node-version",
        )
    return list(found)


def node_subnet_problems(cluster: EksCluster, subnets: ec2.SubnetSelection | None) -> list[Problem]:
    """Find a selection of subnets that the network lacks, or that have no outbound access."""
    return [] if subnets is None else subnet_problems(cluster.vpc, subnets, "subnets")


def subnet_ids(cluster: EksCluster, subnets: ec2.SubnetSelection | None) -> Sequence[str]:
    """Return the subnets of nodes: those selected, or the default of the cluster."""
    return subnet_ids_of(cluster.vpc, subnets or cluster.node_subnets)
