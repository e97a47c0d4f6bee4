"""The service of VPC Lattice that brings requests to one port of a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_vpclattice as vpclattice
from constructs import Construct

from ..inputs import is_token
from ..network import PortRange, RuleKey, rules_of
from ..opt_outs import Acknowledgement, acknowledge, resource_of
from .lattice_exposure import LatticeExposure
from .places import place_in_account, short_hash
from .ports import GROUP_PORTS
from .route import Route, RouteTarget
from .service_network import ServiceNetwork, add_auth_policy, auth_type

_POLICY = "AmazonECSInfrastructureRolePolicyForVpcLattice"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents this managed policy as the rights that ECS needs to enter tasks into target groups, and keeps it "
    "current; AWS has no narrower one",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",),
)


class LatticeRoute(Route):
    """One exposure of a service, made: services make it, in their own stack, from `LatticeExposure`.

    Attributes:
        exposure: What was asked for.
        service_network: The service network that it entered.
        lattice_service: The service, as VPC Lattice knows it.
        target_group: The tasks of the service, as VPC Lattice sees them.
        infrastructure_role: What ECS acts as to enter and remove tasks.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        exposure: LatticeExposure,
        service_network: ServiceNetwork,
        target: RouteTarget,
    ) -> None:
        super().__init__(scope, id)
        self.exposure = exposure
        self.port = exposure.port
        self.service_network = service_network
        self.lattice_service = vpclattice.CfnService(
            self,
            "Service",
            auth_type=auth_type(exposure.auth),
            certificate_arn=None if exposure.certificate is None else exposure.certificate.certificate_arn,
            custom_domain_name=exposure.domain_name,
        )
        arn = self.lattice_service.attr_arn
        add_auth_policy(self, self.lattice_service, arn, exposure.auth, resource=f"{arn}/*")
        self.target_group = self._make_target_group(target)
        self._listener = vpclattice.CfnListener(
            self,
            "Listener",
            service_identifier=self.lattice_service.attr_id,
            protocol="HTTPS",
            port=exposure.listener_port,
            default_action=vpclattice.CfnListener.DefaultActionProperty(
                forward=vpclattice.CfnListener.ForwardProperty(
                    target_groups=[
                        vpclattice.CfnListener.WeightedTargetGroupProperty(
                            target_group_identifier=self.target_group.attr_id, weight=100
                        )
                    ]
                )
            ),
        )
        self._association = vpclattice.CfnServiceNetworkServiceAssociation(
            self,
            "Association",
            service_identifier=self.lattice_service.attr_id,
            service_network_identifier=service_network.service_network_arn,
        )
        self.infrastructure_role = iam.Role(
            self,
            "InfrastructureRole",
            assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
        )
        acknowledge(self.infrastructure_role, _MANAGED_POLICY)
        self._port_name = target.port_name
        self.ready_when = [
            self._listener,
            self._association,
            self.infrastructure_role,
            *(self._let_in(group, target.ports(exposure.port)) for group in target.security_groups),
        ]

    @property
    def url(self) -> str:
        """Where callers in the network find it."""
        port = "" if self.exposure.listener_port == 443 else f":{self.exposure.listener_port}"
        return f"https://{self.exposure.domain_name or self.lattice_service.attr_dns_entry_domain_name}{port}"

    @property
    def configuration(self) -> ecs.CfnService.VpcLatticeConfigurationProperty:
        """What ECS has to know to enter and remove tasks."""
        return ecs.CfnService.VpcLatticeConfigurationProperty(
            port_name=self._port_name or "",
            target_group_arn=self.target_group.attr_arn,
            role_arn=self.infrastructure_role.role_arn,
        )

    def requests(self, period: Duration) -> cloudwatch.IMetric:
        """Number of requests."""
        return self._metric("TotalRequestCount", "Sum", period)

    def client_errors(self, period: Duration) -> cloudwatch.IMetric:
        """Number of requests that tasks answered with a 4xx status."""
        return self._metric("HTTPCode_4XX_Count", "Sum", period)

    def server_errors(self, period: Duration) -> cloudwatch.IMetric:
        """Number of requests that tasks answered with a 5xx status."""
        return self._metric("HTTPCode_5XX_Count", "Sum", period)

    def response_time(self, period: Duration, statistic: str) -> cloudwatch.IMetric:
        """Time to the answer of a task, in seconds; VPC Lattice counts in milliseconds."""
        return cloudwatch.MathExpression(
            expression="milliseconds / 1000",
            using_metrics={"milliseconds": self._metric("RequestTime", statistic, period)},
            label=f"Response time {statistic}",
            period=period,
        )

    def unhealthy_tasks(self, period: Duration) -> cloudwatch.IMetric:
        """Number of tasks that fail the health check."""
        return self._metric("UnhealthyTargetCount", "Maximum", period)

    def _metric(self, name: str, statistic: str, period: Duration) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/VpcLattice",
            metric_name=name,
            statistic=statistic,
            period=period,
            dimensions_map={"TargetGroup": self.target_group.attr_id},
        )

    def _make_target_group(self, target: RouteTarget) -> vpclattice.CfnTargetGroup:
        exposure, check = self.exposure, self.exposure.health_check
        return vpclattice.CfnTargetGroup(
            self,
            "Targets",
            type="IP",
            config=vpclattice.CfnTargetGroup.TargetGroupConfigProperty(
                vpc_identifier=target.vpc.vpc_id,
                port=GROUP_PORTS[exposure.target_protocol],
                protocol=exposure.target_protocol,
                protocol_version=exposure.protocol_version,
                health_check=vpclattice.CfnTargetGroup.HealthCheckConfigProperty(
                    enabled=True,
                    path=exposure.health_check_path,
                    protocol=exposure.target_protocol,
                    # There is no check that speaks gRPC.
                    protocol_version="HTTP1" if exposure.protocol_version == "HTTP1" else "HTTP2",
                    health_check_interval_seconds=check.interval_seconds,
                    health_check_timeout_seconds=check.timeout_seconds,
                    healthy_threshold_count=check.healthy_threshold,
                    unhealthy_threshold_count=check.unhealthy_threshold,
                    matcher=vpclattice.CfnTargetGroup.MatcherProperty(http_code=check.healthy_codes or "200"),
                ),
            ),
        )

    def _let_in(self, group: ec2.ISecurityGroup, ports: PortRange) -> Construct:
        """Let VPC Lattice reach the tasks; two ways on one port need the rule once."""
        prefix_list, rules = self.service_network.prefix_list_id, rules_of(self)
        key: RuleKey = ("from", group.security_group_id, prefix_list, ports.protocol, ports.first, ports.last)
        if key not in rules:
            # Beside the group, so that it stays when the first of the two ways goes; all networks of a region have one
            # list.
            source = prefix_list
            if is_token(prefix_list):
                source = short_hash(place_in_account(self.service_network, seen_from=self))
            rules[key] = ec2.CfnSecurityGroupIngress(
                cast("Construct", group),
                f"from VPC Lattice {source}:{ports.first}",
                group_id=group.security_group_id,
                source_prefix_list_id=prefix_list,
                ip_protocol=ports.protocol,
                from_port=ports.first,
                to_port=ports.last,
                description="VPC Lattice to target",
            )
        return rules[key]


def enter_lattice(service: ecs.BaseService, routes: Sequence[Route]) -> None:
    """Tell ECS into which target groups of VPC Lattice it enters the tasks of a service."""
    lattice = sorted((route for route in routes if isinstance(route, LatticeRoute)), key=lambda route: route.node.id)
    if lattice:
        resource = cast("ecs.CfnService", resource_of(service))
        resource.vpc_lattice_configurations = [route.configuration for route in lattice]
