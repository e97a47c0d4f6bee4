"""What is wrong with a service that runs on EC2, or that asks for EC2 and runs elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..clusters import Capacity, Cluster, Ec2Share, ManagedInstancesShare
from ..errors import Problem, Problems, Shown
from ..inputs import is_token
from ..instances import Fit, InstanceType, find_instance_type, tasks_per_instance
from ..load_balancing import ClassicExposure, Exposure, NlbExposure
from ..placement import PlacementConstraint, PlacementStrategy, placement_problems
from ..tasks import Platform, TaskOptions
from ..workload import Workload
from .managed_instances_checks import managed_fit_problems, managed_placement_problems

_WHERE = {"FARGATE": "Fargate", "MANAGED_INSTANCES": "Managed Instances"}


def placement_option_problems(
    strategies: Sequence[PlacementStrategy] | None,
    constraints: Sequence[PlacementConstraint],
    *,
    platform: Platform,
    daemon: bool,
) -> list[Problem]:
    """Find placement that ECS refuses, or that has nothing to place on."""
    found = Problems()
    for option, given in (("placement_strategies", strategies), ("placement_constraints", constraints)):
        if given and platform == "FARGATE":
            found.add(
                option,
                "Fargate places tasks itself",
                given=Shown(f"{len(given)} of them"),
                allowed="capacity on EC2: capacity=[ec2_capacity.share()]",
                practice="placement-strategy",
            )
    if platform == "MANAGED_INSTANCES":
        found.extend(managed_placement_problems(strategies or (), constraints))
    if strategies and daemon:
        found.add(
            "placement_strategies",
            "a daemon runs on every instance, so there is nothing to choose",
            given=Shown(f"{len(strategies)} of them"),
            allowed="placement_constraints, to leave instances out",
            practice="daemon-scheduling",
        )
    found.extend(
        replace(problem, option=f"placement_{problem.option}")
        for problem in placement_problems(strategies or (), constraints)
    )
    return list(found)


def classic_problems(
    exposures: Sequence[Exposure], workload: Workload, options: TaskOptions, *, platform: Platform
) -> list[Problem]:
    """Find Classic Load Balancers for tasks that they cannot reach."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        if not isinstance(exposure, ClassicExposure):
            continue
        option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
        if platform != "EC2" or options.network_mode == "awsvpc":
            found.add(
                option,
                "a Classic Load Balancer reaches ports of instances, not tasks with an address of their own",
                given=Shown(_WHERE.get(platform, "network_mode awsvpc")),
                allowed="AlbExposure or NlbExposure; or EC2 with bridge or host networking",
                practice="classic-load-balancer",
            )
        elif static_host_port(exposure.port, exposure, workload, options) is None:
            found.add(
                f"{option}.port",
                "a Classic Load Balancer cannot follow a host port that changes",
                given=exposure.port,
                allowed=f"a container with Port(number={exposure.port}, host_port=…)",
                practice="classic-load-balancer",
            )
    return list(found)


def health_check_problems(exposures: Sequence[Exposure], workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find health checks on a port of the instance that nobody knows beforehand."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        if options.network_mode == "awsvpc" or not isinstance(exposure, NlbExposure):
            continue
        checked = exposure.separate_health_check_port
        if checked is not None and static_host_port(checked, exposure, workload, options) is None:
            option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
            found.add(
                f"{option}.health_check_port",
                "the load balancer asks the instance, where this port of the container may be any",
                given=checked,
                allowed=f"a container with Port(number={checked}, host_port=…)",
                practice="target-health-check",
            )
    return list(found)


def static_host_port(number: int, exposure: Exposure, workload: Workload, options: TaskOptions) -> int | None:
    """Return the port of the instance at which a port of an exposure's container always is, if there is one."""
    name = exposure.container or workload.containers[0].name
    for container in workload.containers:
        if container.name == name and options.network_mode != "awsvpc":
            for port in container.all_ports:
                if port.number == number:
                    return port.number if options.network_mode == "host" else port.host_port or None
    return None


def owner_problems(capacity: Sequence[Capacity] | None, cluster: Cluster | None) -> list[Problem]:
    """Find capacity that belongs to another cluster than the service."""
    found = Problems()
    for index, share in enumerate(capacity or ()):
        if isinstance(share, Ec2Share | ManagedInstancesShare) and share.capacity.cluster is not cluster:
            found.add(
                f"capacity[{index}]",
                f"{share.capacity.node.path} is capacity of another cluster than the service's",
                given=None if cluster is None else Shown(cluster.node.path),
                allowed="capacity of the cluster that the service is given",
                practice="capacity-beside-cluster",
            )
    return list(found)


def fit_problems(strategy: Sequence[Capacity], workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find capacities that could not hold one task; types that are newer than the facts here pass."""
    found = Problems()
    asked = _Asked(workload, options)
    if options.operating_system != "LINUX" and any(isinstance(share, Ec2Share) for share in strategy):
        found.add(
            "task.operating_system",
            "the instances run Linux",
            given=options.operating_system,
            allowed="LINUX, or capacity on Fargate",
            practice="runtime-platform",
        )
    for index, share in enumerate(strategy):
        if isinstance(share, ManagedInstancesShare):
            found.extend(managed_fit_problems(share.capacity, workload, options), under=f"capacity[{index}]")
        if not isinstance(share, Ec2Share):
            continue
        capacity = share.capacity
        types = [find_instance_type(name) for name in capacity.instance_types]
        architectures = {fact.architecture for fact in types if fact is not None}
        if architectures and options.architecture not in architectures:
            found.add(
                "task.architecture",
                f"the instances of {capacity.node.id} have another architecture",
                given=options.architecture,
                allowed=" or ".join(sorted(architectures)),
                practice="instance-architecture",
            )
        fits = [asked.fit(fact, eni_trunking=capacity.instances.eni_trunking) for fact in types if fact is not None]
        if len(fits) == len(types) and not any(fit.holds_a_task for fit in fits):
            arithmetic = "; ".join(f"{fit.instance.name}: {fit.explanation}" for fit in fits)
            found.add(
                f"capacity[{index}]",
                f"no instance of {capacity.node.id} can hold one task",
                given=Shown(arithmetic),
                allowed="a smaller task, or larger instances",
                practice="task-fits-instance",
            )
    return list(found)


class _Asked:
    """What one task asks of an instance."""

    def __init__(self, workload: Workload, options: TaskOptions) -> None:
        containers = workload.containers
        self._cpu = workload.cpu or sum(container.cpu or 0 for container in containers)
        self._memory = workload.memory_limit_mib or sum(
            container.memory_reservation_mib or container.memory_limit_mib or 0 for container in containers
        )
        self._gpus = sum(container.gpus for container in containers)
        ports = [port for container in containers for port in container.all_ports]
        host = options.network_mode == "host"
        self._ports = [port.host_port or (port.number if host else 0) for port in ports]
        self._mode = options.network_mode
        self._unknown = is_token([self._cpu, self._memory, self._gpus, *self._ports])

    def fit(self, fact: InstanceType, *, eni_trunking: bool) -> Fit:
        """Count how many fit on an instance; what is not known asks for nothing."""
        return tasks_per_instance(
            fact,
            cpu=0 if self._unknown else self._cpu,
            memory_mib=0 if self._unknown else self._memory,
            gpus=0 if self._unknown else self._gpus,
            host_ports=() if self._unknown else self._ports,
            network_mode=self._mode,
            eni_trunking=eni_trunking,
        )
