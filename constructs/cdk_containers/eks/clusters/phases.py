"""What is made before the nodes of a cluster, and what after them."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks

from cdk_containers.core.errors import ConstructError, Problem


class Phases:
    """The order of nodes, of what they need first, and of what needs them."""

    def __init__(self, cluster: cdk.CfnResource | None, on_first_nodes: Callable[[cdk.CfnResource], None]) -> None:
        self._cluster = cluster
        self._on_first_nodes = on_first_nodes
        self._nodes: list[cdk.CfnResource] = []
        self._before: list[cdk.CfnResource] = []
        self._after: list[cdk.CfnResource] = []

    def add_nodes(self, nodes: cdk.CfnResource) -> None:
        """Put nodes between what goes before and after them."""
        self._after_cluster(nodes)
        first = not self._nodes
        for earlier in self._before:
            if not _wait(nodes, earlier):
                raise _error(nodes, earlier, "nodes wait for it")
        for later in self._after:
            # With nodes in its own stack, it needs to wait for no others.
            if not _wait(later, nodes) and not any(_waits(later, other) for other in self._nodes):
                raise _error(nodes, later, "it waits for nodes")
        self._nodes.append(nodes)
        if first:
            self._on_first_nodes(nodes)

    @property
    def node_versions(self) -> dict[str, str]:
        """Versions of Kubernetes of managed nodes that say one, by path."""
        return {
            (nodes.node.scope or nodes).node.path: nodes.version
            for nodes in self._nodes
            if isinstance(nodes, eks.CfnNodegroup) and nodes.version is not None
        }

    def before_nodes(self, resource: cdk.CfnResource) -> None:
        """Have nodes wait for a resource."""
        self._after_cluster(resource)
        for nodes in self._nodes:
            if not _wait(nodes, resource):
                raise _error(nodes, resource, "nodes wait for it")
        self._before.append(resource)

    def after_nodes(self, resource: cdk.CfnResource) -> None:
        """Have a resource wait for nodes."""
        self._after_cluster(resource)
        waiting = [_wait(resource, nodes) for nodes in self._nodes]
        if self._nodes and not any(waiting):
            raise _error(self._nodes[0], resource, "it waits for nodes")
        self._after.append(resource)

    def _after_cluster(self, resource: cdk.CfnResource) -> None:
        """Tell CDK now that the stack of a resource comes after the cluster's, which references tell it too late."""
        if self._cluster is not None and resource.stack is not self._cluster.stack:
            resource.add_resource_dependency(self._cluster)


def _wait(later: cdk.CfnResource, earlier: cdk.CfnResource) -> bool:
    """Have a resource wait for another, and tell whether it can: their stacks may have the other order already."""
    try:
        later.add_resource_dependency(earlier)
    except RuntimeError as error:
        if "cyclic" not in str(error):
            raise
        return False
    return True


def _waits(later: cdk.CfnResource, earlier: cdk.CfnResource) -> bool:
    return later.stack is earlier.stack or earlier.stack in later.stack.dependencies


def _error(nodes: cdk.CfnResource, resource: cdk.CfnResource, why: str) -> ConstructError:
    owner = resource.node.scope or resource
    problem = Problem(
        option="cluster",
        what=f"{owner.node.path} is in another stack, and {why}; the stacks have the other order",
        given=f"{resource.stack.node.path}; the nodes are in {nodes.stack.node.path}",
        allowed="the nodes and what goes before or after them in one stack, or that of the nodes for what needs them",
    )
    return ConstructError((nodes.node.scope or nodes).node.path, [problem])
