"""The name of a cluster as CloudFormation refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_containers.core.asked_once import asked_once

if TYPE_CHECKING:
    from .eks_cluster import EksCluster


@asked_once
def name_reference(cluster: EksCluster) -> str:
    """Return the name of a cluster as a reference, so that dependents are created after the cluster."""
    return cluster.cluster_name if cluster.resource is None else cluster.resource.ref
