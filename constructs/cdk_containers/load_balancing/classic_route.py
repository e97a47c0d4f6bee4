"""The Classic Load Balancer that sends requests to one port of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar, cast

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_containers.core.cdk_modules import elb
from cdk_containers.core.inputs import in_seconds
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.network import PortRange

from .access_logs import ELB_LOG_DELIVERY, AccessLogs, allow_log_delivery, make_bucket
from .classic_exposure import ClassicExposure
from .route import Figure, Route, RouteTarget

_HTTP, _HTTPS = 80, 443
_WORLD = ("0.0.0.0/0", "::/0")
_TLS_POLICY = "TlsOnly"
_DRAINING_SECONDS = 30
_CLASSIC = Acknowledgement(
    "The team asked for a Classic Load Balancer to replace an existing one; new services use AlbExposure",
    cdk_nag=("AwsSolutions-ELB1",),
)
_PLAIN_INSIDE = Acknowledgement(
    "Callers use TLS to the load balancer; it uses HTTP to the instances, and only it can reach them on that port",
    cdk_nag=("AwsSolutions-ELB5",),
)
_OPEN_TO_THE_WORLD = Acknowledgement(
    "A public load balancer must be reachable from the internet; it forwards requests only to the port of one "
    "service. `ingress` restricts who may reach it",
    cdk_nag=("AwsSolutions-EC23",),
)


class ClassicRoute(Route):
    """One exposure of a service. The service creates it in its own stack from `ClassicExposure`.

    Attributes:
        exposure: The options of the exposure.
        load_balancer: The load balancer.
    """

    _NAMESPACE = "AWS/ELB"
    _FIGURES: ClassVar[Mapping[Figure, tuple[str, str]]] = {
        "requests": ("RequestCount", "Sum"),
        "client_errors": ("HTTPCode_Backend_4XX", "Sum"),
        "server_errors": ("HTTPCode_Backend_5XX", "Sum"),
        "response_time": ("Latency", "p99"),
        "unhealthy_tasks": ("UnHealthyHostCount", "Maximum"),
    }

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        exposure: ClassicExposure,
        target: RouteTarget,
    ) -> None:
        super().__init__(scope, id)
        host_port = target.instance_port or exposure.port
        self.exposure = exposure
        self.port = exposure.port
        ingress = exposure.ingress
        if ingress is None:
            ingress = [ec2.Peer.any_ipv4()] if target.internet_facing else []
        secure = exposure.certificate is not None
        outer = _HTTPS if secure else _HTTP
        self.load_balancer = elb.LoadBalancer(
            self,
            "LoadBalancer",
            vpc=target.vpc,
            internet_facing=target.internet_facing,
            subnet_selection=None if target.internet_facing else target.subnets,
            cross_zone=True,
            health_check=elb.HealthCheck(
                port=host_port,
                path=exposure.health_check_path,
                protocol=elb.LoadBalancingProtocol.HTTP,
                interval=in_seconds(10),
                timeout=in_seconds(5),
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            listeners=[
                elb.LoadBalancerListener(
                    external_port=outer,
                    external_protocol=elb.LoadBalancingProtocol.HTTPS if secure else elb.LoadBalancingProtocol.HTTP,
                    internal_port=host_port,
                    internal_protocol=elb.LoadBalancingProtocol.HTTP,
                    ssl_certificate_arn=None if exposure.certificate is None else exposure.certificate.certificate_arn,
                    policy_names=[_TLS_POLICY] if secure else None,
                    allow_connections_from=[],
                )
            ],
        )
        self._configure(exposure, secure=secure)
        for peer in ingress:
            self.load_balancer.connections.allow_from(peer, ec2.Port.tcp(outer), f"Requests on port {outer}")
        if any(peer.unique_id in _WORLD for peer in ingress):
            acknowledge(self.load_balancer, _OPEN_TO_THE_WORLD)
        self.entry = target.entry(exposure.port, load_balancer_name=self.load_balancer.load_balancer_name)
        self.ready_when = target.let_in(self, self.load_balancer, PortRange(first=host_port, last=host_port))

    @cached_property
    def _dimensions(self) -> Sequence[Mapping[str, str]]:
        return [{"LoadBalancerName": self.load_balancer.load_balancer_name}]

    def _configure(self, exposure: ClassicExposure, *, secure: bool) -> None:
        resource = cast("elb.CfnLoadBalancer", self.load_balancer.node.default_child)
        acknowledge(self.load_balancer, _CLASSIC)
        resource.connection_draining_policy = elb.CfnLoadBalancer.ConnectionDrainingPolicyProperty(
            enabled=True, timeout=_DRAINING_SECONDS
        )
        if secure:
            acknowledge(self.load_balancer, _PLAIN_INSIDE)
            resource.policies = [
                elb.CfnLoadBalancer.PoliciesProperty(
                    policy_name=_TLS_POLICY,
                    policy_type="SSLNegotiationPolicyType",
                    attributes=[{"Name": "Reference-Security-Policy", "Value": "ELBSecurityPolicy-TLS-1-2-2017-01"}],
                )
            ]
        if isinstance(exposure.https, Disabled):
            record_opt_out(self.load_balancer, "https-listener", exposure.https)
        if isinstance(exposure.access_logs, Disabled):
            record_opt_out(self.load_balancer, "access-logs", exposure.access_logs)
            return
        logs = exposure.access_logs or AccessLogs()
        bucket = logs.bucket or make_bucket(self, logs)
        policy = allow_log_delivery(bucket, logs, ELB_LOG_DELIVERY)
        resource.access_logging_policy = elb.CfnLoadBalancer.AccessLoggingPolicyProperty(
            enabled=True,
            s3_bucket_name=bucket.bucket_name,
            s3_bucket_prefix=logs.prefix.rstrip("/") if logs.prefix else None,
            emit_interval=60,
        )
        if policy is not None:
            resource.node.add_dependency(policy)
