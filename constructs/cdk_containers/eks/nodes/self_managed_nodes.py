"""Nodes in your own Auto Scaling group."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import autoscaling
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import DurationLike, argument_problems
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out, resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.instances import Spot, lifetime, lifetime_problems, make_launch_template, what_to_start
from cdk_containers.model.instances import architecture_of, find_instance_type, has_gpus, pods_per_instance

from ..clusters import EksCluster, node_access_entry
from ..rendering import NodeFacts
from .boot_settings import BootSettings
from .checks import node_problems
from .node_options import NodeOptions, image_parameter
from .node_role import make_node_role, no_grants

_NODE_CONFIG = "application/node.eks.aws"
_MOST_TYPES = 40
_AUTOSCALER = "k8s.io/cluster-autoscaler"
_NO_NOTIFICATIONS = Acknowledgement(
    "Nodes start and stop with the pods, so a message for each would be noise",
    cdk_nag=("AwsSolutions-AS3",),
)
_ENCRYPTED = Acknowledgement(
    "The rule does not support groups with mixed instance types; the launch template encrypts the volumes",
    cdk_nag=("AwsSolutions-EC26",),
)


@jsii.implements(iam.IGrantable)
class SelfManagedNodes(CheckedConstruct):
    """EC2 nodes in your own Auto Scaling group, with mixed types, On-Demand and Spot, that register themselves.

    Nodes have protected metadata (IMDSv2, one hop), encrypted volumes, no public address and no SSH key. Their role has
    only the permissions of the kubelet. Pods get permissions from their own identity, so granting something to the
    nodes is an error.

    Attributes:
        cluster: The cluster of the nodes.
        auto_scaling_group: The Auto Scaling group.
        launch_template: The launch template of the nodes.
        node_role: The role of the nodes.

    See https://docs.aws.amazon.com/eks/latest/userguide/worker.html
    """

    cluster: EksCluster
    auto_scaling_group: autoscaling.AutoScalingGroup
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
        spot: Spot | None = None,
        nodes: NodeOptions | None = None,
        subnets: ec2.SubnetSelection | None = None,
        max_instance_lifetime: DurationLike | Disabled | None = None,
        version: str | None = None,
    ) -> None:
        """Create the group, and let its nodes join the cluster.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster of the nodes.
            instance_types: Instance types in order of preference. Several types of one size make Spot interruptions
                rarer.
            max_nodes: Maximum number of nodes.
            min_nodes: Minimum number of nodes. Default: 1.
            spot: Runs all or some of them on Spot. Default: On-Demand.
            nodes: AMI, volume, labels, taints.
            subnets: Subnets of the nodes, such as those of one zone. Default: the node subnets of the cluster.
            max_instance_lifetime: Age at which a node is replaced by one with the newest AMI, 1–365 days.
                `Disabled(reason="…")` sets no limit. Default: 14 days.
            version: Kubernetes version of the nodes, if you upgrade them after the cluster; up to three minor versions
                older. Default: the version of the cluster.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(SelfManagedNodes.__init__, locals())
        nodes = nodes or NodeOptions()
        if spot is not None and not found.has("spot"):
            found.extend(spot.problems(), under="spot")
        node_problems(
            found,
            cluster=cluster,
            instance_types=instance_types,
            nodes=nodes,
            min_nodes=min_nodes,
            max_nodes=max_nodes,
            subnets=subnets,
            version=version,
            most_types=_MOST_TYPES,
        )
        if not found.has("max_instance_lifetime"):
            found.extend(lifetime_problems(max_instance_lifetime))
        if not found.has("cluster"):
            found.extend(_unknown_problems(cluster))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.node_role = make_node_role(self, session_manager=nodes.session_manager)
        max_pods = _max_pods(instance_types) if cluster.prefix_delegation else None
        self.launch_template = make_launch_template(
            self,
            bottlerocket=nodes.bottlerocket,
            root_volume_gib=nodes.root_volume_gib,
            encryption_key=nodes.encryption_key,
            instance_type=instance_types[0],
            machine_image=ec2.MachineImage.from_ssm_parameter(
                image_parameter(instance_types, nodes, version or cluster.version)
            ),
            user_data=_user_data(cluster, nodes, max_pods),
            role=self.node_role,
            # Only the group that control plane and nodes share. A second group with the tag of the cluster would break
            # the AWS Load Balancer Controller.
            security_group=cluster.security_group,
        )
        self.auto_scaling_group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=cluster.vpc,
            vpc_subnets=subnets or cluster.node_subnets,
            min_capacity=min_nodes,
            max_capacity=max_nodes,
            health_checks=autoscaling.HealthChecks.ec2(grace_period=cdk.Duration.minutes(5)),
            max_instance_lifetime=lifetime(max_instance_lifetime),
            default_instance_warmup=cdk.Duration.minutes(5),
            capacity_rebalance=spot is not None or None,
            group_metrics=[autoscaling.GroupMetrics.all()],
            update_policy=autoscaling.UpdatePolicy.instance_refresh(
                strategy=autoscaling.InstanceRefreshStrategy.ROLLING,
                min_healthy_percentage=100,
                max_healthy_percentage=200,
                scale_in_protected_instances=autoscaling.ScaleInProtectedInstances.REFRESH,
            ),
            **what_to_start(self.launch_template, instance_types, spot),
        )
        self._tag(nodes)
        acknowledge(self.auto_scaling_group, _ENCRYPTED)
        acknowledge(self.auto_scaling_group, _NO_NOTIFICATIONS)
        for practice_id, value in (("instance-lifetime", max_instance_lifetime), ("nitro-instances", nodes.nitro_only)):
            if isinstance(value, Disabled):
                record_opt_out(self.auto_scaling_group, practice_id, value)
        group = resource_of(self.auto_scaling_group)
        entry = node_access_entry(
            self, "AccessEntry", cluster=cluster, role_arn=self.node_role.role_arn, type="EC2_LINUX"
        )
        if entry is not None:
            group.add_resource_dependency(entry)
        cluster.add_nodes(
            group,
            NodeFacts(
                name=id,
                instance_types=tuple(instance_types),
                architecture=architecture_of(instance_types),
                gpu=any(has_gpus(name) for name in instance_types),
                capacity_type=None if spot is not None else "ON_DEMAND",
                labels=dict(nodes.labels),
                taints=tuple(nodes.taints),
                prefix_delegation=cluster.prefix_delegation,
                max_pods=max_pods,
                managed=False,
            ),
        )

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: every pod on the nodes could use the permission.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)

    def _tag(self, nodes: NodeOptions) -> None:
        """Tag the instances with their cluster, and describe future nodes for Cluster Autoscaler.

        See https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
        """
        name = self.cluster.cluster_name
        tags = cdk.Tags.of(self.auto_scaling_group)
        tags.add(f"kubernetes.io/cluster/{name}", "owned", apply_to_launched_instances=True)
        described = {f"{_AUTOSCALER}/enabled": "true", f"{_AUTOSCALER}/{name}": "owned"}
        described |= {f"{_AUTOSCALER}/node-template/label/{key}": value for key, value in nodes.labels.items()}
        described |= {
            f"{_AUTOSCALER}/node-template/taint/{taint.key}": f"{taint.value}:{taint.effect}" for taint in nodes.taints
        }
        for key, value in described.items():
            tags.add(key, value, apply_to_launched_instances=False)


