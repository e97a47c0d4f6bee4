"""Sets up service discovery and connections of a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.errors import ConstructError, Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.load_balancing import Route
from cdk_containers.model.workload.schemes import port_of_scheme

from ...connections import CallingConnector, Connector, Way
from ...discovery import Namespace, ServiceConnect, join_namespace, register_in_dns
from ...tasks import TaskDefinition
from ..checks.discovery import found_port, names_taken, record_type, served_ports
from ..service_input import ServiceInput
from .ways import ways_of


def make_discoverable(scope: Construct, given: ServiceInput, service: ecs.BaseService, task: TaskDefinition) -> None:
    """Add a service to its namespaces."""
    options = given.service_connect
    if options is not None:
        options.namespace.claim(scope, names_taken(options, given.workload))
        join_namespace(
            scope,
            cast("ecs.CfnService", resource_of(service)),
            options,
            served=served_ports(options, given.workload),
            task=task,
            logs=given.task.logs,
        )
    cloud_map = given.cloud_map
    if cloud_map is not None:
        cloud_map.namespace.claim(scope, [cloud_map.name])
        port = found_port(cloud_map, given.workload)
        register_in_dns(
            service,
            cloud_map,
            record_type=record_type(cloud_map, given.task),
            container=task.containers[cloud_map.container or given.workload.containers[0].name],
            port=None if port is None else port.number,
        )


def make_connector(
    scope: Construct,
    given: ServiceInput,
    service: ecs.BaseService,
    task: TaskDefinition,
    routes: Sequence[Route],
    *,
    vpc: ec2.IVpc,
) -> CallingConnector:
    """Record what is needed to connect a service with others."""
    resource = cast("ecs.CfnService", resource_of(service))
    own = given.workload.containers[0]

    def join(namespace: Namespace) -> None:
        options = ServiceConnect(namespace=namespace)
        join_namespace(scope, resource, options, served=[], task=task, logs=given.task.logs)

    return CallingConnector(
        owner=scope,
        ways=ways_of(given, service, vpc, routes),
        vpc=vpc,
        ready=resource,
        waiting=resource,
        task=task,
        environment={*own.environment, *own.secrets},
        security_groups=service.connections.security_groups,
        external=given.kind.external,
        host_networking=given.task.network_mode == "host",
        namespace=None if given.service_connect is None else given.service_connect.namespace,
        join=join,
    )


def make_imported_connector(
    scope: Construct,
    *,
    endpoint: str | None,
    namespace: Namespace | None,
    group: ec2.ISecurityGroup,
    vpc: ec2.IVpc,
) -> Connector:
    """Record what is needed to connect others to an existing service."""
    ways = {}
    if endpoint is not None:
        port = port_of(endpoint)
        ways["endpoint"] = Way(
            url=endpoint,
            groups=[group],
            ports=None if port is None else (port, port),
            vpc=vpc,
            namespace=namespace,
        )
    return Connector(owner=scope, ways=ways, vpc=vpc)


def endpoint_of(connector: Connector) -> str:
    """Return the address of a service."""
    url = next((way.url for way in connector.ways.values() if way.url is not None), None)
    if url is None:
        problem = Problem(
            option="service_connect",
            what="the service has no known address inside the network",
            allowed="service_connect=ServiceConnect(…) and a port with a name, or cloud_map=CloudMap(…) and a port; "
            "a LatticeExposure; or an exposure with an internal load balancer",
            practice="connect-services",
        )
        raise ConstructError(f"{connector.owner.node.path}.endpoint", [problem])
    return url


def endpoint_problems(found: Problems, endpoint: str | None) -> list[Problem]:
    """Find an address of an existing service with an unknown port."""
    wrong = Problems()
    if endpoint is not None and not found.has("endpoint") and (is_token(endpoint) or port_of(endpoint) is None):
        wrong.add(
            "endpoint",
            "it has no port, or the port is known only at deployment",
            given=endpoint,
            allowed="scheme, name and port, such as http://orders:8080",
            practice="connect-services",
        )
    return list(wrong)


def port_of(url: str) -> int | None:
    """Return the port of an address, or the default port of its scheme."""
    try:
        parts = urlsplit(url)
        return (parts.port or port_of_scheme(parts.scheme)) if parts.hostname else None
    except ValueError:
        return None
