"""The routes of a service: its exposures, made."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from ..clusters import Cluster
from ..deployments import TrafficShiftingDeployment, make_infrastructure_role
from ..load_balancing import Route, RouteTarget, claim_given_numbers, make_route, route_ids
from .checks.discovery import port_name
from .checks.ec2 import checked_host_port, static_host_port
from .service_input import ServiceInput


def make_routes(scope: Construct, given: ServiceInput, service: ecs.BaseService, cluster: Cluster) -> list[Route]:
    """Make a route for each exposure of a service, in their order."""
    routes: list[Route] = []
    own = given.workload.containers[0].name
    ids = route_ids(scope, given.exposures, internet_facing=given.internet_facing, own_container=own)
    shifting = isinstance(given.deployment, TrafficShiftingDeployment) and given.exposures
    role = make_infrastructure_role(scope, service) if shifting else None
    claim_given_numbers(scope, given.exposures)
    for id_, exposure in zip(ids, given.exposures, strict=True):
        target = RouteTarget(
            service=service,
            container_name=exposure.container or own,
            vpc=cluster.vpc,
            subnets=cluster.task_subnets,
            internet_facing=given.internet_facing,
            by_address=given.task.network_mode == "awsvpc",
            port_name=port_name(exposure, given.workload),
            instance_port=static_host_port(exposure.port, exposure, given.workload, given.task),
            instance_health_check_port=checked_host_port(exposure, given.workload, given.task),
            shifts_traffic=given.deployment.shifts_traffic,
            infrastructure_role=role,
        )
        routes.append(make_route(scope, id_, exposure, target))
    return routes
