"""What is created before the nodes of a cluster, and what after them."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks

from cdk_containers.core.errors import ConstructError, Problem
from cdk_containers.core.whereabouts import stack_of


class Phases:
    """The order of nodes, their prerequisites, and what needs them.

    Attributes:
        nodes_come_by_themselves: Whether pods can run without added nodes.
    """

    def __init__(self, cluster: cdk.CfnResource | None, on_first_nodes: Callable[[cdk.CfnResource], None]) -> None:
        self.nodes_come_by_themselves = False
        self._cluster = cluster
        self._on_first_nodes = on_first_nodes
        self._nodes: list[cdk.CfnResource] = []
        self._before: list[cdk.CfnResource] = []
        self._after: dict[cdk.CfnResource, bool] = {}  # and whether they already wait for nodes

    def add_nodes(self, nodes: cdk.CfnResource) -> None:
        """Add nodes between their prerequisites and what needs them."""
        self._after_cluster(nodes)
        first = not self._nodes
        for earlier in self._before:
            if not _wait(nodes, earlier):
                raise _error(nodes, earlier, "nodes wait for it")
        for later, waits in self._after.items():
            self._after[later] = self._wait_for(later, nodes, needed=not waits)
        self._nodes.append(nodes)
        if first:
            self._on_first_nodes(nodes)

    @property
    def node_versions(self) -> dict[str, str]:
        """Kubernetes versions of managed nodes with a pinned version, by path."""
        return {
            (nodes.node.scope or nodes).node.path: nodes.version
            for nodes in self._nodes
            if isinstance(nodes, eks.CfnNodegroup) and nodes.version is not None
        }

    def before_nodes(self, resource: cdk.CfnResource) -> None:
        """Make nodes wait for a resource."""
        self._after_cluster(resource)
        for nodes in self._nodes:
            if not _wait(nodes, resource):
                raise _error(nodes, resource, "nodes wait for it")
        self._before.append(resource)

    def after_nodes(self, resource: cdk.CfnResource) -> None:
        """Make a resource wait for nodes."""
        self._after_cluster(resource)
        self._after[resource] = False
        for nodes in sorted(self._nodes, key=lambda one: stack_of(one) is not stack_of(resource)):
            self._after[resource] = self._wait_for(resource, nodes, needed=not self._after[resource])

    def _wait_for(self, later: cdk.CfnResource, nodes: cdk.CfnResource, *, needed: bool) -> bool:
        """Make a resource wait for nodes of the same stack, and for others only if it needs nodes."""
        needed = needed and not self.nodes_come_by_themselves
        if (needed or stack_of(later) is stack_of(nodes)) and not _wait(later, nodes):
            raise _error(nodes, later, "it waits for nodes")
        return True

    def _after_cluster(self, resource: cdk.CfnResource) -> None:
        """Tell CDK now that the stack of a resource depends on the cluster's; references would do so too late."""
        if self._cluster is None or stack_of(resource) is stack_of(self._cluster):
            return
        if not _wait(resource, self._cluster):
            raise _error(resource, self._cluster, "this needs it")


def _wait(later: cdk.CfnResource, earlier: cdk.CfnResource) -> bool:
    """Make a resource wait for another, and tell whether it can: their stacks may already have the opposite order."""
    try:
        later.add_resource_dependency(earlier)
    except RuntimeError as error:
        if "cyclic" not in str(error):
            raise
        return False
    return True


def _error(nodes: cdk.CfnResource, resource: cdk.CfnResource, why: str) -> ConstructError:
    owner = resource.node.scope or resource
    problem = Problem(
        option="cluster",
        what=f"{owner.node.path} is in another stack, and {why}, but the stacks are deployed in the opposite order",
        given=f"stack {resource.stack.node.path}, and {nodes.stack.node.path} for this",
        allowed="the nodes in the stack of the cluster; or whatever waits for nodes in the stack of the nodes",
    )
    return ConstructError((nodes.node.scope or nodes).node.path, [problem])
