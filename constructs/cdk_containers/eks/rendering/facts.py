"""What a construct knows about a workload in addition to its description, as plain data."""

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
    """A port with traffic from a load balancer.

    Attributes:
        port: The port of the container.
        container: Name of the container in the workload. Default: the first.
        protocol: `tcp` or `udp`. Default: `tcp`.
        health_check_path: Path of the load balancer's health check. Default: none; it only opens a connection.
        health_check_port: Port of its check. Default: `port`.
        https: Whether the container speaks TLS there. Default: False.
        deregistration_delay: Seconds for requests in flight to finish. Default: 30.
        sources: Source addresses of the load balancer, as CIDR blocks, for the network policy. Default: none.
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
        ports: Ports of the connection at the callee. Default: all declared ports.
    """

    name: str
    namespace: str | None = None
    ports: Sequence[int] = ()


@frozen
class PodFacts:
    """Known facts of the pods of any workload.

    Attributes:
        images: Image address of each container, by container name; optional for registry images.
        volume_handles: Handle of each `EfsVolume` in the EFS driver (`fs-…::fsap-…`), by volume name.
        service_account: Service account of the pods. Default: a new service account with the workload's name.
        role_arn: Role of the new service account, if pods assume it with OIDC instead of Pod Identity.
        region: Region for the variable `AWS_REGION`. Default: none.
        architecture: Processor architecture of the images. Default: `X86_64`.
        operating_system: Operating system of the images. Default: `LINUX`.
        ephemeral_storage_gib: Ephemeral storage of the pod in GiB. Default: no limit.
        labels: Labels of all objects, in addition to those of the workload. Default: none.
        annotations: Annotations of the pods. Default: none.
        node_selector: Labels of the pods' nodes. Default: only architecture and operating system.
        tolerations: Taints that the pods tolerate, in Kubernetes syntax. Default: only that of GPU nodes.
        spot_percent: Percentage of the pods that may run on Spot: 0, 100, or a preference in between. Default: not set.
        pod_security: Level of the Pod Security Standards that the namespace enforces. Default: `restricted`.
        cpu_limit: Limits each container to the CPU of the pod. Default: True, as in an ECS task.
        callers: Workloads that may call this one. Default: none.
        callees: The only workloads that it may call. Default: no restriction.
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
        """Values of options that can be disabled, by practice."""
        return {"eks-container-resources": self.cpu_limit}

    @property
    def opt_outs(self) -> dict[str, Disabled]:
        """The disabled defaults, by practice."""
        return {practice: value for practice, value in self.defaults.items() if isinstance(value, Disabled)}


@frozen
class ServiceFacts(PodFacts):
    """Known facts of a long-running workload: a service, a worker or a daemon.

    Attributes:
        replicas: Number of pods. None if an autoscaler sets it. Default: 2.
        exposures: Ports with traffic from load balancers. Default: none.
        min_healthy_percent: Share of the pods that keep running during a deployment, 0–100. Default: 100.
        max_healthy_percent: Share of the pods that may run at once during a deployment, 100–200. Default: 200.
        startup_seconds: Time that the application may take to start before it counts as failed. Default: 60.
        min_ready_seconds: Time that a new pod must be ready before the deployment continues. Default: 0.
        drain_seconds: Time until a load balancer stops sending to a terminating pod. Default: 10.
        ends_requests_on_sigterm: Whether the application itself finishes requests in flight after SIGTERM, so that pods
            stop sooner. Default: False.
        spread: Spreads the pods over zones and nodes. Default: True.
        disruption_budget: Lets nodes drain one pod at a time. Default: True.
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
        """Values of options that can be disabled, by practice."""
        return {
            "eks-container-resources": self.cpu_limit,
            "eks-pod-spread": self.spread,
            "eks-pod-disruption-budget": self.disruption_budget,
        }


@frozen
class JobFacts(PodFacts):
    """Known facts of a workload that runs to completion.

    Attributes:
        schedule: Schedule in AWS syntax (`cron(…)`, `rate(…)`). Default: none; it runs once when applied.
        time_zone: Time zone of the schedule. Default: UTC.
        overlap: Whether a run starts while the previous run is still running. Default: `ALLOW`, as with `ScheduledJob`.
        enabled: Whether the schedule is on. Default: True.
        timeout_seconds: Maximum duration of one attempt. Default: none.
        retries: Retries after a failed attempt. Default: 0.
        start_within_seconds: Time after the scheduled moment in which a run may still start. Default: an hour.
    """

    schedule: str | None = None
    time_zone: str | None = None
    overlap: Literal["ALLOW", "SKIP"] = "ALLOW"
    enabled: bool = True
    timeout_seconds: int | None = None
    retries: int = 0
    start_within_seconds: int = 3600
