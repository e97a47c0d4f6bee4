"""The target group and listener rule that send requests to one port of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.inputs import in_seconds, remember_stack
from cdk_containers.core.unchecked import unchecked
from cdk_containers.network import PortRange

from .alb_exposure import AlbExposure
from .application_load_balancer import ApplicationLoadBalancer
from .domain_records import add_certificates, certificate_for, make_records
from .ports import GROUP_PORTS
from .route import Figure, Route, RouteTarget, arn_of
from .rule_priorities import Conditions, before


class AlbRoute(Route):
    """One exposure of a service. The service creates it in its own stack from `AlbExposure`.

    Attributes:
        exposure: The options of the exposure.
        load_balancer: The load balancer, shared or the service's own.
        target_group: The tasks of the service, as the load balancer sees them.
        rule: The listener rule.
        alternate_target_group: The tasks of the other version, if deployments shift traffic; blue and green take turns.
        test_listener: The listener for test traffic, if that has its own port.
        test_rule: The listener rule for test traffic, if there is any.
    """

    alternate_target_group: elbv2.ApplicationTargetGroup | None = None
    test_listener: elbv2.ApplicationListener | None = None
    test_rule: elbv2.ApplicationListenerRule | None = None

    _NAMESPACE = "AWS/ApplicationELB"
    _FIGURES: ClassVar[Mapping[Figure, tuple[str, str]]] = {
        "requests": ("RequestCount", "Sum"),
        "client_errors": ("HTTPCode_Target_4XX_Count", "Sum"),
        "server_errors": ("HTTPCode_Target_5XX_Count", "Sum"),
        "response_time": ("TargetResponseTime", "p99"),
        "unhealthy_tasks": ("UnHealthyHostCount", "Maximum"),
    }

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        exposure: AlbExposure,
        target: RouteTarget,
    ) -> None:
        super().__init__(scope, id)
        self.exposure = exposure
        self.port = exposure.port
        self.load_balancer = exposure.load_balancer or ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            network=target.network,
            certificates=_own_certificates(scope, exposure),
            https=exposure.https,
            internet_facing=target.internet_facing,
            ingress=exposure.ingress,
        )
        self.target_group = self._make_target_group("Targets", target)
        remember_stack(self.target_group, self)
        if target.has_alternate:
            self.alternate_target_group = self._make_target_group("GreenTargets", target)
        conditions = exposure.rule.conditions
        self.rule = unchecked(
            elbv2.ApplicationListenerRule,
            self,
            "Rule",
            listener=self.load_balancer.listener,
            priority=self.load_balancer.claim(self, scope, conditions, exposure.rule.priority),
            conditions=list(_listener_conditions(conditions)),
            **self._forward(target),
        )
        self._make_test_rule(scope, target)
        self._serve_names(scope)
        target.leave_to_ecs(self.rule, self.test_rule)
        self.entry = target.entry(
            exposure.port,
            target_group_arn=arn_of(self.target_group),
            advanced_configuration=self._shift(target),
        )
        opened = target.let_in(self, self.load_balancer, target.ports(exposure.port))
        if (checked := self._checked_port(target)) is not None:
            ports = PortRange(first=checked, last=checked)
            opened = [*opened, *target.let_in(self, self.load_balancer, ports, "Health check")]
        self.ready_when = [rule for rule in (self.rule, self.test_rule, *opened) if rule is not None]

    @property
    def url(self) -> str:
        """Its URL: its first name, or the DNS name of the load balancer."""
        load_balancer = self.load_balancer
        hosts = [host for host in self.exposure.rule.hosts if "*" not in host and "?" not in host]
        host = hosts[0] if hosts else load_balancer.load_balancer.load_balancer_dns_name
        return f"{'https' if load_balancer.speaks_https else 'http'}://{host}"

    def _serve_names(self, scope: Construct) -> None:
        """Create certificates and records for the names of a domain."""
        exposure, load_balancer = self.exposure, self.load_balancer
        names = exposure.names
        if names is None:
            return
        for listener in (load_balancer.listener, self.test_listener) if load_balancer.speaks_https else ():
            if listener is not None:
                add_certificates(
                    self if listener is load_balancer.listener else Construct(self, "Test"),
                    scope,
                    names,
                    listener,
                    known=load_balancer.certificates,
                    has_first=exposure.load_balancer is None,
                )
        make_records(scope, names, load_balancer.load_balancer, load_balancer.ip_address_type)
        if names.redirected:
            redirect = Construct(self, "Redirect")
            conditions = {"host": names.redirected}
            elbv2.ApplicationListenerRule(
                redirect,
                "Rule",
                listener=load_balancer.listener,
                priority=load_balancer.claim(redirect, scope, conditions, None),
                conditions=list(_listener_conditions(conditions)),
                action=elbv2.ListenerAction.redirect(host=names.served[0], permanent=True),
            )

    def _checked_port(self, target: RouteTarget) -> int | None:
        return self.exposure.separate_health_check_port if target.by_address else target.instance_health_check_port

    def _make_target_group(self, id: str, target: RouteTarget) -> elbv2.ApplicationTargetGroup:  # noqa: A002
        exposure = self.exposure
        sticky = exposure.stickiness
        check = exposure.health_check
        grpc = exposure.protocol_version == "GRPC"
        return unchecked(
            elbv2.ApplicationTargetGroup,
            self,
            id,
            vpc=target.vpc,
            port=GROUP_PORTS[exposure.target_protocol],
            protocol=elbv2.ApplicationProtocol[exposure.target_protocol],
            protocol_version=elbv2.ApplicationProtocolVersion[exposure.protocol_version],
            target_type=target.target_type,
            deregistration_delay=in_seconds(exposure.deregistration_delay_seconds),
            stickiness_cookie_duration=None if sticky is None else in_seconds(sticky.duration_seconds),
            stickiness_cookie_name=None if sticky is None else sticky.cookie_name,
            health_check=elbv2.HealthCheck(
                path=exposure.health_check_path,
                port=str(self._checked_port(target) or "traffic-port"),
                protocol=elbv2.Protocol[exposure.target_protocol],
                interval=in_seconds(check.interval_seconds),
                timeout=in_seconds(check.timeout_seconds),
                healthy_threshold_count=check.healthy_threshold,
                unhealthy_threshold_count=check.unhealthy_threshold,
                healthy_http_codes=None if grpc else check.healthy_codes or "200",
                healthy_grpc_codes=check.healthy_codes or "0" if grpc else None,
            ),
        )

    def _forward(self, target: RouteTarget) -> dict[str, Any]:
        """Return where a rule sends requests.

        ECS requires both groups in the rule, shifts the weights, and leaves them there. The weights here must never
        change: CloudFormation would reset them and send production traffic to a version that no longer runs.
        """
        if target.infrastructure_role is None or self.alternate_target_group is None:
            return {"target_groups": [self.target_group]}
        return {
            "action": elbv2.ListenerAction.weighted_forward(
                [
                    elbv2.WeightedTargetGroup(target_group=self.target_group, weight=100),
                    elbv2.WeightedTargetGroup(target_group=self.alternate_target_group, weight=0),
                ]
            )
        }

    def _make_test_rule(self, scope: Construct, target: RouteTarget) -> None:
        exposure, port = self.exposure, self.exposure.test_port
        traffic = exposure.test_traffic
        if traffic is None or self.alternate_target_group is None:
            return
        listener = self.load_balancer.listener
        if port is not None:
            listener = self.test_listener = self.load_balancer.test_listener(port, exposure.test_ingress or ())
        native = target.infrastructure_role is not None
        self.test_rule = unchecked(
            elbv2.ApplicationListenerRule,
            self,
            "TestRule",
            listener=listener,
            priority=self.load_balancer.claim(
                self,
                scope,
                traffic.conditions,
                traffic.priority,
                test_port=port,
                at_least=before(exposure.rule.conditions),
            ),
            conditions=list(_listener_conditions(traffic.conditions)),
            **(self._forward(target) if native else {"target_groups": [self.alternate_target_group]}),
        )

    def _shift(self, target: RouteTarget) -> ecs.CfnService.AdvancedConfigurationProperty | None:
        """Return what ECS shifts traffic with."""
        if target.infrastructure_role is None or self.alternate_target_group is None:
            return None
        return ecs.CfnService.AdvancedConfigurationProperty(
            alternate_target_group_arn=self.alternate_target_group.target_group_arn,
            production_listener_rule=self.rule.listener_rule_arn,
            test_listener_rule=None if self.test_rule is None else self.test_rule.listener_rule_arn,
            role_arn=target.infrastructure_role.role_arn,
        )

    @property
    def _dimensions(self) -> Sequence[Mapping[str, str]]:
        return [{"LoadBalancer": self._load_balancer_name, "TargetGroup": group} for group in self._target_group_names]

    @cached_property
    def _load_balancer_name(self) -> str:
        # CDK extracts the name from the listener's ARN with functions that not every tool resolves across stacks.
        return self.load_balancer.full_name or self.target_group.first_load_balancer_full_name

    @cached_property
    def _target_group_names(self) -> Sequence[str]:
        groups = (self.target_group, self.alternate_target_group)
        return [group.target_group_full_name for group in groups if group is not None]


def _own_certificates(service: Construct, exposure: AlbExposure) -> Sequence[acm.ICertificate]:
    """Return the first certificate of the service's own load balancer."""
    if exposure.names is not None and exposure.https is True:
        return [certificate_for(service, exposure.names, exposure.names.served[0])]
    return [] if exposure.certificate is None else [exposure.certificate]


def _listener_conditions(conditions: Conditions) -> Iterator[elbv2.ListenerCondition]:
    makers = {
        "host": elbv2.ListenerCondition.host_headers,
        "method": elbv2.ListenerCondition.http_request_methods,
        "path": elbv2.ListenerCondition.path_patterns,
        "source-ip": elbv2.ListenerCondition.source_ips,
    }
    for field, values in conditions.items():
        if field in makers:
            yield makers[field](list(values))
        else:
            yield elbv2.ListenerCondition.http_header(field.removeprefix("header "), list(values))
