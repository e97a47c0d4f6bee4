"""Problems with services on EC2, and with EC2 options elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.load_balancing import AlbExposure, ClassicExposure, Exposure, NlbExposure
from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy, placement_problems
from cdk_containers.model.workload import Workload

from ...tasks import Platform, TaskOptions
from .managed_instances import managed_placement_problems

_WHERE = {"FARGATE": "Fargate", "MANAGED_INSTANCES": "Managed Instances"}


def placement_option_problems(
    strategies: Sequence[PlacementStrategy] | None,
    constraints: Sequence[PlacementConstraint],
    *,
    platform: Platform,
    daemon: bool,
) -> list[Problem]:
    """Find placement that ECS refuses, or that has no effect."""
    found = Problems()
    for option, given in (("placement_strategies", strategies), ("placement_constraints", constraints)):
        if given and platform == "FARGATE":
            found.add(
                option,
                "Fargate chooses where tasks run",
                given=Shown(f"{len(given)} of them"),
                allowed="capacity on EC2: capacity=[ec2_capacity.share()]",
                practice="placement-strategy",
            )
    if platform == "MANAGED_INSTANCES":
        found.extend(managed_placement_problems(strategies or (), constraints))
    if strategies and daemon:
        found.add(
            "placement_strategies",
            "a daemon runs on every instance, so there is no choice of instances",
            given=Shown(f"{len(strategies)} of them"),
            allowed="placement_constraints, to exclude instances",
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
    """Find Classic Load Balancers that cannot reach the tasks."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        if not isinstance(exposure, ClassicExposure):
            continue
        option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
        if platform != "EC2" or options.network_mode == "awsvpc":
            found.add(
                option,
                "a Classic Load Balancer reaches only ports of instances, not tasks with their own address",
                given=Shown(_WHERE.get(platform, "network_mode awsvpc")),
                allowed="AlbExposure or NlbExposure; or EC2 with bridge or host networking",
                practice="classic-load-balancer",
            )
        elif static_host_port(exposure.port, exposure, workload, options) is None:
            found.add(
                f"{option}.port",
                "a Classic Load Balancer needs a fixed host port",
                given=exposure.port,
                allowed=f"a container with Port(number={exposure.port}, host_port=…)",
                practice="classic-load-balancer",
            )
    return list(found)


def health_check_problems(exposures: Sequence[Exposure], workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find health checks on a dynamic port of the instance."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        if options.network_mode == "awsvpc" or not isinstance(exposure, AlbExposure | NlbExposure):
            continue
        checked = exposure.separate_health_check_port
        if checked is not None and checked_host_port(exposure, workload, options) is None:
            option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
            found.add(
                f"{option}.health_check_port",
                "the load balancer checks the instance, where this port of the container is dynamic",
                given=checked,
                allowed=f"a container with Port(number={checked}, host_port=…)",
                practice="target-health-check",
            )
    return list(found)


def both_transports_problems(exposures: Sequence[Exposure], workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find TCP and UDP on one port if ECS cannot forward both to the container."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        if not isinstance(exposure, NlbExposure) or exposure.protocol != "TCP_UDP":
            continue
        option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
        if options.network_mode == "bridge":
            found.add(
                f"{option}.protocol",
                "with bridge networking a port mapping supports either TCP or UDP, and ECS accepts one mapping for "
                "each port",
                given="TCP_UDP",
                allowed="TCP or UDP; or tasks with their own address, network_mode awsvpc",
                practice="port-mappings",
            )
        name = exposure.container or workload.containers[0].name
        for container in workload.containers:
            twice = [port for port in container.all_ports if (port.number, port.protocol) == (exposure.port, "udp")]
            if container.name == name and twice:
                found.add(
                    f"{option}.port",
                    f"container {name} also declares it for UDP, and ECS accepts one mapping for each port",
                    given=exposure.port,
                    allowed="declare the port only once, for TCP; UDP also reaches it",
                    practice="port-mappings",
                )
    return list(found)


def checked_host_port(exposure: Exposure, workload: Workload, options: TaskOptions) -> int | None:
    """Return the port of the instance for a separate health check."""
    checked = getattr(exposure, "separate_health_check_port", None)
    if checked is None:
        return None
    own = exposure.container or workload.containers[0].name
    for name in (own, *(container.name for container in workload.containers if container.name != own)):
        found = static_host_port(checked, replace(exposure, container=name), workload, options)
        if found is not None:
            return found
    return None


def static_host_port(number: int, exposure: Exposure, workload: Workload, options: TaskOptions) -> int | None:
    """Return the fixed port of the instance for a port of an exposure's container, if there is one."""
    name = exposure.container or workload.containers[0].name
    for container in workload.containers:
        if container.name == name and options.network_mode != "awsvpc":
            for port in container.all_ports:
                if port.number == number:
                    return port.number if options.network_mode == "host" else port.host_port or None
    return None
