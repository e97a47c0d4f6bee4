"""What a construct knows of a workload beside its description, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from cdk_containers.core.frozen import frozen
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Architecture, OperatingSystem

PodSecurity = Literal["restricted", "baseline", "privileged"]


@frozen
class Exposure:
    """A port that a load balancer sends to.

    Attributes:
        port: The port of the container.
        container: Name of the container, as the workload has it. Default: the first.
        protocol: `tcp` or `udp`. Default: `tcp`.
        health_check_path: Path that the load balancer asks for. Default: none, it opens a connection only.
        health_check_port: Port of its check. Default: `port`.
        https: Whether the container speaks TLS there. Default: False.
        deregistration_delay: Seconds that the load balancer leaves to requests under way. Default: 30.
        sources: Addresses that the load balancer sends from, as CIDRs, for the network policy. Default: none.
    """

    port: int
    container: str | None = None
    protocol: Literal["tcp", "udp"] = "tcp"
    health_check_path: str | None = None
    health_check_port: int | None = None
    https: bool = False
    deregistration_delay: int = 30
    sources: Sequence[str] = ()


@frozen
class Peer:
    """Another workload, at one end of a connection.

    Attributes:
        name: Its name, which is the label `app.kubernetes.io/name` of its pods.
        namespace: Its namespace. Default: that of the workload.
        ports: Ports of the connection, at the end that is called. Default: all that are declared there.
    """

    name: str
    namespace: str | None = None
    ports: Sequence[int] = ()


@frozen
class PodFacts:
    """What is known of the pods of any workload.

    Attributes:
        images: Address of the image of each container, by the container's name; those of a registry may be left out.
        volume_handles: What the EFS driver knows each `EfsVolume` by (`fs-…::fsap-…`), by the volume's name.
        service_account: Service account that the pods run as. Default: one is rendered, with the workload's name.
        role_arn: Role of the service account that is rendered, where pods assume it by OIDC and not by Pod Identity.
        region: Region, which containers find as `AWS_REGION`. Default: none.
        architecture: Processor that the images are for. Default: `X86_64`.
        operating_system: What the images are made for. Default: `LINUX`.
        ephemeral_storage_gib: Disk for the pod. Default: no limit.
        labels: Labels of all objects, beside those of the workload. Default: none.
        annotations: Annotations of the pods. Default: none.
        node_selector: Labels that the pods' nodes have. Default: none beside processor and operating system.
        tolerations: Taints of nodes that the pods bear, as Kubernetes writes them. Default: none beside that of GPUs.
        spot_percent: Share of the pods that Spot capacity may run: 0, 100, or a preference between. Default: not said.
        pod_security: Level of the Pod Security Standards that the namespace enforces. Default: `restricted`.
        cpu_limit: Hold each container to the CPU of the whole. Default: True, as ECS does with a task.
        callers: Workloads that may call this one. Default: none.
        callees: Workloads that it may call, where it may call no others. Default: it may call anything.
    """

    images: Mapping[str, str] = field(default_factory=dict[str, str])
    volume_handles: Mapping[str, str] = field(default_factory=dict[str, str])
    service_account: str | None = None
    role_arn: str | None = None
    region: str | None = None
    architecture: Architecture = "X86_64"
    operating_system: OperatingSystem = "LINUX"
    ephemeral_storage_gib: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    node_selector: Mapping[str, str] = field(default_factory=dict[str, str])
    tolerations: Sequence[Mapping[str, str]] = ()
    spot_percent: int | None = None
    pod_security: PodSecurity = "restricted"
    cpu_limit: Literal[True] | Disabled = True
    callers: Sequence[Peer] = ()
    callees: Sequence[Peer] | None = None

    @property
    def defaults(self) -> dict[str, object]:
        """Values of the options that may be switched off, by practice."""
        return {"eks-container-resources": self.cpu_limit}

    @property
    def opt_outs(self) -> dict[str, Disabled]:
        """The defaults that are switched off, by practice."""
        return {practice: value for practice, value in self.defaults.items() if isinstance(value, Disabled)}


@frozen
class ServiceFacts(PodFacts):
    """What is known of a workload that runs all the time: a service, a worker or a daemon.

    Attributes:
        replicas: Pods that run. None where an autoscaler says so. Default: 2.
        exposures: Ports that load balancers send to. Default: none.
        min_healthy_percent: Share of the pods that keep running during a deployment, 0–100. Default: 100.
        max_healthy_percent: Share of the pods that may run at once during a deployment, 100–200. Default: 200.
        startup_seconds: Time that the application may take to start before it counts as failed. Default: 60.
        min_ready_seconds: Time that a new pod has to be ready before the deployment goes on. Default: 0.
        drain_seconds: Time until a load balancer sends nothing more to a pod that ends. Default: 10.
        ends_requests_on_sigterm: Whether the application itself ends requests under way after SIGTERM, so that pods go
            sooner. Default: False.
        spread: Spread the pods over zones and nodes. Default: True.
        disruption_budget: Let nodes be drained one pod at a time. Default: True.
    """

    replicas: int | None = 2
    exposures: Sequence[Exposure] = ()
    min_healthy_percent: int = 100
    max_healthy_percent: int = 200
    startup_seconds: int = 60
    min_ready_seconds: int = 0
    drain_seconds: int = 10
    ends_requests_on_sigterm: bool = False
    spread: Literal[True] | Disabled = True
    disruption_budget: Literal[True] | Disabled = True

    @property
    def defaults(self) -> dict[str, object]:
        """Values of the options that may be switched off, by practice."""
        return {
            "eks-container-resources": self.cpu_limit,
            "eks-pod-spread": self.spread,
            "eks-pod-disruption-budget": self.disruption_budget,
        }


@frozen
class JobFacts(PodFacts):
    """What is known of a workload that runs and ends.

    Attributes:
        schedule: When it runs, as AWS writes it (`cron(…)`, `rate(…)`). Default: once, when it is applied.
        time_zone: Time zone of the schedule. Default: UTC.
        overlap: Whether a run starts while the one before still runs. Default: `ALLOW`, as with `ScheduledJob`.
        enabled: Whether the schedule is on. Default: True.
        timeout_seconds: Time that one try may take. Default: none.
        retries: Further tries after one that failed. Default: 0.
        start_within_seconds: Time after the scheduled moment in which a run may still start. Default: an hour.
    """

    schedule: str | None = None
    time_zone: str | None = None
    overlap: Literal["ALLOW", "SKIP"] = "ALLOW"
    enabled: bool = True
    timeout_seconds: int | None = None
    retries: int = 0
    start_within_seconds: int = 3600
