"""EC2 instances that ECS chooses, starts, patches and ends itself."""

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
    "AWS documents this managed policy as the rights that ECS needs to start and end instances, and keeps it current; "
    "it is limited to what carries the tag of ECS",
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
        """What tasks run on here."""
        return "MANAGED_INSTANCES"


@jsii.implements(ec2.IConnectable, iam.IGrantable)
class ManagedInstancesCapacity(CheckedConstruct):
    """ECS Managed Instances: AWS chooses, starts, patches and ends EC2 instances for the tasks of a cluster.

    There is no Auto Scaling group, no machine image and no way to log in. An instance is replaced after 14 days at the
    latest. The role of the instances holds what the ECS agent needs; granting something to it is an error.

    Attributes:
        cluster: The cluster that has the capacity.
        capacity_provider: The capacity provider.
        infrastructure_role: What ECS acts as to start and end instances.
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
    """Whether it is another app's, and only what was said of it is known."""

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
        """Make a capacity.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster that gets the capacity.
            requirements: What instances must have. Default: ECS chooses among general-purpose types.
            capacity_option: `SPOT` is cheaper, and ended with two minutes' notice. Default: `ON_DEMAND`.
            storage_size_gib: Size of the volume for images, logs and what containers write. Default: 80.
            monitoring: CloudWatch metrics each minute (`DETAILED`, billed), or every five (`BASIC`). Default:
                `DETAILED`.
            scale_in_after: Time that an instance is idle or underused before ECS moves its tasks and ends it, 0–3600 s.
                Default: as ECS decides. `Disabled(reason="…")` keeps such instances.
            retired: Say that its tasks move elsewhere, one deployment before you remove it: no service or job may name
                it. Default: False.
            reservations: Start instances in Capacity Reservations of EC2. Default: none.
            local_storage: Keep images, logs and what containers write on the instance's own disks, where its type has
                some, instead of the volume. Default: False.
            metadata_tags: Let the instance read its tags from its metadata. False where a tag has characters that the
                metadata does not take, such as a slash. Default: True, as ECS.
            fips: Use cryptographic modules that are validated by FIPS 140-2. Default: as ECS, in AWS GovCloud (US)
                only.

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
                    "Spot instances are not in reservations",
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
        # Not CDK's L2: it knows no scale_in_after, and names the instance role, which the managed policy makes it do.
        self.capacity_provider = provider(
            self,
            "Provider",
            name=self._name(),
            # ECS ties it to the cluster by this; an association beside it is refused.
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
        """Use a capacity provider of Managed Instances that exists. Nothing about its instances is changed.

        Of the attributes, an imported capacity has `cluster` and `security_group`.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster that has the capacity, mostly a `Cluster.from_attributes`.
            capacity_provider_name: Name of the capacity provider, not its ARN.
            security_group_id: Security group of the instances, which tasks with host networking have too.
            requirements: What its instances have, to find tasks that do not fit. Default: nobody knows.

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
            base: Tasks that run here before the weights count. Default: 0.
            weight: Share of the tasks beyond the bases. Default: 1.
        """
        return ManagedInstancesShare(base=base, weight=weight, capacity=self)

    @property
    def connections(self) -> ec2.Connections:
        """Who may connect to the instances, and they to whom."""
        return self._connections

    @cached_property
    def _connections(self) -> Connections:
        return Connections(security_groups=[self.security_group])

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: what instances may do, every task on them could do.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)

    def _make_infrastructure_role(self) -> iam.Role:
        """Make the role that ECS starts instances as.

        Its managed policy lets it pass roles named `ecsInstanceRole…` only. Ours has a name of CloudFormation's, which
        no other stack can have taken, so a statement that lets ECS pass just that one is added.
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
        """Return a name where CloudFormation's own, which begins with the stack's, would be refused."""
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
