"""EC2 instances that ECS chooses, starts, patches and terminates."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, argument_problems, disabled_problems, is_token, seconds
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.network import Connections, has_ipv6, subnet_ids_of

from ..tasks import Platform
from .capacity import Capacity, existing_capacity_problems
from .capacity_reservations import CapacityReservations
from .cluster import Cluster
from .container_instance_role import make_managed_instance_role, no_grants
from .instance_requirements import InstanceRequirements

_POLICY = "AmazonECSInfrastructureRolePolicyForManagedInstances"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents and maintains this managed policy as the permissions that ECS needs to start and terminate "
    "instances; it is limited to resources with the ECS tag",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",),
)
_MAX_SCALE_IN_SECONDS = 3600
_RESERVED = ("aws", "ecs", "fargate")


@frozen
class ManagedInstancesShare(Capacity):
    """A share of a capacity provider strategy on Managed Instances; see `ManagedInstancesCapacity.share`."""

    capacity: ManagedInstancesCapacity

    @property
    def provider(self) -> str:
        """Name of the capacity provider."""
        return self.capacity.provider_name

    @property
    def kind(self) -> str:
        """Kind of the capacity."""
        return "Managed Instances"

    @property
    def platform(self) -> Platform:
        """The platform of tasks here."""
        return "MANAGED_INSTANCES"


@jsii.implements(ec2.IConnectable, iam.IGrantable)
class ManagedInstancesCapacity(CheckedConstruct):
    """ECS Managed Instances: AWS chooses, starts, patches and terminates EC2 instances for the tasks of a cluster.

    You manage no Auto Scaling group and no AMI, and no one can log in. ECS replaces an instance after at most 14 days.
    The role of the instances has only the permissions of the ECS agent; granting something to it is an error.

    Attributes:
        cluster: The cluster that has the capacity.
        capacity_provider: The capacity provider.
        infrastructure_role: The role with which ECS starts and terminates instances.
        instance_role: The role of the instances.
        security_group: The security group of the instances, and of tasks with host networking.
        retired: Whether it is about to be removed.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html
    """

    cluster: Cluster
    capacity_provider: ecs.CfnCapacityProvider
    infrastructure_role: iam.Role
    instance_role: iam.Role
    security_group: ec2.ISecurityGroup
    retired: bool = False
    is_imported: bool = False
    """Whether it belongs to another app and only its attributes are known."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        requirements: InstanceRequirements | None = None,
        capacity_option: Literal["ON_DEMAND", "SPOT"] = "ON_DEMAND",
        storage_size_gib: int = 80,
        monitoring: Literal["BASIC", "DETAILED"] = "DETAILED",
        scale_in_after: DurationLike | Disabled | None = None,
        retired: bool = False,
        reservations: CapacityReservations | None = None,
        local_storage: bool = False,
        metadata_tags: bool = True,
        fips: bool | None = None,
    ) -> None:
        """Create capacity.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster that gets the capacity.
            requirements: Requirements of instances. Default: ECS chooses among general-purpose types.
            capacity_option: Purchase option. `SPOT` is cheaper, but EC2 can reclaim instances with two minutes' notice.
                Default: `ON_DEMAND`.
            storage_size_gib: Size of the volume for images, logs and data of containers in GiB. Default: 80.
            monitoring: CloudWatch metrics each minute (`DETAILED`, which costs money) or every five minutes (`BASIC`).
                Default: `DETAILED`.
            scale_in_after: Time that an instance is idle or underused before ECS moves its tasks and terminates it,
                0–3600 s. `Disabled(reason="…")` keeps such instances. Default: ECS decides.
            retired: Prepares its removal. Set it one deployment before you remove the capacity: no service or job may
                use it. Default: False.
            reservations: EC2 Capacity Reservations in which instances start. Default: none.
            local_storage: Keeps images, logs and data of containers on the instance store, if the type has one, instead
                of the volume. Default: False.
            metadata_tags: Lets the instance read its tags from its metadata. Set it to False if a tag has characters
                that metadata does not support, such as a slash. Default: True, as in ECS.
            fips: Uses cryptographic modules validated to FIPS 140-2. Default: as in ECS, only in AWS GovCloud (US).

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ManagedInstancesCapacity.__init__, locals())
        if requirements is not None and not found.has("requirements"):
            found.extend(requirements.problems(), under="requirements")
        if not found.has("storage_size_gib") and not is_token(storage_size_gib) and storage_size_gib < 1:
            found.add(
                "storage_size_gib",
                "out of range",
                given=storage_size_gib,
                allowed="1 or more",
                practice="managed-instance-requirements",
            )
        if not found.has("cluster"):
            found.extend(cluster.which_subnets_problems("cluster"))
        if not found.has("scale_in_after"):
            found.extend(_scale_in_problems(scale_in_after))
        if reservations is not None and not found.has("reservations"):
            found.extend(reservations.problems(), under="reservations")
            if capacity_option == "SPOT":
                found.add(
                    "reservations",
                    "Spot Instances cannot use Capacity Reservations",
                    given=Shown("capacity_option SPOT"),
                    allowed="capacity_option ON_DEMAND, or no reservations",
                    practice="managed-instance-requirements",
                )
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.requirements = requirements
        self.retired = retired
        self.instance_role = make_managed_instance_role(self, cluster.cluster)
        self.infrastructure_role = self._make_infrastructure_role()
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=cluster.vpc,
            description="Managed instances",
            allow_all_ipv6_outbound=has_ipv6(cluster.vpc),
        )
        profile = iam.InstanceProfile(self, "InstanceProfile", role=self.instance_role)
        provider = ecs.CfnCapacityProvider
        # Not CDK's L2, because it does not support scale_in_after and gives the instance role a fixed name for the
        # managed policy.
        self.capacity_provider = provider(
            self,
            "Provider",
            name=self._name(),
            # This adds it to the cluster; ECS refuses an additional association.
            cluster_name=cluster.cluster.cluster_name,
            managed_instances_provider=provider.ManagedInstancesProviderProperty(
                infrastructure_role_arn=self.infrastructure_role.role_arn,
                propagate_tags="CAPACITY_PROVIDER",
                infrastructure_optimization=_optimization(scale_in_after),
                instance_launch_template=provider.InstanceLaunchTemplateProperty(
                    ec2_instance_profile_arn=profile.instance_profile_arn,
                    capacity_option_type=capacity_option if reservations is None else "RESERVED",
                    capacity_reservations=None if reservations is None else reservations.render(),
                    fips_enabled=fips,
                    instance_metadata_tags_propagation=None if metadata_tags else False,
                    local_storage_configuration=provider.ManagedInstancesLocalStorageConfigurationProperty(
                        use_local_storage=True
                    )
                    if local_storage
                    else None,
                    monitoring=monitoring,
                    instance_requirements=requirements.render() if requirements is not None else None,
                    network_configuration=provider.ManagedInstancesNetworkConfigurationProperty(
                        subnets=subnet_ids_of(cluster.vpc, cluster.task_subnets),
                        security_groups=[self.security_group.security_group_id],
                    ),
                    storage_configuration=provider.ManagedInstancesStorageConfigurationProperty(
                        storage_size_gib=storage_size_gib
                    ),
                ),
            ),
        )
        if isinstance(scale_in_after, Disabled):
            record_opt_out(self.capacity_provider, "managed-instance-scale-in", scale_in_after)
        self.provider_name = self.capacity_provider.ref

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        capacity_provider_name: str,
        security_group_id: str,
        requirements: InstanceRequirements | None = None,
    ) -> ManagedInstancesCapacity:
        """Use an existing capacity provider of Managed Instances. The library does not change its instances.

        Of the attributes, an imported capacity has `cluster` and `security_group`.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster of the capacity, usually a `Cluster.from_attributes`.
            capacity_provider_name: Name of the capacity provider, not its ARN.
            security_group_id: Security group of the instances and of their tasks with host networking.
            requirements: Requirements of its instances, to find tasks that do not fit. Default: unknown, which skips
                this check.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(existing_capacity_problems(found, capacity_provider_name, security_group_id))
        if requirements is not None and not found.has("requirements"):
            found.extend(requirements.problems(), under="requirements")
        found.raise_for(scope, id)
        return _ImportedManagedInstancesCapacity(
            scope,
            id,
            cluster=cluster,
            capacity_provider_name=capacity_provider_name,
            security_group_id=security_group_id,
            requirements=requirements,
        )

    def share(self, *, base: int = 0, weight: int = 1) -> ManagedInstancesShare:
        """Return a share of a strategy: `capacity=[on_demand.share(base=2), spot.share(weight=3)]`.

        Args:
            base: Number of tasks that run here before the weights apply. Default: 0.
            weight: Share of the remaining tasks, relative to the other weights. Default: 1.
        """
        return ManagedInstancesShare(base=base, weight=weight, capacity=self)

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound and outbound connections of the instances."""
        return self._connections

    @cached_property
    def _connections(self) -> Connections:
        return Connections(security_groups=[self.security_group])

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: every task on the instances could use the permission.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)

    def _make_infrastructure_role(self) -> iam.Role:
        """Create the role with which ECS starts instances.

        Its managed policy can pass only roles named `ecsInstanceRole…`. Ours has a name from CloudFormation, which is
        unique, so an additional statement lets ECS pass exactly this role.
        """
        role = iam.Role(
            self,
            "InfrastructureRole",
            assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
            inline_policies={
                "PassInstanceRole": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            actions=["iam:PassRole"],
                            resources=[self.instance_role.role_arn],
                            conditions={"StringLike": {"iam:PassedToService": "ec2.*"}},
                        )
                    ]
                )
            },
        )
        acknowledge(role, _MANAGED_POLICY)
        return role

    def _name(self) -> str | None:
        """Return a name if ECS would refuse the generated one, which begins with the stack's name."""
        stack_name = cdk.Stack.of(self).stack_name
        if is_token(stack_name) or not stack_name.lower().startswith(_RESERVED):
            return None
        return f"cp-{cdk.Names.unique_resource_name(self, max_length=252, allowed_special_characters='-_')}"


