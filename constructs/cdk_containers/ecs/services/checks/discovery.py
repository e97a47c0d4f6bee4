"""Problems with service discovery, checked together with containers and network."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.load_balancing import Exposure, LatticeExposure
from cdk_containers.model.workload import Container, Port, Workload
from cdk_containers.network import different_networks

from ...discovery import CloudMap, ServedPort, ServiceConnect
from ...tasks import TaskOptions


def served_ports(options: ServiceConnect | None, workload: Workload) -> list[tuple[ServedPort, Port]]:
    """Return the ports that a service serves through Service Connect, with their ports in the task."""
    if options is None:
        return []
    named = _named_ports(workload)
    if options.ports is None:
        return [(ServedPort(name=name), port) for name, port in named.items() if port.protocol == "tcp"]
    wanted = [port if isinstance(port, ServedPort) else ServedPort(name=port) for port in options.ports]
    return [(port, named[port.name]) for port in wanted if port.name in named]


def names_taken(options: ServiceConnect | None, workload: Workload) -> list[str]:
    """Return the names of a service in its namespace, and the addresses that callers use."""
    served = served_ports(options, workload)
    return [
        *(port.found_as for port, _ in served),
        *(f"{port.called_as}:{port.client_port or target.number}" for port, target in served),
    ]


def record_type(cloud_map: CloudMap, options: TaskOptions) -> str:
    """Return the type of a service's DNS record."""
    return cloud_map.record_type or ("A" if options.network_mode == "awsvpc" else "SRV")


def found_port(cloud_map: CloudMap, workload: Workload) -> Port | None:
    """Return the port for callers, if there is one."""
    container = _container(cloud_map.container, workload)
    ports = [] if container is None else container.all_ports
    return next((port for port in ports if cloud_map.port in (None, port.number)), None)


def port_name(exposure: Exposure, workload: Workload) -> str | None:
    """Return the name of the port of an exposure."""
    container = _container(exposure.container, workload)
    ports = [] if container is None else container.all_ports
    return next((port.name for port in ports if port.number == exposure.port), None)


def discovery_problems(
    service_connect: ServiceConnect | None,
    cloud_map: CloudMap | None,
    workload: Workload,
    task: TaskOptions,
    *,
    vpc: ec2.IVpc | None,
    known: Problems,
) -> list[Problem]:
    """Find problems and conflicts of service discovery.

    Args:
        service_connect: Its Service Connect options.
        cloud_map: Its DNS name.
        workload: The workload.
        task: The options of its task.
        vpc: Its VPC, if that exists already.
        known: Known problems.
    """
    found = Problems()
    if service_connect is not None:
        wrong = service_connect.problems()
        found.extend(wrong, under="service_connect")
        if not wrong and not known.has("container") and not known.has("sidecars"):
            found.extend(_service_connect_problems(service_connect, workload, task), under="service_connect")
    if cloud_map is not None:
        wrong = cloud_map.problems()
        found.extend(wrong, under="cloud_map")
        if not wrong and not known.has("container") and not known.has("sidecars"):
            found.extend(_cloud_map_problems(cloud_map, workload, task), under="cloud_map")
            found.extend(_network_problems(cloud_map, vpc))
    if not found:
        found.extend(_claim_problems(service_connect, cloud_map, workload))
    return list(found)


