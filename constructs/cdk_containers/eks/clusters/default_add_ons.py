"""The default add-ons of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.core.whereabouts import stack_of

from .add_on_options import AddOnOptions
from .add_on_resources import BEFORE_NODES, DEFAULTS, add_on_role, make_add_on, possible_defaults
from .managed_policies import aws_managed_policy

if TYPE_CHECKING:
    from .eks_cluster import EksCluster


class DefaultAddOns:
    """The default add-ons of a cluster, some before its nodes, some after the first of them."""

    def __init__(self, cluster: EksCluster, given: Mapping[str, AddOnOptions | Disabled]) -> None:
        self._cluster = cluster
        self._options: dict[str, AddOnOptions] = {}
        for name in possible_defaults(cluster.compute):
            options = given.get(name, AddOnOptions() if name in DEFAULTS[cluster.compute] else None)
            if options is None:
                continue
            if not isinstance(options, Disabled):
                self._options[name] = options
            elif cluster.resource is not None:
                record_opt_out(cluster.resource, "eks-managed-add-ons", options)

    def make_before_nodes(self) -> None:
        """Create those that nodes need, and announce the others."""
        for name in list(self._options):
            if name in BEFORE_NODES:
                self._make(self._cluster, name)
            else:
                self._cluster.promise_add_on(name, self._options[name].version)

    def make_after_nodes(self, nodes: cdk.CfnResource | None = None) -> None:
        """Create those whose pods need nodes, in the stack of the first nodes, where they can wait for them."""
        if self._options:
            stack, own = stack_of(nodes or self._cluster), stack_of(self._cluster)
            scope = self._cluster if stack is own else Construct(stack, f"{self._cluster.cluster_name}-AddOns")
            for name in list(self._options):
                self._make(scope, name)

    def _make(self, scope: Construct, name: str) -> None:
        cluster = self._cluster
        roles: dict[str, iam.IRole] = {}
        if name == "vpc-cni" and cluster.pod_identity_agent is not None:
            roles["aws-node"] = add_on_role(
                scope,
                "VpcCniRole",
                cluster=cluster,
                service_account="aws-node",
                policies=[aws_managed_policy("AmazonEKS_CNI_Policy")],
                namespace="kube-system",
            )
        make_add_on(
            scope,
            "".join(part.capitalize() for part in name.split("-")),
            cluster=cluster,
            name=name,
            options=self._options.pop(name),
            defaults=possible_defaults(cluster.compute)[name],
            roles=roles,
        )
