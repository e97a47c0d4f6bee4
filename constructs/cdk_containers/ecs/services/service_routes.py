"""Creates the routes of a service from its exposures."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.deployments import (
    CodeDeployBlueGreen,
    acknowledge_no_circuit_breaker,
    make_infrastructure_role,
)
from cdk_containers.load_balancing import (
    LatticeExposure,
    Route,
    RouteTarget,
    claim_given_numbers,
    enter_load_balancers,
    make_route,
    route_ids,
)

from ..clusters import Cluster
from .checks.discovery import port_name
from .checks.ec2 import checked_host_port, static_host_port
from .service_input import ServiceInput


def make_routes(
    scope: Construct,
    given: ServiceInput,
    service: ecs.BaseService,
    cluster: Cluster,
    groups: Sequence[ec2.ISecurityGroup],
) -> list[Route]:
    """Create a route for each exposure of a service, in their order; `groups` are the security groups of its tasks."""
    by_address = given.task.network_mode == "awsvpc"
    own = given.workload.containers[0].name
    ids = route_ids(scope, given.exposures, internet_facing=given.kind.internet_facing, own_container=own)
    by_ecs = given.deployment.has_alternate and not isinstance(given.deployment, CodeDeployBlueGreen)
    if by_ecs and given.exposures and given.deployment.shifts_traffic:
        acknowledge_no_circuit_breaker(service)
    # VPC Lattice routes have their own role.
    balanced = any(not isinstance(exposure, LatticeExposure) for exposure in given.exposures)
    role = make_infrastructure_role(scope, service) if by_ecs and balanced else None
    claim_given_numbers(scope, given.exposures)
    routes: dict[str, Route] = {}
    for id_, exposure in zip(ids, given.exposures, strict=True):
        target = RouteTarget(
            container_name=exposure.container or own,
            network=cluster.network,
            vpc=cluster.vpc,
            subnets=cluster.task_subnets,
            internet_facing=given.kind.internet_facing,
            by_address=by_address,
            port_name=port_name(exposure, given.workload),
            security_groups=groups,
            instance_port=static_host_port(exposure.port, exposure, given.workload, given.task),
            instance_health_check_port=checked_host_port(exposure, given.workload, given.task),
            has_alternate=given.deployment.has_alternate,
            infrastructure_role=role,
        )
        routes[id_] = make_route(scope, id_, exposure, target)
    enter_load_balancers(service, routes)
    return list(routes.values())
