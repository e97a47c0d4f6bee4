"""Principals of a cluster: one access entry for each IAM principal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from cdk_containers.core.errors import ConstructError, Problem, Problems, child_path
from cdk_containers.core.frozen import frozen
from cdk_containers.core.hashes import short_hash
from cdk_containers.core.inputs import is_token
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import path_of

from .name_reference import name_reference

if TYPE_CHECKING:
    from .eks_cluster import EksCluster

EntryType = Literal["STANDARD", "EC2_LINUX", "EC2_WINDOWS", "EC2", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"]

NodeEntryType = Literal["EC2_LINUX", "EC2_WINDOWS", "EC2", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"]


@frozen
class Claim:
    """An access entry of a construct or of EKS.

    Attributes:
        path: The construct that it belongs to.
        type: Its type.
        resource: The entry; None if EKS creates it.
    """

    path: str
    type: EntryType
    resource: eks.CfnAccessEntry | None = None


class Principals:
    """The principals of one cluster: EKS refuses a second access entry for one of them."""

    def __init__(self) -> None:
        self._claims: dict[str, Claim] = {}

    def __getitem__(self, principal_arn: str) -> Claim | None:
        return self._claims.get(principal_arn)

    def problems(self, principal_arn: str, *, path: str, option: str) -> list[Problem]:
        """Find a principal that already has an access entry.

        Args:
            principal_arn: The principal.
            path: The construct that needs an entry.
            option: The option that contains the principal.
        """
        found = Problems()
        if (claim := self[principal_arn]) is not None:
            found.add(
                option,
                f"the principal already has an access entry: {claim.path} ({claim.type}) and {path} both use it",
                given=None if is_token(principal_arn) else principal_arn,
                allowed="one access entry for each principal of a cluster, with all its policies and groups",
                practice="eks-access-entries",
            )
        return list(found)

    def claim(self, principal_arn: str, claim: Claim) -> None:
        """Register an access entry."""
        self._claims[principal_arn] = claim


def claim_principal(cluster: EksCluster, principal_arn: str, *, path: str, type: EntryType) -> None:  # noqa: A002
    """Register a principal whose access entry EKS creates, such as the role of a managed node group.

    Args:
        cluster: The cluster.
        principal_arn: The principal.
        path: The construct that it belongs to.
        type: The type of the entry that EKS creates.

    Raises:
        ConstructError: The principal has an access entry of another type.
    """
    claim = cluster.principals[principal_arn]
    if claim is not None and claim.type != type:
        raise ConstructError(path, cluster.principals.problems(principal_arn, path=path, option="role"))
    if claim is None:
        cluster.principals.claim(principal_arn, Claim(path=path, type=type))


def node_access_entry(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    cluster: EksCluster,
    role_arn: str,
    type: NodeEntryType,  # noqa: A002
) -> eks.CfnAccessEntry | None:
    """Let nodes with a role join a cluster.

    Nodes that share a role share an entry: the first call creates it, and later calls return it. It is None if EKS
    creates it, as for the roles of managed node groups and Fargate profiles.

    Raises:
        ConstructError: The role has an access entry of another type.
    """
    path = child_path(scope, id)
    claim = cluster.principals[role_arn]
    if claim is None:
        return make_entry(scope, id, cluster=cluster, principal_arn=role_arn, type=type)
    if claim.type != type:
        raise ConstructError(path, cluster.principals.problems(role_arn, path=path, option="role"))
    return claim.resource


def make_entry(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    cluster: EksCluster,
    principal_arn: str,
    type: EntryType = "STANDARD",  # noqa: A002
    policies: Sequence[eks.CfnAccessEntry.AccessPolicyProperty] = (),
    kubernetes_groups: Sequence[str] = (),
    username: str | None = None,
) -> eks.CfnAccessEntry:
    """Create and register an access entry."""
    entry = unchecked(
        eks.CfnAccessEntry,
        scope,
        id,
        cluster_name=name_reference(cluster),
        principal_arn=principal_arn,
        type=type,
        access_policies=list(policies) or None,
        kubernetes_groups=list(kubernetes_groups) or None,
        username=username,
    )
    cluster.principals.claim(principal_arn, Claim(path=f"{path_of(scope)}/{id}", type=type, resource=entry))
    return entry


def id_of_principal(scope: Construct, prefix: str, principal_arn: str) -> str:
    """Return an id that stays the same for a principal when the order of a list changes.

    A new id would create a second entry for the principal before deleting the first, which EKS refuses.
    """
    known = principal_arn
    if is_token(principal_arn):
        known = json.dumps(cdk.Stack.of(scope).resolve(principal_arn), sort_keys=True)
    return f"{prefix}{short_hash(known)}"