class _ImportedManagedInstancesCapacity(ManagedInstancesCapacity):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        capacity_provider_name: str,
        security_group_id: str,
        requirements: InstanceRequirements | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.cluster = cluster
        self.requirements = requirements
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "SecurityGroup", security_group_id)
        self.provider_name = capacity_provider_name
        self.is_imported = True


def _optimization(
    scale_in_after: DurationLike | Disabled | None,
) -> ecs.CfnCapacityProvider.InfrastructureOptimizationProperty | None:
    if scale_in_after is None:
        return None
    after = -1 if isinstance(scale_in_after, Disabled) else seconds(scale_in_after)
    return ecs.CfnCapacityProvider.InfrastructureOptimizationProperty(scale_in_after=after)


def _scale_in_problems(scale_in_after: DurationLike | Disabled | None) -> list[Problem]:
    found = Problems()
    found.extend(disabled_problems(scale_in_after), under="scale_in_after")
    if scale_in_after is not None and not isinstance(scale_in_after, Disabled):
        value = seconds(scale_in_after)
        if not is_token(value) and not 0 <= value <= _MAX_SCALE_IN_SECONDS:
            found.add(
                "scale_in_after",
                "out of range",
                given=Shown(f"{value} s"),
                allowed=f"0–{_MAX_SCALE_IN_SECONDS} s",
                practice="managed-instance-scale-in",
            )
    return list(found)
