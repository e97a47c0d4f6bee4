"""The VPC Lattice service that sends requests to one port of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, cast

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import vpclattice
from cdk_containers.core.hashes import short_hash
from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of
from cdk_containers.metrics import KnownExpression, KnownMetric
from cdk_containers.network import PortRange, RuleKey, rules_of

from .lattice_exposure import LatticeExposure
from .places import place_in_account
from .ports import GROUP_PORTS
from .route import Figure, Route, RouteTarget, of_both
from .service_network import ServiceNetwork, add_auth_policy, auth_type

_TEST_PRIORITY, _PRODUCTION_PRIORITY = 10, 20
_POLICY = "AmazonECSInfrastructureRolePolicyForVpcLattice"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents and maintains this managed policy as the permissions that ECS needs to register tasks in target "
    "groups; no narrower policy exists",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",),
)


class LatticeRoute(Route):
    """One exposure of a service. The service creates it in its own stack from `LatticeExposure`.

    Attributes:
        exposure: The options of the exposure.
        service_network: Its service network.
        lattice_service: The service, as VPC Lattice knows it.
        target_group: The tasks of the service, as VPC Lattice sees them.
        alternate_target_group: The tasks of the other version, if deployments shift traffic; blue and green take turns.
        rule: The listener rule whose weights ECS shifts, if deployments shift traffic.
        test_rule: The listener rule for test traffic, if there is any.
        infrastructure_role: The role with which ECS registers and deregisters tasks.
    """

    # AWS does not document the dimensions of its metrics.
    _rolls_back: ClassVar[bool] = False
    alternate_target_group: vpclattice.CfnTargetGroup | None = None
    rule: vpclattice.CfnRule | None = None
    test_rule: vpclattice.CfnRule | None = None

    _NAMESPACE = "AWS/VpcLattice"
    _FIGURES: ClassVar[Mapping[Figure, tuple[str, str]]] = {
        "requests": ("TotalRequestCount", "Sum"),
        "client_errors": ("HTTPCode_4XX_Count", "Sum"),
        "server_errors": ("HTTPCode_5XX_Count", "Sum"),
        "response_time": ("RequestTime", "p99"),
    }

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
            idle_timeout_seconds=None if exposure.idle_timeout is None else seconds(exposure.idle_timeout),
        )
        arn = self.lattice_service.attr_arn
        add_auth_policy(self, self.lattice_service, arn, exposure.auth, resource=f"{arn}/*")
        self.target_group = self._make_target_group("Targets", target)
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
        if target.has_alternate:
            self.alternate_target_group = self._make_target_group("GreenTargets", target)
            self._make_rules(self.alternate_target_group)
            for rule in (self.rule, self.test_rule):
                if rule is not None:
                    # A tag from an aspect would change the rule, and CloudFormation might reset its weights.
                    rule.add_property_deletion_override("Tags")
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
            *(rule for rule in (self.rule, self.test_rule) if rule is not None),
            self._association,
            self.infrastructure_role,
            *(self._let_in(group, target.ports(exposure.port)) for group in target.security_groups),
        ]

    @property
    def url(self) -> str:
        """Its URL for callers in the network."""
        port = "" if self.exposure.listener_port == 443 else f":{self.exposure.listener_port}"
        return f"https://{self.exposure.domain_name or self.lattice_service.attr_dns_entry_domain_name}{port}"

    @property
    def configuration(self) -> ecs.CfnService.VpcLatticeConfigurationProperty:
        """What ECS needs to register and deregister tasks."""
        return ecs.CfnService.VpcLatticeConfigurationProperty(
            port_name=self._port_name or "",
            target_group_arn=self.target_group.attr_arn,
            role_arn=self.infrastructure_role.role_arn,
            advanced_configuration=self._shifting,
        )

    @property
    def _shifting(self) -> ecs.CfnService.VpcLatticeAdvancedConfigurationProperty | None:
        if self.alternate_target_group is None or self.rule is None:
            return None
        return ecs.CfnService.VpcLatticeAdvancedConfigurationProperty(
            alternate_target_group_arn=self.alternate_target_group.attr_arn,
            production_listener_rule=self.rule.attr_arn,
            test_listener_rule=None if self.test_rule is None else self.test_rule.attr_arn,
        )

    def _make_rules(self, green: vpclattice.CfnTargetGroup) -> None:
        """Create the rules whose weights ECS shifts; as with an ALB, their content never changes."""
        rule = vpclattice.CfnRule
        any_path = rule.PathMatchProperty(match=rule.PathMatchTypeProperty(prefix="/"))
        self.rule = self._rule("Rule", green, _PRODUCTION_PRIORITY, rule.HttpMatchProperty(path_match=any_path))
        headers = self.exposure.test_headers
        if headers is not None:
            matches = [
                rule.HeaderMatchProperty(name=name, match=rule.HeaderMatchTypeProperty(exact=value))
                for name, value in headers.items()
            ]
            match = rule.HttpMatchProperty(header_matches=matches)
            self.test_rule = self._rule("TestRule", green, _TEST_PRIORITY, match)

    def _rule(
        self,
        id: str,  # noqa: A002
        green: vpclattice.CfnTargetGroup,
        priority: int,
        match: vpclattice.CfnRule.HttpMatchProperty,
    ) -> vpclattice.CfnRule:
        rule = vpclattice.CfnRule
        return rule(
            self,
            id,
            service_identifier=self.lattice_service.attr_id,
            listener_identifier=self._listener.attr_id,
            priority=priority,
            match=rule.MatchProperty(http_match=match),
            action=rule.ActionProperty(
                forward=rule.ForwardProperty(
                    target_groups=[
                        rule.WeightedTargetGroupProperty(target_group_identifier=group.attr_id, weight=weight)
                        for group, weight in ((self.target_group, 100), (green, 0))
                    ]
                )
            ),
        )

    @cached_property
    def _dimensions(self) -> Sequence[Mapping[str, str]]:
        groups = (self.target_group, self.alternate_target_group)
        return [{"TargetGroup": group.attr_id} for group in groups if group is not None]

    def figure(
        self, figure: Figure, *, period: int = 60, statistic: str | None = None
    ) -> KnownMetric | KnownExpression | None:
        """Return a figure of the route; VPC Lattice reports time in milliseconds."""
        if figure == "response_time":
            return _in_seconds(of_both(self.figures(figure, period=period, statistic=statistic)))
        return super().figure(figure, period=period, statistic=statistic)

    def _make_target_group(self, id: str, target: RouteTarget) -> vpclattice.CfnTargetGroup:  # noqa: A002
        exposure, check = self.exposure, self.exposure.health_check
        return vpclattice.CfnTargetGroup(
            self,
            id,
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
                    # VPC Lattice has no gRPC health check.
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
        """Let VPC Lattice reach the tasks; two exposures of one port share the rule."""
        prefix_list, rules = self.service_network.prefix_list_id, rules_of(self)
        key: RuleKey = ("from", group.security_group_id, prefix_list, ports.protocol, ports.first, ports.last)
        if key not in rules:
            # Created beside the group, so that it stays when the first of two exposures is removed; all networks of a
            # region share one list.
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


def _in_seconds(time: KnownMetric | KnownExpression | None) -> KnownExpression | None:
    if time is None or isinstance(time, KnownExpression):
        return None if time is None else replace(time, expression=f"{time.expression} / 1000")
    return KnownExpression(
        expression="milliseconds / 1000",
        metrics={"milliseconds": time},
        label=f"Response time {time.statistic}",
        period=time.period,
    )


def enter_lattice(service: ecs.BaseService, routes: Sequence[Route]) -> None:
    """Tell ECS in which VPC Lattice target groups it registers the tasks of a service."""
    lattice = sorted((route for route in routes if isinstance(route, LatticeRoute)), key=lambda route: route.node.id)
    if lattice:
        resource = cast("ecs.CfnService", resource_of(service))
        resource.vpc_lattice_configurations = [route.configuration for route in lattice]