def _user_data(cluster: EksCluster, nodes: NodeOptions, max_pods: int | None) -> ec2.UserData:
    settings = BootSettings(
        cluster_name=cluster.cluster_name,
        endpoint=cluster.endpoint,
        certificate_authority_data=cluster.certificate_authority_data,
        service_cidr=cluster.service_cidr,
        labels=nodes.labels,
        taints=nodes.taints,
        max_pods=max_pods,
    )
    if nodes.bottlerocket:
        return ec2.UserData.custom(settings.bottlerocket())
    parts = ec2.MultipartUserData()
    parts.add_part(ec2.MultipartBody.from_raw_body(content_type=_NODE_CONFIG, body=settings.node_config()))
    return parts


def _unknown_problems(cluster: EksCluster) -> list[Problem]:
    """Find an imported cluster without the settings that nodes need."""
    found = Problems()
    needed = {
        "endpoint": cluster.endpoint,
        "certificate_authority_data": cluster.certificate_authority_data,
    }
    missing = [option for option, value in needed.items() if not value]
    if missing:
        found.add(
            "cluster",
            "self-registering nodes need the address of the API and its certificate authority",
            given=cluster.node.path,
            allowed=f"EksCluster.from_attributes(…) with {' and '.join(missing)}",
        )
    return list(found)


def _max_pods(instance_types: Sequence[str]) -> int:
    """Return the maximum number of pods per node with prefixes, for the smallest type; unknown newer types pass."""
    facts = [fact for name in instance_types if (fact := find_instance_type(name)) is not None]
    return min((pods_per_instance(fact, prefix_delegation=True) for fact in facts), default=110)
