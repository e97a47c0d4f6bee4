"""The routes of a service: its exposures, made."""

from __future__ import annotations

from collections import Counter

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from ..clusters import Cluster
from ..deployments import TrafficShiftingDeployment, expect_no_circuit_breaker, make_infrastructure_role
from ..inputs import is_token
from ..load_balancing import LatticeExposure, Route, RouteTarget, make_route
from .checks.discovery import port_name
from .checks.ec2 import static_host_port
from .service_input import ServiceInput


def make_routes(scope: Construct, given: ServiceInput, service: ecs.BaseService, cluster: Cluster) -> list[Route]:
    """Make a route for each exposure of a service, in their order."""
    routes: list[Route] = []
    names: Counter[str] = Counter()
    shifting = isinstance(given.deployment, TrafficShiftingDeployment)
    if shifting:
        expect_no_circuit_breaker(service)
    # The routes through VPC Lattice have a role of their own.
    balanced = any(not isinstance(exposure, LatticeExposure) for exposure in given.exposures)
    role = make_infrastructure_role(scope, service) if shifting and balanced else None
    for exposure in given.exposures:
        # A token's number depends on how many came before it, and would move the route.
        name = "Port" if is_token(exposure.port) else f"Port{int(exposure.port)}"
        names[name] += 1
        target = RouteTarget(
            service=service,
            container_name=exposure.container or given.workload.containers[0].name,
            vpc=cluster.vpc,
            subnets=cluster.task_subnets,
            internet_facing=given.internet_facing,
            by_address=given.task.network_mode == "awsvpc",
            port_name=port_name(exposure, given.workload),
            instance_port=static_host_port(exposure.port, exposure, given.workload, given.task),
            instance_health_check_port=(
                static_host_port(checked, exposure, given.workload, given.task)
                if (checked := getattr(exposure, "separate_health_check_port", None)) is not None
                else None
            ),
            shifts_traffic=given.deployment.shifts_traffic,
            infrastructure_role=role,
        )
        again = f"Route{names[name]}" if names[name] > 1 else ""
        routes.append(make_route(scope, name + again, exposure, target))
    return routes
