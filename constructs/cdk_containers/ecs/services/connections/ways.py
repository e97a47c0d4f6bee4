"""The ways one service reaches another inside the network: addresses, and the rules that they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.load_balancing import AlbRoute, LatticeRoute, NlbRoute, Route
from cdk_containers.load_balancing.ports import EPHEMERAL_PORTS
from cdk_containers.model.workload import Port
from cdk_containers.model.workload.schemes import scheme_of

from ...connections import Ports, Way
from ..checks.discovery import found_port, record_type, served_ports
from ..service_input import ServiceInput


def ways_of(given: ServiceInput, service: ecs.BaseService, vpc: ec2.IVpc, routes: Sequence[Route]) -> dict[str, Way]:
    """Return the ways to reach a service, best first; Service Connect has one for each served port."""
    groups = service.connections.security_groups
    found: dict[str, Way] = {}
    options = given.service_connect
    for port, target in served_ports(options, given.workload):
        found[port.name] = Way(
            url=f"{scheme_of(target)}://{port.called_as}:{port.client_port or target.number}",
            groups=groups,
            # In bridge mode the proxy listens on any free port of the instance.
            ports=EPHEMERAL_PORTS if given.task.network_mode == "bridge" else (target.number, target.number),
            vpc=vpc,
            namespace=None if options is None else options.namespace,
        )
    cloud_map = given.cloud_map
    if cloud_map is not None and (registered := found_port(cloud_map, given.workload)) is not None:
        srv = record_type(cloud_map, given.task) == "SRV"
        scheme = scheme_of(registered)
        found["cloud_map"] = Way(
            url=cloud_map.full_name if srv else f"{scheme}://{cloud_map.full_name}:{registered.number}",
            variable="SRV" if srv else "URL",
            groups=groups,
            ports=_instance_ports(registered, given),
            udp=registered.protocol == "udp",
            vpc=vpc,
        )
    for index, route in enumerate(sorted(routes, key=lambda route: not isinstance(route, LatticeRoute))):
        way = _way_through(route, given, vpc)
        if way is not None:
            found[f"exposure[{index}]"] = way
    return found


def _instance_ports(port: Port, given: ServiceInput) -> Ports:
    if given.task.network_mode != "bridge":
        return port.number, port.number
    return (port.host_port, port.host_port) if port.host_port else EPHEMERAL_PORTS


def _way_through(route: Route, given: ServiceInput, vpc: ec2.IVpc) -> Way | None:
    match route:
        case LatticeRoute():
            return _way_through_lattice(route)
        case AlbRoute():
            return _way_through_alb(route, vpc)
        case NlbRoute():
            return _way_through_nlb(route, given, vpc)
        case _:
            return None


def _way_through_lattice(route: LatticeRoute) -> Way:
    network, port = route.service_network, route.exposure.listener_port
    return Way(
        url=route.url,
        groups=[network.security_group],
        ports=(port, port),
        vpc=network.vpc,
        # Even without its own auth, because the service network also requires it.
        invoke=route.lattice_service,
    )


def _way_through_nlb(route: NlbRoute, given: ServiceInput, vpc: ec2.IVpc) -> Way | None:
    balancer, exposure = route.load_balancer.load_balancer, route.exposure
    if not _is_internal(balancer):
        return None
    port, udp = exposure.outer_port, exposure.transport == "udp"
    listens = [port for container in given.workload.containers for port in container.all_ports]
    target = next((port for port in listens if port.number == exposure.port), None)
    scheme = "udp" if udp else scheme_of(target)
    return Way(
        url=None if exposure.protocol == "TLS" else f"{scheme}://{balancer.load_balancer_dns_name}:{port}",
        groups=balancer.connections.security_groups,
        ports=(port, port),
        udp=udp,
        vpc=vpc,
    )


def _way_through_alb(route: AlbRoute, vpc: ec2.IVpc) -> Way | None:
    balancer = route.load_balancer.load_balancer
    if not _is_internal(balancer):
        return None
    listener = cast("elbv2.CfnListener | None", route.load_balancer.listener.node.default_child)
    secure = listener is None or listener.protocol == "HTTPS"
    port = 443 if listener is None or listener.port is None else int(listener.port)
    host = next((host for host in route.exposure.rule.hosts if "*" not in host), None)
    if host is None and not secure:
        host = balancer.load_balancer_dns_name
    default = 443 if secure else 80
    return Way(
        url=None
        if host is None
        else f"{'https' if secure else 'http'}://{host}{'' if port == default else f':{port}'}",
        groups=balancer.connections.security_groups,
        ports=(port, port),
        vpc=vpc,
    )


def _is_internal(balancer: elbv2.IApplicationLoadBalancer | elbv2.INetworkLoadBalancer) -> bool:
    """Tell whether a load balancer is internal; this is unknown for an imported one."""
    resource = balancer.node.default_child
    return not isinstance(resource, elbv2.CfnLoadBalancer) or resource.scheme == "internal"
