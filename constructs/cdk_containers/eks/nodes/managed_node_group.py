"""Nodes that EKS starts, updates, drains and repairs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, disabled_problems, is_token, remember_stack
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import path_of
from cdk_containers.instances import make_launch_template
from cdk_containers.model.instances import architecture_of, has_gpus

from ..clusters import EksCluster, claim_principal, name_reference
from ..rendering import NodeFacts
from .checks import node_problems, subnet_ids
from .node_options import NodeOptions, ami_type
from .node_role import make_node_role, no_grants

_MOST_TYPES = 20
_EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}


@jsii.implements(iam.IGrantable)
class ManagedNodeGroup(CheckedConstruct):
    """EC2 nodes that EKS starts, updates, drains and repairs.

    Nodes have protected metadata (IMDSv2, one hop), encrypted volumes and no SSH key. Their role has only the
    permissions of the kubelet. Pods get permissions from their own identity, so granting something to the nodes is an
    error.

    Attributes:
        cluster: The cluster of the nodes.
        resource: The CloudFormation resource.
        launch_template: The launch template of the nodes.
        node_role: The role of the nodes.

    See https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
    """

    cluster: EksCluster
    resource: eks.CfnNodegroup
    launch_template: ec2.LaunchTemplate
    node_role: iam.Role

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        instance_types: Sequence[str],
        max_nodes: int,
        min_nodes: int = 1,
        desired_nodes: int | None = None,
        spot: bool = False,
        nodes: NodeOptions | None = None,
        subnets: ec2.SubnetSelection | None = None,
        max_unavailable_percent: int = 33,
        node_repair: Literal[True] | Disabled = True,
        version: str | None = None,
        release_version: str | None = None,
    ) -> None:
        """Create a node group.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster of the nodes.
            instance_types: Instance types in order of preference. Several types of one size make Spot interruptions
                rarer. A single type changes in place; a change of several types replaces the group.
            max_nodes: Maximum number of nodes.
            min_nodes: Minimum number of nodes. Default: 1.
            desired_nodes: Number of nodes that each deployment sets. Default: none, so that deployments do not undo an
                autoscaler's changes; if `min_nodes` equals `max_nodes`, that number.
            spot: Runs them on Spot, which EC2 can reclaim with two minutes' notice. Default: False; On-Demand.
            nodes: AMI, volume, labels, taints.
            subnets: Subnets of the nodes, such as those of one zone. Default: the node subnets of the cluster.
            max_unavailable_percent: Percentage of the nodes that an update replaces at a time, 1–100. Default: 33.
            node_repair: Replaces unhealthy nodes. Default: True.
            version: Kubernetes version of the nodes, if you upgrade them after the cluster; up to three minor versions
                older. Default: the version of the cluster, so that EKS updates them after it.
            release_version: AMI release, such as `1.36.1-20261101`. Default: the newest when `version` or the launch
                template changes.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ManagedNodeGroup.__init__, locals())
        nodes = nodes or NodeOptions()
        node_problems(
            found,
            cluster=cluster,
            instance_types=instance_types,
            nodes=nodes,
            min_nodes=min_nodes,
            max_nodes=max_nodes,
            desired_nodes=desired_nodes,
            subnets=subnets,
            version=version,
            most_types=_MOST_TYPES,
        )
        if not found.has("max_unavailable_percent"):
            found.extend(_share_problems(max_unavailable_percent))
        if not found.has("node_repair"):
            found.extend(disabled_problems(node_repair), under="node_repair")
        if not any(found.has(option) for option in ("cluster", "version", "release_version", "nodes")):
            found.extend(_release_problems(release_version, version or cluster.version, nodes))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.node_role = make_node_role(self, session_manager=nodes.session_manager)
        # EKS creates the access entry of a managed node group itself.
        role_arn = self.node_role.role_arn
        claim_principal(cluster, role_arn, path=path_of(self), type="EC2_LINUX")
        one = instance_types[0] if len(instance_types) == 1 else None
        self.launch_template = make_launch_template(
            self,
            bottlerocket=nodes.bottlerocket,
            root_volume_gib=nodes.root_volume_gib,
            encryption_key=nodes.encryption_key,
            # In the launch template, you can change a type without replacing the node group.
            instance_type=one,
        )
        fixed = min_nodes if min_nodes == max_nodes and not is_token(min_nodes) else None
        group = eks.CfnNodegroup
        self.resource = unchecked(
            group,
            self,
            "Group",
            cluster_name=name_reference(cluster),
            node_role=role_arn,
            subnets=list(subnet_ids(cluster, subnets)),
            ami_type=ami_type(instance_types, nodes),
            capacity_type="SPOT" if spot else "ON_DEMAND",
            instance_types=None if one is not None else list(instance_types),
            launch_template=group.LaunchTemplateSpecificationProperty(
                id=self.launch_template.launch_template_id, version=self.launch_template.latest_version_number
            ),
            scaling_config=group.ScalingConfigProperty(
                min_size=min_nodes,
                max_size=max_nodes,
                desired_size=desired_nodes if desired_nodes is not None else fixed,
            ),
            update_config=group.UpdateConfigProperty(max_unavailable_percentage=max_unavailable_percent),
            node_repair_config=group.NodeRepairConfigProperty(enabled=node_repair is True),
            # If an update cannot satisfy a pod disruption budget, it fails; it does not evict the pods.
            force_update_enabled=False,
            labels=dict(nodes.labels) or None,
            taints=[
                group.TaintProperty(key=taint.key, value=taint.value or None, effect=_EFFECTS[taint.effect])
                for taint in nodes.taints
            ]
            or None,
            version=version or cluster.version,
            release_version=release_version,
        )
        remember_stack(self.resource, self)
        for practice_id, value in (("eks-node-repair", node_repair), ("nitro-instances", nodes.nitro_only)):
            if isinstance(value, Disabled):
                record_opt_out(self.resource, practice_id, value)
        cluster.add_nodes(
            self.resource,
            NodeFacts(
                name=id,
                instance_types=tuple(instance_types),
                architecture=architecture_of(instance_types),
                gpu=any(has_gpus(name) for name in instance_types),
                capacity_type="SPOT" if spot else "ON_DEMAND",
                labels=dict(nodes.labels),
                taints=tuple(nodes.taints),
                prefix_delegation=cluster.prefix_delegation,
            ),
        )

    @cached_property
    def node_group_name(self) -> str:
        """Name that EKS gives the group."""
        return self.resource.attr_nodegroup_name

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: every pod on the nodes could use the permission.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)


def _share_problems(percent: int) -> list[Problem]:
    found = Problems()
    if not is_token(percent) and not 1 <= percent <= 100:
        found.add("max_unavailable_percent", "out of range", given=percent, allowed="1–100")
    return list(found)


def _release_problems(release: str | None, version: str, nodes: NodeOptions) -> list[Problem]:
    """Find an Amazon Linux release for another Kubernetes version; Bottlerocket has its own release numbers."""
    found = Problems()
    if release is None or nodes.bottlerocket or is_token([release, version]):
        return []
    if not release.startswith(f"{version}."):
        found.add(
            "release_version",
            "the release is for another Kubernetes version",
            given=release,
            allowed=f"a release such as {version}.1-20261101",
            practice="eks-node-version",
        )
    return list(found)
