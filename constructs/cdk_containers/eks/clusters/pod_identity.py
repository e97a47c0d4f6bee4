"""Trust policies for roles that EKS Pod Identity gives only to the pods of one service account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import account_of, stack_of

if TYPE_CHECKING:
    from .eks_cluster import EksCluster

SERVICE = "pods.eks.amazonaws.com"


def pod_identity_conditions(cluster: EksCluster, namespace: str | None, service_account: str) -> dict[str, object]:
    """Return the conditions that exclude other clusters and service accounts.

    Args:
        cluster: The cluster.
        namespace: Namespace of the service account; None if unknown.
        service_account: The service account.

    See https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    tags = {"aws:RequestTag/kubernetes-service-account": service_account}
    if namespace is not None:
        tags["aws:RequestTag/kubernetes-namespace"] = namespace
    return {
        "StringEquals": {"aws:SourceAccount": account_of(stack_of(cluster))} | tags,
        "ArnEquals": {"aws:SourceArn": cluster.cluster_arn},
    }


def pod_identity_principal(cluster: EksCluster, namespace: str | None, service_account: str) -> iam.IPrincipal:
    """Return the EKS Pod Identity principal for one service account of a cluster."""
    conditions = pod_identity_conditions(cluster, namespace, service_account)
    return iam.SessionTagsPrincipal(unchecked(iam.ServicePrincipal, SERVICE, conditions=conditions))
