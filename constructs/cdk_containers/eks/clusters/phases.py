"""What is made before the nodes of a cluster, and what after them."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks

from cdk_containers.core.errors import ConstructError, Problem
from cdk_containers.core.whereabouts import stack_of


class Phases:
    """The order of nodes, of what they need first, and of what needs them.

    Attributes:
        nodes_come_by_themselves: Whether pods have a place to run without nodes that are added.
    """

    def __init__(self, cluster: cdk.CfnResource | None, on_first_nodes: Callable[[cdk.CfnResource], None]) -> None:
        self.nodes_come_by_themselves = False
        self._cluster = cluster
        self._on_first_nodes = on_first_nodes
        self._nodes: list[cdk.CfnResource] = []
        self._before: list[cdk.CfnResource] = []
        self._after: dict[cdk.CfnResource, bool] = {}  # and whether they wait for nodes already

    def add_nodes(self, nodes: cdk.CfnResource) -> None:
        """Put nodes between what goes before and after them."""
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
        self._after[resource] = False
        for nodes in sorted(self._nodes, key=lambda one: stack_of(one) is not stack_of(resource)):
            self._after[resource] = self._wait_for(resource, nodes, needed=not self._after[resource])

    def _wait_for(self, later: cdk.CfnResource, nodes: cdk.CfnResource, *, needed: bool) -> bool:
        """Have a resource wait for nodes of its own stack, and for others only if it needs some."""
        needed = needed and not self.nodes_come_by_themselves
        if (needed or stack_of(later) is stack_of(nodes)) and not _wait(later, nodes):
            raise _error(nodes, later, "it waits for nodes")
        return True

    def _after_cluster(self, resource: cdk.CfnResource) -> None:
        """Tell CDK now that the stack of a resource comes after the cluster's, which references tell it too late."""
        if self._cluster is None or stack_of(resource) is stack_of(self._cluster):
            return
        if not _wait(resource, self._cluster):
            raise _error(resource, self._cluster, "this needs it")


def _wait(later: cdk.CfnResource, earlier: cdk.CfnResource) -> bool:
    """Have a resource wait for another, and tell whether it can: their stacks may have the other order already."""
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
        what=f"{owner.node.path} is in another stack, and {why}; but the stacks are deployed in the other order",
        given=f"stack {resource.stack.node.path}, and {nodes.stack.node.path} for this",
        allowed="the nodes in the stack of the cluster; or what waits for nodes in the stack that has them",
    )
    return ConstructError((nodes.node.scope or nodes).node.path, [problem])
