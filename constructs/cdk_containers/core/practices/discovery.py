"""Practices for how services find and reach each other."""

from .model import Practice, Severity

_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_LATTICE = "https://docs.aws.amazon.com/vpc-lattice/latest/ug"

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="connect-services",
        title="Connect services with `connect_to`, which sets rules, order and addresses together",
        why=(
            "A security group rule, a creation order and an address belong together. With Service Connect, a task that "
            "starts before the service it calls cannot resolve that service until the task is replaced. Services that "
            "wait for each other are never created."
        ),
        source=f"{_ECS}/service-connect-concepts-deploy.html",
        severity=Severity.HIGH,
        option="WebService.connect_to(url=), BackendService.connect_to(url=)",
        check="none",
        not_in_templates="A template does not show which service calls which.",
    ),
    Practice(
        id="unique-discovery-names",
        title="Give each service in a namespace a unique name",
        why=(
            "If two services use the same name, Cloud Map refuses the second one after its tasks have started. An "
            "alias that two services share sends callers to either of them."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html",
        severity=Severity.HIGH,
        option="ServiceConnect.ports, CloudMap.name, Namespace.name",
    ),
    Practice(
        id="service-connect-named-port",
        title="Name the ports that Service Connect serves",
        why=(
            "Service Connect finds a port by its name in the task definition, and forwards TCP traffic to it. A "
            "service without named ports can call others, but cannot receive calls."
        ),
        source=f"{_ECS}/service-connect-concepts.html",
        severity=Severity.HIGH,
        option="ServiceConnect.ports, Port.name",
    ),
    Practice(
        id="service-connect-network-mode",
        title="Use awsvpc or bridge networking with Service Connect, and awsvpc with VPC Lattice",
        why=(
            "The Service Connect proxy takes over the container's port, which does not work with a port of the "
            "instance. VPC Lattice connects to the IP addresses of tasks."
        ),
        source=f"{_ECS}/task-networking.html",
        severity=Severity.HIGH,
        option="ServiceConnect.namespace, TaskOptions.network_mode",
    ),
    Practice(
        id="service-connect-timeouts",
        title="Keep connections open for as long as a response can take",
        why=(
            "The proxy closes a connection that is idle for longer than its idle timeout, even while the service still "
            "works on the response. It sees no requests on a TCP port, so a TCP port has no request timeout."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TimeoutConfiguration.html",
        severity=Severity.MEDIUM,
        option="ServiceConnect.idle_timeout, ServiceConnect.per_request_timeout",
    ),
    Practice(
        id="service-connect-tls",
        title="Encrypt traffic between Service Connect proxies if the data requires it",
        why=(
            "ECS issues and renews the certificates, and the applications do not change. TLS requires a private "
            "certificate authority with a monthly cost, so you decide."
        ),
        source=f"{_ECS}/service-connect-tls.html",
        severity=Severity.MEDIUM,
        option="ServiceConnect.tls, ServiceConnectTls.authority_arn",
        check="none",
        not_in_templates="A template does not show whether the data requires encryption between the proxies.",
    ),
    Practice(
        id="service-connect-access-logs",
        title="Log the requests that pass through Service Connect",
        why=(
            "Requests that the proxy rejects, retries or gives up on appear in no application log. Without query "
            "parameters, which can contain secrets, the access log can be stored with the other logs."
        ),
        source=f"{_ECS}/service-connect-envoy-access-logs.html",
        severity=Severity.MEDIUM,
        option="ServiceConnect.access_logs",
    ),
    Practice(
        id="cloud-map-record",
        title="Use A records for tasks with their own address, and SRV records for others",
        why=(
            "With bridge or host networking, several tasks share the address of their instance, and only an SRV record "
            "contains their ports. Names in a private namespace resolve only inside its VPC."
        ),
        source=f"{_ECS}/service-discovery.html",
        severity=Severity.HIGH,
        option="CloudMap.record_type, CloudMap.namespace",
    ),
    Practice(
        id="cloud-map-ttl",
        title="Let callers cache the addresses of tasks for seconds, not minutes",
        why="ECS replaces a task in seconds. A caller that cached the old address fails until the record expires.",
        source=f"{_ECS}/service-discovery.html",
        severity=Severity.LOW,
        option="CloudMap.ttl",
    ),
    Practice(
        id="lattice-auth",
        title="Accept only signed requests through VPC Lattice",
        why=(
            "A service network can span VPCs and accounts, where security groups cannot identify the caller. With IAM, "
            "each request carries the role of its caller, and policies decide what the caller may do."
        ),
        source=f"{_LATTICE}/auth-policies.html",
        severity=Severity.HIGH,
        option="ServiceNetwork.auth, LatticeExposure.auth",
    ),
    Practice(
        id="lattice-access-logs",
        title="Write the access logs of a service network",
        why=(
            "Requests that VPC Lattice rejects because of a missing signature or permission do not reach a task. They "
            "appear only in the access logs of the service network."
        ),
        source=f"{_LATTICE}/monitoring-access-logs.html",
        severity=Severity.MEDIUM,
        option="ServiceNetwork.access_logs",
    ),
    Practice(
        id="lattice-prefix-list",
        title="Allow only the managed prefix list of VPC Lattice to reach tasks",
        why=(
            "Requests arrive from VPC Lattice addresses, which AWS can change. AWS maintains a prefix list of them in "
            "each region for security group rules."
        ),
        source=f"{_LATTICE}/security-groups.html",
        severity=Severity.HIGH,
        option="ServiceNetwork.prefix_list_id",
    ),
)
