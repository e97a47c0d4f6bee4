"""Practices for how services find and reach each other."""

from .model import Practice, Severity

_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_LATTICE = "https://docs.aws.amazon.com/vpc-lattice/latest/ug"

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="connect-services",
        title="Connect services by one call, that opens, orders and tells",
        why=(
            "A rule, an order of creation and an address belong together. A task that starts before the service that "
            "it calls cannot resolve it by Service Connect until it is replaced; services that wait for each other are "
            "never created."
        ),
        source=f"{_ECS}/service-connect-concepts-deploy.html",
        severity=Severity.HIGH,
        option="WebService.connect_to(url=), BackendService.connect_to(url=)",
        check="none",
        not_in_templates="A template does not tell which service calls which.",
    ),
    Practice(
        id="unique-discovery-names",
        title="Give a service a name that no other has in its namespace",
        why=(
            "Two services with one name are not created: Cloud Map refuses the second, after its tasks were started. "
            "An alias that two services share would lead callers to either."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html",
        severity=Severity.HIGH,
        option="ServiceConnect.ports, CloudMap.name, Namespace.name",
    ),
    Practice(
        id="service-connect-named-port",
        title="Name the ports that are served by Service Connect",
        why=(
            "Service Connect knows a port by its name in the task definition, and passes TCP on. A service whose ports "
            "have no names can call others, and nobody can call it."
        ),
        source=f"{_ECS}/service-connect-concepts.html",
        severity=Severity.HIGH,
        option="ServiceConnect.ports, Port.name",
    ),
    Practice(
        id="service-connect-network-mode",
        title="Use awsvpc networking, or bridge, where a proxy has to stand before a task",
        why=(
            "A proxy takes over the port of a container, which it cannot where that is a port of the instance. VPC "
            "Lattice reaches addresses of tasks."
        ),
        source=f"{_ECS}/task-networking.html",
        severity=Severity.HIGH,
        option="ServiceConnect.namespace, TaskOptions.network_mode",
    ),
    Practice(
        id="service-connect-timeouts",
        title="Let a connection live as long as the answer may take",
        why=(
            "The proxy closes a connection that is silent for longer than its idle timeout, also while the answer is "
            "worked on. Of a TCP port it sees no requests, so there is no time for one."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TimeoutConfiguration.html",
        severity=Severity.MEDIUM,
        option="ServiceConnect.idle_timeout, ServiceConnect.per_request_timeout",
    ),
    Practice(
        id="service-connect-tls",
        title="Encrypt between the proxies of Service Connect where the data asks for it",
        why=(
            "ECS gets the certificates and renews them, and the applications need not know. It takes a private "
            "certificate authority, which costs money by the month, so it is the caller's choice."
        ),
        source=f"{_ECS}/service-connect-tls.html",
        severity=Severity.MEDIUM,
        option="ServiceConnect.tls, ServiceConnectTls.authority_arn",
        check="none",
        not_in_templates="Whether the data asks for encryption between the proxies, no template tells.",
    ),
    Practice(
        id="service-connect-access-logs",
        title="Keep a record of the requests that go through Service Connect",
        why=(
            "Requests that the proxy refused, retried or gave up on appear in no log of an application. Without query "
            "parameters, in which secrets are found, the record can be kept with the other logs."
        ),
        source=f"{_ECS}/service-connect-envoy-access-logs.html",
        severity=Severity.MEDIUM,
        option="ServiceConnect.access_logs",
    ),
    Practice(
        id="cloud-map-record",
        title="Use address records for tasks with their own address, SRV records for others",
        why=(
            "With bridge or host networking several tasks share the address of their instance, at ports that only an "
            "SRV record can tell. Names of a private namespace are known in its own network."
        ),
        source=f"{_ECS}/service-discovery.html",
        severity=Severity.HIGH,
        option="CloudMap.record_type, CloudMap.namespace",
    ),
    Practice(
        id="cloud-map-ttl",
        title="Let callers remember the addresses of tasks for seconds, not minutes",
        why="A task is replaced in seconds, and a caller that remembers it calls nobody until the record is stale.",
        source=f"{_ECS}/service-discovery.html",
        severity=Severity.LOW,
        option="CloudMap.ttl",
    ),
    Practice(
        id="lattice-auth",
        title="Take signed requests only through VPC Lattice",
        why=(
            "A service network can span VPCs and accounts, where no security group knows who calls. With IAM each "
            "request carries the role of its caller, and policies say who may do what."
        ),
        source=f"{_LATTICE}/auth-policies.html",
        severity=Severity.HIGH,
        option="ServiceNetwork.auth, LatticeExposure.auth",
    ),
    Practice(
        id="lattice-access-logs",
        title="Write the access logs of a service network",
        why=(
            "Requests that VPC Lattice refused, for want of a signature or of permission, reach no task. Only its own "
            "record tells of them."
        ),
        source=f"{_LATTICE}/monitoring-access-logs.html",
        severity=Severity.MEDIUM,
        option="ServiceNetwork.access_logs",
    ),
    Practice(
        id="lattice-prefix-list",
        title="Open tasks to the managed prefix list of VPC Lattice, and to nothing wider",
        why=(
            "Requests come from addresses of VPC Lattice that AWS may change. It keeps a list of them in each region, "
            "for rules of security groups."
        ),
        source=f"{_LATTICE}/security-groups.html",
        severity=Severity.HIGH,
        option="ServiceNetwork.prefix_list_id",
    ),
)
