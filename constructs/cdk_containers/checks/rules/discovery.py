"""Checks of how services find and reach each other."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource, Value

from .service_parts import SERVICE, containers_of, network_mode_of, task_definition

CLOUD_MAP = "AWS::ServiceDiscovery::Service"
SERVICE_NETWORK = "AWS::VpcLattice::ServiceNetwork"
LATTICE_SERVICE = "AWS::VpcLattice::Service"
LATTICE_LOG = "AWS::VpcLattice::AccessLogSubscription"
SECURITY_GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"

_CONNECT = "ServiceConnectConfiguration"
_LONGEST_TTL = 60
_WORLD = {"0.0.0.0/0", "::/0"}


def _uses_connect(service: Resource) -> bool:
    return service.flag(_CONNECT, "Enabled")


def _same(one: Value, other: Value) -> bool:
    """Tell whether two values are surely the same."""
    try:
        return bool(one == other)
    except CannotTell:
        return False


@check("unique-discovery-names", CLOUD_MAP, SERVICE, fix="Give each service a unique name in the namespace.")
def name_is_its_own(named: Resource) -> Outcome | None:
    """A name belongs to a single service."""
    if named.type == CLOUD_MAP:
        return _cloud_map_name(named)
    return (
        worst(lambda entry: _connect_name(named, entry), named.maps(_CONNECT, "Services"))
        if _uses_connect(named)
        else None
    )


def _cloud_map_name(named: Resource) -> Outcome | None:
    if not named.has("Name"):
        return None
    name = named.text("Name")
    for other in named.template.estate.of_type(CLOUD_MAP):
        if other is not named and _same(other.value("Name"), name) and _same(_namespace(other), _namespace(named)):
            return fault(f"{other.logical_id} has the name {name} in the same namespace")
    return ok(f"only one service has the name {name}")


def _namespace(named: Resource) -> Value:
    return named.value("NamespaceId") if named.has("NamespaceId") else named.value("DnsConfig", "NamespaceId")


def _connect_name(service: Resource, entry: Map) -> Outcome:
    name = _discovery_name(entry)
    for other in service.template.estate.of_type(SERVICE):
        if other is service or not _same(other.value(_CONNECT, "Namespace"), service.value(_CONNECT, "Namespace")):
            continue
        if not service.has(_CONNECT, "Namespace"):
            continue
        if any(_same(_discovery_name(it), name) for it in other.maps(_CONNECT, "Services")):
            return fault(f"{other.logical_id} has the name {name} in the same namespace")
    return ok(f"only one service has the name {name}")


def _discovery_name(entry: Map) -> str:
    return entry.text("DiscoveryName") if entry.has("DiscoveryName") else entry.text("PortName")


@check(
    "service-connect-named-port",
    SERVICE,
    fix=("Set Name in the PortMappings of the container, and use it as PortName."),
)
def served_ports_have_names(service: Resource) -> Outcome | None:
    """Service Connect finds the port that it serves."""
    if not _uses_connect(service):
        return None
    entries = service.maps(_CONNECT, "Services")
    if not entries:
        return None
    task = task_definition(service)
    names = {it.text("Name") for container in containers_of(task) for it in container.maps("PortMappings")}
    unknown = [entry.text("PortName") for entry in entries if entry.text("PortName") not in names]
    if unknown:
        return fault(f"no port of {task.logical_id} has the name {', '.join(unknown)}")
    return ok("all served ports have names")


@check("service-connect-network-mode", SERVICE, fix="Set NetworkMode of the task definition to awsvpc.")
def proxies_stand_before_tasks(service: Resource) -> Outcome | None:
    """A proxy can take over the port of a container."""
    if not _uses_connect(service):
        return None
    mode = network_mode_of(service)
    if mode in {"awsvpc", "bridge"}:
        return ok(f"Service Connect works in {mode} mode")
    return fault(f"Service Connect does not work in {mode} mode")


@check("service-connect-timeouts", SERVICE, fix="Set IdleTimeoutSeconds above PerRequestTimeoutSeconds.")
def connections_outlive_requests(service: Resource) -> Outcome | None:
    """No connection closes while a request is in progress."""
    if not _uses_connect(service):
        return None
    return worst(lambda entry: _timeout_outcome(service, entry), service.maps(_CONNECT, "Services"))


def _timeout_outcome(service: Resource, entry: Map) -> Outcome | None:
    if not entry.has("Timeout"):
        return None
    name = _discovery_name(entry)
    idle = entry.number("Timeout", "IdleTimeoutSeconds", default=300)
    request = entry.number("Timeout", "PerRequestTimeoutSeconds")
    if request and _protocol(service, entry.text("PortName")) == "tcp":
        return fault(f"{name} is TCP, so the proxy sees no requests", fix="Remove PerRequestTimeoutSeconds.")
    if request is not None and 0 < idle < (request or float("inf")):
        return fault(f"connections to {name} close after {idle:g} s without data, before the request timeout")
    return ok(f"connections to {name} stay open as long as their requests")


def _protocol(service: Resource, name: str) -> str:
    for container in containers_of(task_definition(service)):
        for port in container.maps("PortMappings"):
            if port.text("Name") == name:
                return port.text("AppProtocol", default="tcp")
    raise CannotTell(f"no port in the templates has the name {name}")


@check(
    "service-connect-access-logs",
    SERVICE,
    fix="Set AccessLogConfiguration of ServiceConnectConfiguration to {Format: JSON}.",
)
def requests_are_recorded(service: Resource) -> Outcome | None:
    """Rejected requests are logged."""
    if not _uses_connect(service):
        return None
    log = service.map(_CONNECT, "AccessLogConfiguration")
    if not log.has("Format"):
        return fault("requests through Service Connect are not logged")
    if log.text("IncludeQueryParameters", default="DISABLED") == "ENABLED":
        return fault(
            "query parameters, which can contain secrets, are logged", fix="Set IncludeQueryParameters to DISABLED."
        )
    return ok("requests through Service Connect are logged")


@check("cloud-map-record", CLOUD_MAP, fix="Use A records for awsvpc, and SRV records for bridge and host networking.")
def record_tells_the_way(cloud_map: Resource) -> Outcome | None:
    """Callers find the address, and the port if they need it."""
    kinds = {it.text("Type") for it in cloud_map.maps("DnsConfig", "DnsRecords")}
    services = [it for it in cloud_map.referring(SERVICE) if it.has("ServiceRegistries")]
    return worst(lambda service: _record_outcome(kinds, service), services) if kinds else None


def _record_outcome(kinds: set[str], service: Resource) -> Outcome:
    mode = network_mode_of(service)
    if "CNAME" in kinds:
        return fault(f"CNAME records need names, but tasks of {service.logical_id} have only addresses")
    if mode != "awsvpc" and kinds != {"SRV"}:
        found = ", ".join(sorted(kinds - {"SRV"}))
        return fault(
            f"{found} records do not contain the ports of tasks of {service.logical_id}, which are in {mode} mode"
        )
    return ok(f"{', '.join(sorted(kinds))} records fit tasks in {mode} mode")


@check("cloud-map-ttl", CLOUD_MAP, fix="Set TTL to 60 or less.")
def records_are_short_lived(cloud_map: Resource) -> Outcome | None:
    """Callers do not cache the address of a stopped task for long."""
    records = cloud_map.maps("DnsConfig", "DnsRecords")
    if not records:
        return None
    longest = max(it.number("TTL", default=0) for it in records)
    if longest > _LONGEST_TTL:
        return fault(f"callers cache addresses of tasks for {longest:g} s")
    return ok(f"callers cache addresses of tasks for {longest:g} s")


@check("lattice-auth", SERVICE_NETWORK, LATTICE_SERVICE, fix="Set AuthType to AWS_IAM.")
def callers_sign_requests(lattice: Resource) -> Outcome:
    """Each request identifies its caller."""
    if lattice.text("AuthType", default="NONE") == "AWS_IAM":
        return ok("callers sign their requests")
    return fault("callers are not authenticated (AuthType is NONE)")


@check("lattice-access-logs", SERVICE_NETWORK, fix="Add an AWS::VpcLattice::AccessLogSubscription for the network.")
def network_has_access_logs(network: Resource) -> Outcome:
    """Rejected requests are logged."""
    if network.referring(LATTICE_LOG):
        return ok("requests are logged")
    for log in network.template.estate.of_type(LATTICE_LOG):
        network.template.estate.find(log.value("ResourceIdentifier"))
    return fault("requests are not logged")


@check(
    "lattice-prefix-list",
    SERVICE,
    fix="Set SourcePrefixListId in a security group rule to the managed prefix list of VPC Lattice.",
)
def tasks_are_open_to_lattice(service: Resource) -> Outcome | None:
    """Only VPC Lattice can reach the tasks."""
    if not service.values("VpcLatticeConfigurations"):
        return None
    estate = service.template.estate
    groups = [
        estate.find(it, SECURITY_GROUP)
        for it in service.values("NetworkConfiguration", "AwsvpcConfiguration", "SecurityGroups")
    ]
    found = [group for group in groups if group is not None]
    if not found or len(found) < len(groups):
        raise CannotTell("a security group of the tasks is in another stack")
    rules = [rule for group in found for rule in (*group.maps("SecurityGroupIngress"), *group.referring(INGRESS))]
    if any(rule.text("CidrIp") in _WORLD or rule.text("CidrIpv6") in _WORLD for rule in rules):
        return fault("tasks are open to every caller, not only to VPC Lattice")
    if any(rule.has("SourcePrefixListId") for rule in rules):
        return ok("tasks are open to a prefix list")
    return fault("no rule allows VPC Lattice to reach the tasks")
