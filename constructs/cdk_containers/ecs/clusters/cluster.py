"""An ECS cluster."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import (
    argument_problems,
    disabled_problems,
    is_token,
    name_problem,
    security_group_problems,
)
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs, allow_log_encryption, owned_log_group
from cdk_containers.network import (
    WHICH_SUBNETS,
    Network,
    NetworkLike,
    subnet_ids_of,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
    warn_without_way_out,
    which_subnets_problems,
)

from .capacity import Capacity, FargateCapacity, LaunchType, strategy_problems


class Cluster(CheckedConstruct):
    """A cluster with Fargate and Fargate Spot, Container Insights, and logs of ECS Exec sessions.

    Add instances with `Ec2Capacity` or `ManagedInstancesCapacity`.

    Attributes:
        cluster: The CDK cluster.
        network: The network in which its tasks run, as you passed it.
        vpc: Its VPC.
        task_subnets: The subnets in which its tasks run.
        default_strategy: Capacity provider strategy for services that do not set their own.
        instance_security_groups: The security groups of its instances, one for each capacity on EC2.
        execute_command_log_group: The log group of ECS Exec sessions; None if unknown, for an imported cluster.
        has_container_insights: Whether it has metrics of its tasks; None if unknown, for an imported cluster.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html
    """

    cluster: ecs.ICluster
    network: NetworkLike
    vpc: ec2.IVpc
    task_subnets: ec2.SubnetSelection
    default_strategy: Sequence[Capacity]
    instance_security_groups: list[ec2.ISecurityGroup]
    execute_command_log_group: aws_logs.ILogGroup | None = None
    has_container_insights: bool | None = None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        network: NetworkLike | None = None,
        capacity: Sequence[Capacity] = (FargateCapacity(),),
        container_insights: ecs.ContainerInsights | Disabled = ecs.ContainerInsights.ENHANCED,
        execute_command_logs: Logs | None = None,
        encryption_key: kms.IKey | None = None,
        cluster_name: str | None = None,
    ) -> None:
        """Create a cluster.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            network: The network of its tasks, as a `Network` or a CDK VPC. Default: a new `Network`.
            capacity: Capacity provider strategy for services that do not set their own. Default: Fargate.
                `[FargateCapacity(base=2), FargateCapacity.spot(weight=3)]` runs two tasks on Fargate, and three of four
                further tasks on Spot.
            container_insights: Metrics of clusters, services, tasks and containers, which cost money.
                `Disabled(reason="…")` turns them off. Default: enhanced.
            execute_command_logs: Where ECS Exec logs the input and output of sessions. Default: a log group that keeps
                them for a year.
            encryption_key: KMS key for ECS Exec sessions, and for their log group unless that has its own key. Default:
                none; sessions always use TLS.
            cluster_name: Name of the cluster. Default: a name that CloudFormation generates.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Cluster.__init__, locals())
        if not found.has("capacity"):
            found.extend(strategy_problems(capacity))
            found.extend(_foreign_capacity_problems(capacity))
        if execute_command_logs is not None and not found.has("execute_command_logs"):
            found.extend(execute_command_logs.problems(), under="execute_command_logs")
        found.extend(disabled_problems(container_insights), under="container_insights")
        found.extend(_name_problems(found, cluster_name))
        if network is not None and not found.has("network"):
            found.extend(task_subnet_problems(network))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        network = network or Network(self, "Network")
        self.network = network
        self.vpc = vpc_of(network)
        self.task_subnets = task_subnets_of(network)
        warn_without_way_out(self, network)
        self.default_strategy = tuple(capacity)
        self._execute_command_configuration: ecs.ExecuteCommandConfiguration | None = self._execute_command(
            execute_command_logs, encryption_key
        )
        off = isinstance(container_insights, Disabled)
        self.has_container_insights = not off and container_insights != ecs.ContainerInsights.DISABLED
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=self.vpc,
            cluster_name=cluster_name,
            container_insights_v2=(
                ecs.ContainerInsights.DISABLED if isinstance(container_insights, Disabled) else container_insights
            ),
            execute_command_configuration=self._execute_command_configuration,
        )
        if isinstance(container_insights, Disabled):
            record_opt_out(self.cluster, "container-insights", container_insights)
        self._providers = ["FARGATE", "FARGATE_SPOT"]
        self.instance_security_groups = []
        # CDK creates this association in an aspect, too late for a service to depend on it.
        self._association: ecs.CfnClusterCapacityProviderAssociations | None = (
            ecs.CfnClusterCapacityProviderAssociations(
                self,
                "CapacityProviders",
                cluster=self.cluster.cluster_name,
                capacity_providers=list(self._providers),
                default_capacity_provider_strategy=[
                    ecs.CfnClusterCapacityProviderAssociations.CapacityProviderStrategyProperty(
                        capacity_provider=share.provider, base=share.base, weight=share.weight
                    )
                    for share in capacity
                    if not isinstance(share, LaunchType)
                ],
            )
        )

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster_name: str,
        network: NetworkLike,
        capacity: Sequence[Capacity] | None = None,
        instance_security_group_ids: Sequence[str] = (),
        execute_command_log_group: aws_logs.ILogGroup | None = None,
        encryption_key: kms.IKey | None = None,
        has_container_insights: bool | None = None,
    ) -> Cluster:
        """Use an existing cluster.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster_name: Its name.
            network: The network of its tasks.
            capacity: Capacity for services and jobs that do not set their own. A strategy such as `[FargateCapacity()]`
                requires that the capacity provider is associated with the cluster. Changing between a launch type and a
                strategy replaces services. Default: `[LaunchType.FARGATE]`, which works in every cluster.
            instance_security_group_ids: Security groups of its instances, for daemons, and for tasks of
                `LaunchType.EC2` with bridge or host networking. Default: unknown; instances of an `Ec2Capacity` have
                their own.
            execute_command_log_group: Log group of ECS Exec sessions. Task roles of services with ECS Exec get
                permission to write to it. Default: none.
            encryption_key: KMS key of its ECS Exec sessions. Task roles of services with ECS Exec get permission to
                decrypt with it. Default: none.
            has_container_insights: Whether it has metrics of its tasks. Default: unknown.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.from_attributes, locals())
        strategy = (LaunchType.FARGATE,) if capacity is None else capacity
        if not found.has("capacity"):
            found.extend(strategy_problems(strategy))
        if not found.has("network"):
            found.extend(task_subnet_problems(network))
        found.extend(_name_problems(found, cluster_name))
        if not found.has("instance_security_group_ids"):
            for index, group in enumerate(instance_security_group_ids):
                found.extend(security_group_problems(f"instance_security_group_ids[{index}]", group))
        found.raise_for(scope, id)
        return _ImportedCluster(
            scope,
            id,
            cluster_name=cluster_name,
            network=network,
            capacity=strategy,
            instance_security_group_ids=instance_security_group_ids,
            execute_command_log_group=execute_command_log_group,
            encryption_key=encryption_key,
            has_container_insights=has_container_insights,
        )

    @property
    def is_imported(self) -> bool:
        """Whether the cluster belongs to another app."""
        return self._association is None

    def which_subnets_problems(self, option: str, *, ask: str = "") -> list[Problem]:
        """Find a VPC with several groups of private subnets, none of which is selected for this cluster."""
        of_cluster = f"a cluster with {WHICH_SUBNETS}"
        return which_subnets_problems(self.network, option, ask=f"{ask}, or {of_cluster}" if ask else of_cluster)

    @cached_property
    def cluster_name(self) -> str:
        """The name of the cluster."""
        return self.cluster.cluster_name

    @cached_property
    def cluster_arn(self) -> str:
        """The ARN of the cluster."""
        return self.cluster.cluster_arn

    @cached_property
    def task_subnet_ids(self) -> list[str]:
        """The ids of the subnets in which its tasks run."""
        return subnet_ids_of(self.vpc, self.task_subnets)

    @cached_property
    def with_instances(self) -> ecs.ICluster:
        """The same cluster for CDK's services on EC2, which must know that it has instances.

        CDK's own method would also create the association with capacity providers a second time, and too late.
        """
        return ecs.Cluster.from_cluster_attributes(
            self,
            "WithInstances",
            cluster_name=self.cluster.cluster_name,
            vpc=self.vpc,
            has_ec2_capacity=True,
            execute_command_configuration=self._execute_command_configuration,
        )

    def add_provider(self, name: str, security_group: ec2.ISecurityGroup) -> None:
        """Add a capacity provider and its instances to the cluster; `Ec2Capacity` calls this."""
        self.instance_security_groups.append(security_group)
        self._providers.append(name)
        if self._association is not None:
            self._association.capacity_providers = list(self._providers)

    @property
    def capacity_ready(self) -> list[Construct]:
        """What a service must be created after, and deleted before.

        Without this, CloudFormation may create a service before ECS knows the capacity, and remove the capacity while
        the service still uses it.
        """
        return [] if self._association is None else [self._association]

    def _execute_command(self, logs: Logs | None, key: kms.IKey | None) -> ecs.ExecuteCommandConfiguration:
        logs = logs or Logs(encryption_key=key)
        if key is not None:
            allow_log_encryption(key)
        self.execute_command_log_group = owned_log_group(self, "ExecuteCommandLogs", logs)
        return ecs.ExecuteCommandConfiguration(
            kms_key=key,
            logging=ecs.ExecuteCommandLogging.OVERRIDE,
            log_configuration=ecs.ExecuteCommandLogConfiguration(
                cloud_watch_log_group=self.execute_command_log_group,
                cloud_watch_encryption_enabled=True if logs.encryption_key is not None else None,
            ),
        )


class _ImportedCluster(Cluster):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster_name: str,
        network: NetworkLike,
        capacity: Sequence[Capacity],
        instance_security_group_ids: Sequence[str],
        execute_command_log_group: aws_logs.ILogGroup | None,
        encryption_key: kms.IKey | None,
        has_container_insights: bool | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.network = network
        self.vpc = vpc_of(network)
        self.task_subnets = task_subnets_of(network)
        warn_without_way_out(self, network)
        self.default_strategy = tuple(capacity)
        self.has_container_insights = has_container_insights
        self.execute_command_log_group = execute_command_log_group
        self._execute_command_configuration = _known_execute_command(execute_command_log_group, encryption_key)
        self._association = None
        self._providers = []
        self.instance_security_groups = [
            ec2.SecurityGroup.from_security_group_id(self, f"Instances{index or ''}", group)
            for index, group in enumerate(instance_security_group_ids)
        ]
        self.cluster = ecs.Cluster.from_cluster_attributes(
            self,
            "Cluster",
            cluster_name=cluster_name,
            vpc=self.vpc,
            execute_command_configuration=self._execute_command_configuration,
        )


def _known_execute_command(
    log_group: aws_logs.ILogGroup | None, key: kms.IKey | None
) -> ecs.ExecuteCommandConfiguration | None:
    """Return the session settings of an imported cluster, from which CDK derives the permissions of a task."""
    if log_group is None:
        return None if key is None else ecs.ExecuteCommandConfiguration(kms_key=key)
    return ecs.ExecuteCommandConfiguration(
        kms_key=key,
        logging=ecs.ExecuteCommandLogging.OVERRIDE,
        log_configuration=ecs.ExecuteCommandLogConfiguration(cloud_watch_log_group=log_group),
    )


def strategy_of(capacity: Sequence[Capacity] | None, cluster: Cluster | None) -> Sequence[Capacity]:
    """Return the strategy of tasks: their own, or that of the cluster."""
    if capacity is not None:
        return capacity
    return (FargateCapacity(),) if cluster is None else cluster.default_strategy


def _foreign_capacity_problems(capacity: Sequence[Capacity]) -> list[Problem]:
    found = Problems()
    for index, share in enumerate(capacity):
        instances = getattr(share, "capacity", None)
        if isinstance(instances, Construct):
            found.add(
                f"capacity[{index}]",
                "instances belong to an existing cluster, and this one does not exist yet",
                given=instances.node.path,
                allowed="FargateCapacity(); set instances on services: capacity=[ec2_capacity.share()]",
                practice="capacity-beside-cluster",
            )
    return list(found)


def _name_problems(known: Problems, name: str | None) -> list[Problem]:
    found = Problems()
    if name is not None and not known.has("cluster_name") and not is_token(name) and (wrong := name_problem(name)):
        found.add("cluster_name", wrong, given=name, allowed="up to 255 letters, digits, hyphens and underscores")
    return list(found)
