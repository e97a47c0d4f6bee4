"""Letting nodes into a cluster: one access entry for each role."""

from __future__ import annotations

from typing import Literal
from weakref import WeakKeyDictionary

from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from ..clusters import EksCluster

NodeEntryType = Literal["EC2_LINUX", "HYBRID_LINUX"]

_entries: WeakKeyDictionary[EksCluster, dict[str, eks.CfnAccessEntry]] = WeakKeyDictionary()


def node_access_entry(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    cluster: EksCluster,
    role_arn: str,
    type: NodeEntryType,  # noqa: A002
) -> eks.CfnAccessEntry:
    """Let nodes with a role join a cluster; nodes that share a role share an entry, since EKS refuses a second one.

    See https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """
    known = _entries.setdefault(cluster, {})
    if role_arn not in known:
        known[role_arn] = eks.CfnAccessEntry(
            scope, id, cluster_name=cluster.cluster.cluster_name, principal_arn=role_arn, type=type
        )
    return known[role_arn]