def lattice_problems(exposures: Sequence[Exposure], workload: Workload, task: TaskOptions) -> list[Problem]:
    """Find exposures whose tasks ECS cannot register in VPC Lattice."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        if not isinstance(exposure, LatticeExposure):
            continue
        option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
        if task.network_mode != "awsvpc":
            found.add(
                option,
                "VPC Lattice reaches only tasks with their own address",
                given=Shown(f"network_mode {task.network_mode}"),
                allowed="network_mode awsvpc",
                practice="service-connect-network-mode",
            )
        container = _container(exposure.container, workload)
        ports = [] if container is None else [port for port in container.all_ports if port.number == exposure.port]
        if ports and ports[0].name is None:
            found.add(
                f"{option}.port",
                "ECS registers a port in VPC Lattice by its name, and this port has none",
                given=Shown("a token") if is_token(exposure.port) else exposure.port,
                allowed='a container with Port(number=…, name="…")',
                practice="port-mappings",
            )
    return list(found)


def _named_ports(workload: Workload) -> dict[str, Port]:
    return {
        port.name: port for container in workload.containers for port in container.all_ports if port.name is not None
    }


def _container(name: str | None, workload: Workload) -> Container | None:
    if name is None:
        return workload.containers[0]
    return next((container for container in workload.containers if container.name == name), None)


def _service_connect_problems(options: ServiceConnect, workload: Workload, task: TaskOptions) -> list[Problem]:
    found = Problems()
    if task.network_mode == "host":
        found.add(
            "",
            "Service Connect does not support tasks that use the ports of their instance",
            given=Shown("network_mode host"),
            allowed="network_mode awsvpc or bridge; or cloud_map",
            practice="service-connect-network-mode",
        )
    named = _named_ports(workload)
    for index, port in enumerate(options.ports or ()):
        name = port.name if isinstance(port, ServedPort) else port
        if name not in named:
            found.add(
                f"ports[{index}]",
                "no container has a port with this name" if named else "no port of a container has a name",
                given=Shown("a token") if is_token(name) else name,
                allowed=", ".join(named) or f'a container with Port(number=…, name="{name}")',
                practice="service-connect-named-port",
            )
        elif named[name].protocol == "udp":
            found.add(
                f"ports[{index}]",
                "Service Connect does not support UDP",
                given=name,
                allowed="a TCP port; cloud_map for UDP",
                practice="service-connect-named-port",
            )
    served = served_ports(options, workload)
    tcp = [port.name for port, target in served if target.app_protocol is None]
    if options.per_request_timeout is not None and tcp:
        found.add(
            "per_request_timeout",
            f"port {tcp[0]} is TCP, where the proxy cannot see requests",
            given=Shown(f"{seconds(options.per_request_timeout)} s"),
            allowed='Port(name=…, app_protocol="http"), "http2" or "grpc"; or idle_timeout',
            practice="service-connect-timeouts",
        )
    if not served and not found:
        found.extend(
            Problem(
                option=option,
                what="the service serves no port, so this has no effect",
                allowed='a container with Port(number=…, name="…")',
                practice="service-connect-named-port",
            )
            for option in ("tls", "idle_timeout", "per_request_timeout")
            if getattr(options, option) is not None
        )
    return list(found)


def _cloud_map_problems(cloud_map: CloudMap, workload: Workload, task: TaskOptions) -> list[Problem]:
    found = Problems()
    container = _container(cloud_map.container, workload)
    if container is None:
        names = ", ".join(container.name for container in workload.containers)
        found.add(
            "container",
            "there is no such container",
            given=cloud_map.container,
            allowed=names,
            practice="port-mappings",
        )
        return list(found)
    srv = record_type(cloud_map, task) == "SRV"
    if not srv and task.network_mode != "awsvpc":
        found.add(
            "record_type",
            f"with {task.network_mode} networking, several tasks share the address of an instance and differ only in "
            f"the port",
            given=cloud_map.record_type,
            allowed="SRV; or network_mode awsvpc",
            practice="cloud-map-record",
        )
    if found_port(cloud_map, workload) is None and (srv or cloud_map.port is not None):
        ports = ", ".join(str(port.number) for port in container.all_ports)
        found.add(
            "port",
            f"container {container.name} does not listen on this port"
            if ports
            else f"container {container.name} has no port",
            given=Shown("a token") if is_token(cloud_map.port) else cloud_map.port,
            allowed=ports or "a container with ports=[…]",
            practice="port-mappings",
        )
    return list(found)


def _network_problems(cloud_map: CloudMap, vpc: ec2.IVpc | None) -> list[Problem]:
    found = Problems()
    inside = cloud_map.namespace.vpc
    if vpc is None:
        found.add(
            "cluster",
            "the names of a namespace resolve only in its network, but the service would get a new network",
            allowed="a cluster in the network of the namespace",
            practice="cloud-map-record",
        )
    elif inside is not None and different_networks(inside, vpc):
        found.add(
            "cloud_map.namespace",
            "its names do not resolve in the network of the service",
            given=Shown(inside.vpc_id if not is_token(inside.vpc_id) else inside.node.path),
            allowed="a namespace in the network of the cluster",
            practice="cloud-map-record",
        )
    return list(found)


def _claim_problems(
    service_connect: ServiceConnect | None, cloud_map: CloudMap | None, workload: Workload
) -> list[Problem]:
    found = Problems()
    taken = names_taken(service_connect, workload)
    if service_connect is not None:
        found.extend(service_connect.namespace.claim_problems(taken), under="service_connect.ports")
    if cloud_map is not None:
        beside = taken if service_connect is not None and service_connect.namespace is cloud_map.namespace else []
        found.extend(cloud_map.namespace.claim_problems([cloud_map.name]), under="cloud_map.name")
        if cloud_map.name.lower() in beside:
            found.add(
                "cloud_map.name",
                "the service already has this name in the namespace, through Service Connect",
                given=cloud_map.name,
                allowed="another name",
                practice="unique-discovery-names",
            )
    return list(found)
