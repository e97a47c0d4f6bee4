"""EC2 instances that run tasks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from cdk_containers.core.cdk_modules import autoscaling, sns
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, argument_problems
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.instances import Spot, lifetime_problems
from cdk_containers.network import Connections, has_ipv6

from ..tasks import Platform
from .capacity import Capacity, existing_capacity_problems
from .cluster import Cluster
from .container_instance_role import make_instance_role, no_grants
from .ec2_capacity_checks import size_problems, stack_problems
from .ec2_group import add_group_scaling, make_group, notify
from .ec2_launch_template import make_ecs_launch_template
from .ec2_scaling import GroupScaling, ManagedScaling
from .instance_options import InstanceOptions, instance_type_problems

_NO_NOTIFICATIONS = Acknowledgement(
    "Instances start and stop with the tasks, so a message for each would be noise; alarms of the services show a "
    "lack of capacity. Set notification_topic to send them",
    cdk_nag=("AwsSolutions-AS3",),
)
_ENCRYPTED = Acknowledgement(
    "The rule does not support groups with mixed instance types; the launch template encrypts the volumes",
    cdk_nag=("AwsSolutions-EC26",),
)


@frozen
class Ec2Share(Capacity):
    """A share of a capacity provider strategy on EC2 instances; see `Ec2Capacity.share`."""

    capacity: Ec2Capacity

    @property
    def provider(self) -> str:
        """Name of the capacity provider."""
        return self.capacity.provider_name

    @property
    def kind(self) -> str:
        """Kind of the capacity."""
        return "EC2"

    @property
    def platform(self) -> Platform:
        """The platform of tasks here."""
        return "EC2"


@jsii.implements(ec2.IConnectable, iam.IGrantable)
class Ec2Capacity(CheckedConstruct):
    """Container instances in an Auto Scaling group that ECS scales and drains for the tasks of a cluster.

    Instances have protected metadata (IMDSv2, one hop), encrypted volumes, no public address and no SSH key. Their role
    has only the permissions of the ECS agent. An application gets its permissions from the task role of its service, so
    granting something to the capacity is an error.

    Attributes:
        cluster: The cluster that has the capacity.
        auto_scaling_group: The Auto Scaling group.
        launch_template: The launch template of its instances.
        capacity_provider: The capacity provider of the group.
        instance_role: The role of the instances.
        security_group: The security group of the instances.
        retired: Whether you are about to remove it.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html
    """

    cluster: Cluster
    auto_scaling_group: autoscaling.AutoScalingGroup
    launch_template: ec2.LaunchTemplate
    capacity_provider: ecs.AsgCapacityProvider
    instance_role: iam.Role
    security_group: ec2.ISecurityGroup
    retired: bool = False

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        instance_types: Sequence[str],
        max_instances: int,
        min_instances: int | None = None,
        spot: Spot | None = None,
        instances: InstanceOptions | None = None,
        scaling: ManagedScaling | GroupScaling | None = None,
        max_instance_lifetime: DurationLike | Disabled | None = None,
        notification_topic: sns.ITopic | None = None,
        retired: bool = False,
    ) -> None:
        """Create capacity.

        Args:
            scope: The parent, in the stack of the cluster.
            id: Name among the parent's children.
            cluster: The cluster that gets the capacity.
            instance_types: Instance types in order of preference. Several types of one size make Spot interruptions
                rarer.
            max_instances: Maximum number of instances.
            min_instances: Minimum number of instances. Default: 0, because ECS starts instances for tasks; 1 with
                `GroupScaling`, which measures no load without instances.
            spot: Runs them on Spot. Default: On-Demand.
            instances: AMI, volume, user data.
            scaling: How it scales: `ManagedScaling()` by ECS, or `GroupScaling()` by the group itself. Default:
                `ManagedScaling()`.
            max_instance_lifetime: Age at which an instance is replaced by one with the newest AMI, 1–365 days.
                `Disabled(reason="…")` sets no limit. Default: 14 days.
            notification_topic: SNS topic for notifications of each instance that starts or terminates. Default: none.
            retired: Prepares its removal. Set it one deployment before you remove the capacity: no service or job may
                use it, and the group may shrink to 0. Default: False.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Ec2Capacity.__init__, locals())
        instances = instances or InstanceOptions()
        scaling = scaling or ManagedScaling()
        if min_instances is None:
            min_instances = 1 if isinstance(scaling, GroupScaling) else 0
        for option, part in (("instances", instances), ("scaling", scaling), ("spot", spot)):
            if part is not None and not found.has(option):
                found.extend(part.problems(), under=option)
        if not found.has("instance_types"):
            found.extend(instance_type_problems(instance_types, None if found.has("instances") else instances))
        if not found.has("min_instances") and not found.has("max_instances"):
            found.extend(size_problems(min_instances, max_instances, scaling))
        if not found.has("max_instance_lifetime"):
            found.extend(lifetime_problems(max_instance_lifetime))
        if not found.has("cluster"):
            found.extend(stack_problems(scope, cluster))
            found.extend(cluster.which_subnets_problems("cluster"))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.instance_types = tuple(instance_types)
        self.max_instances = max_instances
        self.instances = instances
        self.instance_role = make_instance_role(self, cluster.cluster)
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=cluster.vpc,
            description="Container instances",
            allow_all_ipv6_outbound=has_ipv6(cluster.vpc),
        )
        self.launch_template = make_ecs_launch_template(
            self,
            cluster_name=cluster.cluster.cluster_name,
            instance_types=instance_types,
            instances=instances,
            role=self.instance_role,
            security_group=self.security_group,
        )
        self.retired = retired
        self.auto_scaling_group = make_group(
            self,
            cluster=cluster,
            launch_template=self.launch_template,
            instance_types=instance_types,
            min_instances=0 if retired else min_instances,
            max_instances=max_instances,
            spot=spot,
            scaling=scaling,
            max_lifetime=max_instance_lifetime,
        )
        acknowledge(self.auto_scaling_group, _ENCRYPTED)
        if notification_topic is None:
            acknowledge(self.auto_scaling_group, _NO_NOTIFICATIONS)
        else:
            notify(self.auto_scaling_group, notification_topic)
        if isinstance(scaling, GroupScaling):
            add_group_scaling(self, self.auto_scaling_group, scaling)
        self.capacity_provider = self._make_provider(scaling)
        self._record_opt_outs(scaling, max_instance_lifetime)
        self.provider_name = self.capacity_provider.capacity_provider_name
        cluster.add_provider(self.provider_name, self.security_group)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        capacity_provider_name: str,
        security_group_id: str,
        instance_types: Sequence[str] = (),
        eni_trunking: bool = False,
    ) -> Ec2Capacity:
        """Use a capacity provider with an existing Auto Scaling group. The library does not change its instances.

        Of the attributes, an imported capacity has `cluster` and `security_group`.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster of the capacity, usually a `Cluster.from_attributes`. A cluster of this app gets an
                association with the capacity provider.
            capacity_provider_name: Name of the capacity provider, not its ARN.
            security_group_id: Security group of the instances and of their tasks with bridge or host networking.
            instance_types: Types of its instances, to find tasks that do not fit. Default: unknown, which skips this
                check.
            eni_trunking: Whether the account has `awsvpcTrunking` on, so that more tasks with their own network
                interface fit. Default: False.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(existing_capacity_problems(found, capacity_provider_name, security_group_id))
        if instance_types and not found.has("instance_types"):
            found.extend(instance_type_problems(instance_types, None))
        found.raise_for(scope, id)
        return _ImportedEc2Capacity(
            scope,
            id,
            cluster=cluster,
            capacity_provider_name=capacity_provider_name,
            security_group_id=security_group_id,
            instance_types=instance_types,
            instances=InstanceOptions(eni_trunking=eni_trunking),
        )

    def share(self, *, base: int = 0, weight: int = 1) -> Ec2Share:
        """Return a share of a strategy: `capacity=[on_demand.share(base=2), spot.share(weight=3)]`.

        Args:
            base: Number of tasks that run here before the weights apply. Default: 0.
            weight: Share of the remaining tasks, relative to the other weights. Default: 1.
        """
        return Ec2Share(base=base, weight=weight, capacity=self)

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound and outbound connections of the instances."""
        return self._connections

    @cached_property
    def _connections(self) -> Connections:
        return Connections(security_groups=self.auto_scaling_group.connections.security_groups)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: every task on the instances could use the permission.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)

    def _make_provider(self, scaling: ManagedScaling | GroupScaling) -> ecs.AsgCapacityProvider:
        if isinstance(scaling, GroupScaling):
            return ecs.AsgCapacityProvider(
                self,
                "Provider",
                auto_scaling_group=self.auto_scaling_group,
                enable_managed_scaling=False,
                enable_managed_termination_protection=False,
                enable_managed_draining=True,
            )
        return ecs.AsgCapacityProvider(
            self,
            "Provider",
            auto_scaling_group=self.auto_scaling_group,
            enable_managed_scaling=True,
            target_capacity_percent=scaling.target_capacity_percent,
            minimum_scaling_step_size=scaling.minimum_step,
            maximum_scaling_step_size=scaling.maximum_step,
            instance_warmup_period=scaling.instance_warmup_seconds,
            enable_managed_termination_protection=scaling.termination_protection is True,
            enable_managed_draining=scaling.draining is True,
        )

    def _record_opt_outs(
        self, scaling: ManagedScaling | GroupScaling, max_lifetime: DurationLike | Disabled | None
    ) -> None:
        provider = self.capacity_provider.node.find_child(self.capacity_provider.node.id)
        chosen: list[tuple[IConstruct, str, object]] = [
            (self.auto_scaling_group, "nitro-instances", self.instances.nitro_only),
            (self.auto_scaling_group, "instance-lifetime", max_lifetime),
        ]
        if isinstance(scaling, ManagedScaling):
            chosen += [
                (provider, "managed-termination-protection", scaling.termination_protection),
                (provider, "managed-draining", scaling.draining),
            ]
        for construct, practice_id, value in chosen:
            if isinstance(value, Disabled):
                record_opt_out(construct, practice_id, value)
        if self.instances.ssh_key is not None:
            record_opt_out(self.launch_template, "no-ssh", Disabled(self.instances.ssh_key.reason))


class _ImportedEc2Capacity(Ec2Capacity):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        capacity_provider_name: str,
        security_group_id: str,
        instance_types: Sequence[str],
        instances: InstanceOptions,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.cluster = cluster
        self.instance_types = tuple(instance_types)
        self.instances = instances
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "SecurityGroup", security_group_id)
        self.provider_name = capacity_provider_name
        cluster.add_provider(self.provider_name, self.security_group)

    @property
    def connections(self) -> ec2.Connections:
        return self.security_group.connections
