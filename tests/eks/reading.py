"""Reading what a cluster was given to apply."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_containers import EksCluster


def files_of(cluster: EksCluster) -> dict[str, list[dict[str, Any]]]:
    """Return the objects of a cluster by the file they are in, with their tokens."""
    return {name: [dict(manifest) for manifest in manifests] for name, manifests in cluster.manifests.files.items()}


def manifests_of(cluster: EksCluster) -> list[dict[str, Any]]:
    """Return the objects of a cluster, with their tokens."""
    return [manifest for manifests in files_of(cluster).values() for manifest in manifests]


def show_manifests(cluster: EksCluster) -> None:
    """Write the objects of a cluster into an output of its template, where tests of all options find them."""
    stack = cdk.Stack.of(cluster)
    cdk.CfnOutput(stack, "Manifests", value=stack.to_json_string({cluster.node.path: manifests_of(cluster)}))
