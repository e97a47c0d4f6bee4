"""Input of a service, and its problems by option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, disabled_problems, is_token, name_problem, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.deployments import Deployment, Rolling
from cdk_containers.load_balancing import AlbExposure, Exposure, NlbExposure, exposed_ports, exposure_problems
from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy
from cdk_containers.model.workload import Container, EfsVolume, ImageLike, Volume, Workload
from cdk_containers.network import efs_problems
from cdk_containers.observability import Alarms
from cdk_containers.scaling import DEFAULT_COUNT, ServiceScaling, count_problems

from ..clusters import (
    Capacity,
    Cluster,
    fit_problems,
    instance_groups_of,
    owner_problems,
    platform_of,
    room_problems,
    strategy_of,
    strategy_problems,
    task_network_problems,
    unknown_group_problems,
)
from ..discovery import CloudMap, ServiceConnect
from ..tasks import Platform, TaskInput, TaskOptions
from ..tasks.sidecars import with_sidecars
from .checks.deployments import deployment_problems, stuck_problems
from .checks.discovery import discovery_problems, lattice_problems, served_ports
from .checks.ec2 import (
    both_transports_problems,
    classic_problems,
    health_check_problems,
    placement_option_problems,
)
from .checks.scaling import limit_problems, scaling_problems
from .service_kind import ServiceKind


@frozen(slots=False)
class ServiceInput:
    """The options of a kind of service; see `Service`."""

    kind: ServiceKind
    cluster: Cluster | None
    image: ImageLike | None
    container: Container | None
    sidecars: Sequence[Container]
    volumes: Sequence[Volume]
    cpu: int | None
    memory_limit_mib: int | None
    task: TaskOptions = field(default_factory=TaskOptions)
    exposure: Exposure | Sequence[Exposure]
    service_connect: ServiceConnect | None
    cloud_map: CloudMap | None
    desired_count: int | None
    scaling: ServiceScaling | None
    deployment: Deployment = field(default_factory=Rolling)
    capacity: Sequence[Capacity] | None
    placement_strategies: Sequence[PlacementStrategy] | None
    placement_constraints: Sequence[PlacementConstraint]
    alarms: Alarms | Disabled = field(default_factory=Alarms)
    enable_execute_command: bool
    health_check_grace_period: DurationLike | None
    security_groups: Sequence[ec2.ISecurityGroup]
    vpc_subnets: ec2.SubnetSelection | None
    service_name: str | None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Environment variables that the kind of service gives its container."""

    @cached_property
    def exposures(self) -> Sequence[Exposure]:
        """Its exposures, as a list."""
        return [self.exposure] if isinstance(self.exposure, Exposure) else list(self.exposure)

    @property
    def strategy(self) -> Sequence[Capacity]:
        """The capacity strategy of tasks: their own, or that of the cluster."""
        if self.kind.external:
            return ()
        return strategy_of(self.capacity, self.cluster)

    @property
    def platform(self) -> Platform:
        """The platform of tasks; a strategy has only one kind of capacity."""
        if self.kind.external:
            return "EXTERNAL"
        if self.kind.daemon:
            return "EC2"
        return platform_of(self.strategy)

    @property
    def has_groups_of_instances(self) -> bool:
        """Whether tasks use the security groups of their instances instead of separate ones."""
        return self.platform in ("EC2", "MANAGED_INSTANCES") and self.task.network_mode != "awsvpc"

    @property
    def groups_of_instances(self) -> list[ec2.ISecurityGroup]:
        """The known security groups of the instances."""
        if self.cluster is None:
            return []
        if self.kind.daemon:
            return list(self.cluster.instance_security_groups)
        return instance_groups_of(self.strategy, self.cluster)

    @property
    def least_tasks(self) -> int:
        """Minimum number of tasks, including the default."""
        if self.scaling is not None:
            return self.scaling.min_tasks
        return DEFAULT_COUNT if self.desired_count is None else self.desired_count

    @property
    def serves_by_service_connect(self) -> bool:
        """Whether others call it through Service Connect, where a service may also be only a client."""
        options = self.service_connect
        return options is not None and not options.problems() and bool(served_ports(options, self.workload))

    @cached_property
    def task_input(self) -> TaskInput:
        """Input of the service's task, whose container listens on the ports of the exposures."""
        name = "app" if self.container is None else self.container.name
        return TaskInput(
            image=self.image,
            container=self.container,
            sidecars=self.sidecars,
            volumes=self.volumes,
            cpu=self.cpu,
            memory_limit_mib=self.memory_limit_mib,
            task=self.task,
            platform=self.platform,
            ports=exposed_ports(self.exposures, name),
            environment=self.environment,
        )

    @property
    def workload(self) -> Workload:
        """The workload: the service's container with the ports of its exposures, then the sidecars."""
        return self.task_input.workload

    def problems(self) -> list[Problem]:
        """Find all problems."""
        found = Problems()
        found.extend(self.task_input.problems())
        found.extend(
            exposure_problems(
                self.exposures,
                self.workload.containers,
                known=found,
                needs_exposure=self.kind.needs_exposure,
                open_vpc=self.cluster.vpc if self.kind.internet_facing and self.cluster is not None else None,
                vpc=None if self.cluster is None else self.cluster.vpc,
            )
        )
        found.extend(lattice_problems(self.exposures, self.workload, self.task))
        found.extend(
            discovery_problems(
                self.service_connect,
                self.cloud_map,
                self.workload,
                self.task,
                vpc=None if self.cluster is None else self.cluster.vpc,
                known=found,
            )
        )
        found.extend(self._count_problems())
        found.extend(self.deployment.problems(), under="deployment")
        found.extend(
            deployment_problems(
                self.deployment,
                self.exposures,
                scaling=self.scaling,
                volumes=self.volumes,
                daemon=self.kind.daemon,
                service_connect=not found.has("service_connect") and self.serves_by_service_connect,
            )
        )
        if isinstance(self.alarms, Alarms):
            found.extend(self.alarms.problems(), under="alarms")
        found.extend(disabled_problems(self.alarms), under="alarms")
        if self.capacity is not None:
            wrong = strategy_problems(self.capacity)
            found.extend(wrong or owner_problems(self.capacity, self.cluster))
        found.extend(
            placement_option_problems(
                self.placement_strategies, self.placement_constraints, platform=self.platform, daemon=self.kind.daemon
            )
        )
        found.extend(classic_problems(self.exposures, self.workload, self.task, platform=self.platform))
        found.extend(health_check_problems(self.exposures, self.workload, self.task))
        found.extend(both_transports_problems(self.exposures, self.workload, self.task))
        if not found:
            together = with_sidecars(self.workload, self.task)
            found.extend(fit_problems(self.strategy, together, self.task))
            if not found and not self.kind.daemon:
                one_each = any(constraint.type == "distinctInstance" for constraint in self.placement_constraints)
                found.extend(
                    room_problems(
                        self.strategy,
                        together,
                        self.task,
                        tasks=self.least_tasks,
                        steps=self.deployment.rollout_steps,
                        one_each=one_each,
                    )
                )
        found.extend(self._network_problems())
        found.extend(self._file_system_problems())
        found.extend(self._execute_command_problems())
        return list(found)

    def _network_problems(self) -> list[Problem]:
        found = Problems()
        found.extend(
            task_network_problems(
                security_groups=self.security_groups,
                vpc_subnets=self.vpc_subnets,
                network_mode=self.task.network_mode,
                cluster=self.cluster,
            )
        )
        needed = self.exposures or any(isinstance(volume, EfsVolume) for volume in self.volumes)
        if needed and self.cluster is not None and self.has_groups_of_instances:
            why = "rules of load balancers and file systems need them"
            found.extend(unknown_group_problems(self.groups_of_instances, self.cluster, why=why))
        own_balancer = any(
            isinstance(exposure, AlbExposure | NlbExposure) and exposure.load_balancer is None
            for exposure in self.exposures
        )
        if own_balancer and not self.kind.internet_facing and self.cluster is not None and self.vpc_subnets is not None:
            found.extend(self.cluster.which_subnets_problems("cluster"))
        name = self.service_name
        if name is not None and not is_token(name) and (wrong := name_problem(name)):
            found.add("service_name", wrong, given=name, allowed="up to 255 letters, digits, hyphens and underscores")
        return list(found)

    def _count_problems(self) -> list[Problem]:
        found = Problems()
        found.extend(self._grace_period_problems())
        if self.kind.daemon:
            return [*found, *self._daemon_problems()]
        found.extend(count_problems(self.desired_count, self.scaling))
        found.extend(limit_problems(self.desired_count, self.scaling, self.exposures))
        if self.scaling is not None:
            wrong = self.scaling.problems()
            found.extend(
                wrong
                or scaling_problems(
                    self.scaling, exposures=self.exposures, reads_queue=self.kind.reads_queue, cluster=self.cluster
                ),
                under="scaling",
            )
        if not found and not self.deployment.problems():
            found.extend(stuck_problems(self.deployment.rollout_steps, self.least_tasks))
        return list(found)

    def _grace_period_problems(self) -> list[Problem]:
        found = Problems()
        grace = self.health_check_grace_period
        if grace is not None and not self.exposures:
            found.add(
                "health_check_grace_period",
                "there is no load balancer whose health check could be waited for",
                given=Shown(f"{seconds(grace)} s"),
                allowed="remove it, or add an exposure",
                practice="health-check-grace-period",
            )
        return list(found)

    def _daemon_problems(self) -> list[Problem]:
        found = Problems()
        for option, value in (
            ("desired_count", self.desired_count),
            ("scaling", self.scaling),
            ("capacity", self.capacity),
        ):
            if value is not None:
                found.add(
                    option,
                    "a daemon runs one task on every instance of the cluster",
                    given=Shown(f"{len(value)} shares") if isinstance(value, Sequence) else value,
                    allowed="none; use placement_constraints to exclude instances",
                    practice="daemon-scheduling",
                )
        for option in ("min_healthy_percent", "max_healthy_percent"):
            # Only rolling deployments have percentages, and a daemon refuses all others.
            default = getattr(Rolling(), option)
            value = getattr(self.deployment, option, default)
            if value != default:
                found.add(
                    f"deployment.{option}",
                    "an instance has no room for two tasks of a daemon, so a deployment replaces them in place",
                    given=value,
                    allowed="nothing",
                    practice="daemon-scheduling",
                )
        if self.kind.external:
            return list(found)
        if self.cluster is None:
            found.add(
                "cluster",
                "a daemon runs on the instances of a cluster",
                allowed="a cluster with capacity on EC2",
                practice="daemon-scheduling",
            )
        elif not self.cluster.is_imported and not self.cluster.instance_security_groups:
            found.add(
                "cluster",
                "it has no instances, and Fargate does not support daemons",
                given=self.cluster.node.path,
                allowed="a cluster with an Ec2Capacity, created before the daemon",
                practice="daemon-scheduling",
            )
        return list(found)

    def _file_system_problems(self) -> list[Problem]:
        if not any(isinstance(volume, EfsVolume) for volume in self.volumes):
            return []
        if self.cluster is None:
            found = Problems()
            found.add(
                "cluster",
                "a file system belongs to a network, but the service would get a new network",
                allowed="a cluster in the network of the file system",
                practice="efs-same-vpc",
            )
            return list(found)
        return efs_problems(self.volumes, self.cluster.vpc)

    def _execute_command_problems(self) -> list[Problem]:
        found = Problems()
        if self.enable_execute_command:
            for container in self.workload.containers:
                if container.readonly_root_filesystem is True and self.task.operating_system == "LINUX":
                    found.add(
                        "enable_execute_command",
                        f"ECS Exec must write to the root file system of container {container.name}",
                        given=True,
                        practice="read-only-root-filesystem",
                        allowed='readonly_root_filesystem=Disabled(reason="…") on it, or False',
                    )
        return list(found)
