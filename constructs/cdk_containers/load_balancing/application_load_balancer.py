"""An Application Load Balancer for one service, or shared by several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Literal, cast

import jsii
from aws_cdk import Annotations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.cdk_modules import acm, s3
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import (
    DurationLike,
    argument_problems,
    arn_problems,
    as_duration,
    disabled_problems,
    is_token,
    seconds,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.network import (
    WHICH_SUBNETS,
    Connections,
    NetworkLike,
    public_subnet_problems,
    selection_problems,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
    which_subnets_problems,
)

from .access_logs import AccessLogs, write_access_logs
from .addresses import default_ip_address_type, everybody, ip_address_problems
from .existing import ExistingLoadBalancer
from .exposure import SharedLoadBalancer
from .listener_checks import (
    HTTP,
    HTTPS,
    TLS_POLICIES,
    https_problems,
    taken_ports,
    test_port_problems,
)
from .places import place_in_account
from .rule_claims import RuleClaims
from .rule_priorities import FIRST, LAST, Conditions, canonical, choices, choose_priority
from .web_acl import WebAcl

_WORLD = ("0.0.0.0/0", "::/0")

_OPEN_TO_THE_WORLD = Acknowledgement(
    "A public load balancer must be reachable from the internet; it forwards requests only to the ports of services. "
    "`ingress` restricts who may reach it",
    cdk_nag=("AwsSolutions-EC23",),
)
_REDIRECT = Acknowledgement(
    "Port 80 only redirects requests to HTTPS; redirect_http=False closes it",
    checkov=("CKV_AWS_260",),
)


@jsii.implements(ec2.IConnectable)
class ApplicationLoadBalancer(SharedLoadBalancer):
    """An HTTP load balancer with TLS, access logs, explicit callers and deletion protection.

    Services in any stack add a route to it with `AlbExposure(load_balancer=…)`. Requests that match no route get a 404.

    Attributes:
        load_balancer: The CDK load balancer.
        listener: The listener that forwards requests.
        ports: The ports that it listens on; empty if it is imported.
        internet_facing: Whether it has public addresses; None if it is imported.
        imported_arn: Its ARN, if it is imported.
        security_group: Its security group.
        access_logs_bucket: The bucket for access logs, if there is one.
        ip_address_type: Which addresses it has; IPv4 if it is imported without that option.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
    """

    load_balancer: elbv2.IApplicationLoadBalancer
    listener: elbv2.IApplicationListener
    ports: Sequence[int]
    security_group: ec2.ISecurityGroup
    access_logs_bucket: s3.IBucket | None = None
    ip_address_type: elbv2.IpAddressType

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        network: NetworkLike,
        certificates: Sequence[acm.ICertificate] = (),
        https: Literal[True] | Disabled = True,
        redirect_http: bool = True,
        internet_facing: bool = True,
        ingress: Sequence[ec2.IPeer] | None = None,
        access_logs: AccessLogs | Disabled | None = None,
        deletion_protection: Literal[True] | Disabled = True,
        tls_policy: elbv2.SslPolicy = elbv2.SslPolicy.TLS13_12_RES_PQ,
        idle_timeout: DurationLike | None = None,
        ip_address_type: elbv2.IpAddressType | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_group: ec2.ISecurityGroup | None = None,
        web_acl: WebAcl | None = None,
    ) -> None:
        """Create a load balancer.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            network: The network, as a `Network` or a CDK VPC.
            certificates: Certificates for HTTPS, the default certificate first.
            https: Serves HTTPS; `Disabled(reason="…")` serves plain HTTP on port 80. Default: True.
            redirect_http: Also listens on port 80 and redirects to HTTPS, for people who type an address. False closes
                port 80, for callers that are programs. Default: True.
            internet_facing: Whether it has public addresses. False makes it internal, for callers inside the network.
                Default: True.
            ingress: Allowed sources, as `ec2.Peer`. For an internal load balancer, let callers in with
                `caller.connections.allow_to(…)`. Default: any address if it is internet-facing (IPv6 too if it is
                dual-stack); no one if it is internal or has a `security_group` of yours.
            access_logs: Where access logs go. `Disabled(reason="…")` writes none. Default: a bucket that keeps them for
                a year.
            deletion_protection: Elastic Load Balancing refuses to delete it. `Disabled(reason="…")` allows deletion.
                Default: True.
            tls_policy: TLS security policy; only those that Security Hub's ELB.17 recommends are accepted. Default:
                `TLS13_12_RES_PQ`, which is TLS 1.2 and 1.3 with forward secrecy, and post-quantum key exchange if the
                caller supports it.
            idle_timeout: Time that a connection may be idle, 1–4000 s. Default: 60 s.
            ip_address_type: Type of its addresses. `DUAL_STACK_WITHOUT_PUBLIC_IPV4` saves the cost of public IPv4
                addresses if all callers have IPv6. You can change it in place. Default: `DUAL_STACK` in a dual-stack
                network, `IPV4` in others.
            vpc_subnets: Its subnets, in at least two Availability Zones. Default: public subnets if it is
                internet-facing, the subnets of tasks if it is internal.
            security_group: An existing security group. You manage its rules; `ingress` and services add to them.
                Default: a new one.
            web_acl: AWS WAF web ACL that inspects requests first. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ApplicationLoadBalancer.__init__, locals())
        if not found:
            found.extend(https_problems(https, certificates, "certificates"))
            found.extend(_option_problems(access_logs, deletion_protection, tls_policy, idle_timeout))
            if vpc_subnets is not None:
                found.extend(selection_problems(network, vpc_subnets, "vpc_subnets", zones=2, public=internet_facing))
            elif internet_facing:
                found.extend(public_subnet_problems(network, "network"))
            else:
                found.extend(task_subnet_problems(network))
                found.extend(which_subnets_problems(network, "network", ask=WHICH_SUBNETS))
            found.extend(ip_address_problems(ip_address_type, network, ingress, internet_facing=internet_facing))
            if web_acl is not None:
                found.extend(web_acl.problems() or web_acl.place_problems(scope), under="web_acl")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.internet_facing = internet_facing
        self._claims: dict[int | None, RuleClaims] = defaultdict(RuleClaims)
        self._test_listeners: dict[int, elbv2.ApplicationListener] = {}
        self._certificates, self._https, self._tls_policy = tuple(certificates), https, tls_policy
        self.vpc = vpc = vpc_of(network)
        self.ip_address_type = ip_address_type or default_ip_address_type(network)
        self.security_group = security_group or ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description="Application Load Balancer", allow_all_outbound=False
        )
        load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            internet_facing=internet_facing,
            vpc_subnets=vpc_subnets or (None if internet_facing else task_subnets_of(network)),
            security_group=self.security_group,
            # CDK renders nothing for IPv4, which means the same.
            ip_address_type=None if self.ip_address_type == elbv2.IpAddressType.IPV4 else self.ip_address_type,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
            deletion_protection=deletion_protection is True,
            idle_timeout=None if idle_timeout is None else as_duration(idle_timeout),
        )
        self.load_balancer = load_balancer
        if isinstance(deletion_protection, Disabled):
            record_opt_out(load_balancer, "deletion-protection", deletion_protection)
        if isinstance(access_logs, Disabled):
            record_opt_out(load_balancer, "access-logs", access_logs)
        else:
            self.access_logs_bucket = write_access_logs(self, load_balancer, access_logs or AccessLogs())
        self.listener = self._add_listener("Https" if https is True else "Http", HTTPS if https is True else HTTP)
        redirect = redirect_http and https is True
        if redirect:
            self._add_redirect(load_balancer)
        if ingress is None:
            ingress = everybody(self.ip_address_type) if internet_facing and security_group is None else []
        self.ports = taken_ports(https, redirect=redirect)
        self._open(ingress, self.ports, https)
        if web_acl is not None:
            web_acl.attach(self, load_balancer)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        load_balancer_arn: str,
        listener_arn: str,
        security_group_id: str,
        dns_name: str,
        vpc: ec2.IVpc,
        security_group_allows_all_outbound: bool | None = None,
        canonical_hosted_zone_id: str | None = None,
        ip_address_type: elbv2.IpAddressType = elbv2.IpAddressType.IPV4,
    ) -> ApplicationLoadBalancer:
        """Use an existing load balancer, of another app or made by hand.

        The priorities of rules of other apps are not known here: services may need `ListenerRule.priority`.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            load_balancer_arn: Its ARN.
            listener_arn: The listener to which services add rules.
            security_group_id: Its security group, which services allow in.
            dns_name: Its DNS name.
            vpc: Its VPC.
            security_group_allows_all_outbound: Whether its security group allows all outbound traffic, as groups
                created by hand usually do. With False, each service adds an egress rule for itself. Load balancers of
                this library need that; health checks fail without it. With True, services add nothing, because a
                CloudFormation egress rule would remove the group's allow-all rule and cut off other services. Default:
                unknown, which adds nothing and warns.
            canonical_hosted_zone_id: The hosted zone of its DNS name, such as `Z32O12XQLNTSW2` in eu-west-1, which
                `aws elbv2 describe-load-balancers` shows. Services with a `domain` need it. Default: not known.
            ip_address_type: Which addresses it has; DNS records of services follow it. Default: `IPV4`.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(arn_problems(found, type="app", load_balancer_arn=load_balancer_arn, listener_arn=listener_arn))
        found.raise_for(scope, id)
        return _ImportedLoadBalancer(
            scope,
            id,
            existing=ExistingLoadBalancer(
                arn=load_balancer_arn,
                security_group_id=security_group_id,
                dns_name=dns_name,
                vpc=vpc,
                allows_all_outbound=security_group_allows_all_outbound,
                hosted_zone_id=canonical_hosted_zone_id,
                ip_address_type=ip_address_type,
            ),
            listener_arn=listener_arn,
        )

    @property
    def speaks_https(self) -> bool:
        """Whether callers reach services over HTTPS; assumed for an imported load balancer."""
        return self._https is True

    @property
    def certificates(self) -> Sequence[acm.ICertificate]:
        """Its certificates at creation."""
        return self._certificates

    @cached_property
    def full_name(self) -> str | None:
        """Its name in CloudWatch metrics; None if it is imported."""
        load_balancer = self.load_balancer
        return (
            load_balancer.load_balancer_full_name if isinstance(load_balancer, elbv2.ApplicationLoadBalancer) else None
        )

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound and outbound connections of the load balancer."""
        return self._connections

    @cached_property
    def _connections(self) -> Connections:
        return Connections(security_groups=self.load_balancer.connections.security_groups)

    def claim_problems(
        self, conditions: Conditions, priority: int | None, *, test_port: int | None = None, option: str = "rule"
    ) -> list[Problem]:
        """Find conflicts with rules that other services already have.

        Args:
            conditions: The conditions of the rule.
            priority: Its priority, if you set one.
            test_port: The port of the listener for test traffic, if the rule belongs to it.
            option: The option that contains the conditions.
        """
        found = Problems()
        wanted, claims = canonical(conditions), self._claims[test_port]
        for owner in () if is_token(wanted) else claims.with_conditions(conditions):
            found.add(
                option,
                f"{owner.node.path} already takes exactly these requests from this load balancer",
                given=wanted.replace("\n", ", "),
                allowed="other paths, hosts, headers or addresses",
                practice="listener-rule-priority",
            )
        owners = claims.owners
        if not found and priority is not None and not is_token(priority) and priority in owners:
            around = sorted(range(FIRST, LAST + 1), key=lambda number: abs(number - priority))
            free = next(number for number in around if number not in owners)
            found.add(
                f"{option}.priority",
                f"the rule of {owners[priority].node.path} already has this number",
                given=priority,
                allowed=f"another number in {FIRST}–{LAST}, such as ListenerRule(priority={free})",
                practice="listener-rule-priority",
            )
        return list(found)

    def claim(
        self,
        route: Construct,
        owner: Construct,
        conditions: Conditions,
        priority: int | None,
        *,
        test_port: int | None = None,
        at_least: int | None = None,
    ) -> int:
        """Take a rule for a service and return its number.

        Args:
            route: The route that the rule belongs to.
            owner: The service.
            conditions: The conditions of the rule.
            priority: Its priority, if you set one.
            test_port: The port of the listener for test traffic, if the rule belongs to it.
            at_least: The least specificity of a rule for test traffic; None for a production rule.
        """
        number = priority
        if number is None:
            identity = f"{place_in_account(route)} {'production' if at_least is None else 'test'}"
            taken = self._claims[test_port].owners
            number = choose_priority(conditions, identity, taken, at_least=at_least or 0)
            first = next(choices(conditions, identity, at_least=at_least or 0))
            if number != first:
                _tell_of_second_choice(route, number, taken[first])
        self.reserve(owner, conditions, number, test_port=test_port)
        return number

    def reserve(self, owner: Construct, conditions: Conditions, number: int, *, test_port: int | None = None) -> None:
        """Reserve a number for a rule of a service.

        Args:
            owner: The service.
            conditions: The conditions of the rule.
            number: The number.
            test_port: The port of the listener for test traffic, if the rule belongs to it.
        """
        self._claims[test_port].take(owner, conditions, number)

    def test_port_problems(self, port: int) -> list[Problem]:
        """Find conflicts with a listener for test traffic on a port."""
        return test_port_problems(port, self.ports)

    def test_listener(self, port: int, ingress: Sequence[ec2.IPeer]) -> elbv2.ApplicationListener:
        """Return the listener for test traffic on a port, made when the first service asks for it; let callers in."""
        if port not in self._test_listeners:
            self._test_listeners[port] = self._add_listener(f"Test{port}", port)
        for peer in ingress:
            self.security_group.add_ingress_rule(peer, ec2.Port.tcp(port), f"Test traffic on port {port}")
        return self._test_listeners[port]

    def _add_listener(self, id: str, port: int) -> elbv2.ApplicationListener:  # noqa: A002
        load_balancer = cast("elbv2.ApplicationLoadBalancer", self.load_balancer)
        nobody = elbv2.ListenerAction.fixed_response(404, content_type="text/plain", message_body="Not found")
        if isinstance(self._https, Disabled):
            listener = load_balancer.add_listener(
                id, port=port, protocol=elbv2.ApplicationProtocol.HTTP, open=False, default_action=nobody
            )
            record_opt_out(listener, "https-listener", self._https)
            return listener
        return load_balancer.add_listener(
            id,
            port=port,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=list(self._certificates),
            ssl_policy=self._tls_policy,
            open=False,
            default_action=nobody,
        )

    def _add_redirect(self, load_balancer: elbv2.ApplicationLoadBalancer) -> None:
        load_balancer.add_listener(
            "Http",
            port=HTTP,
            protocol=elbv2.ApplicationProtocol.HTTP,
            open=False,
            default_action=elbv2.ListenerAction.redirect(protocol="HTTPS", port=str(HTTPS), permanent=True),
        )

    def _open(self, ingress: Sequence[ec2.IPeer], ports: Sequence[int], https: Literal[True] | Disabled) -> None:
        for peer in ingress:
            for port in ports:
                self.security_group.add_ingress_rule(peer, ec2.Port.tcp(port), f"Requests on port {port}")
        if any(peer.unique_id in _WORLD for peer in ingress):
            acknowledge(self.security_group, _OPEN_TO_THE_WORLD)
            if isinstance(https, Disabled):
                acknowledge(self.security_group, Acknowledgement(https.reason, checkov=_REDIRECT.checkov))
            elif HTTP in ports:
                acknowledge(self.security_group, _REDIRECT)


class _ImportedLoadBalancer(ApplicationLoadBalancer):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        existing: ExistingLoadBalancer,
        listener_arn: str,
    ) -> None:
        SharedLoadBalancer.__init__(self, scope, id)
        self._take_over(existing)
        self._certificates, self._https = (), True
        self._claims = defaultdict(RuleClaims)
        self.ports = ()
        self.load_balancer = elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
            self,
            "LoadBalancer",
            load_balancer_arn=existing.arn,
            load_balancer_dns_name=existing.dns_name,
            load_balancer_canonical_hosted_zone_id=existing.hosted_zone_id,
            security_group_id=existing.security_group_id,
            security_group_allows_all_outbound=existing.allows_all_outbound is not False,
            vpc=existing.vpc,
        )
        self.security_group = self.load_balancer.connections.security_groups[0]
        self.listener = elbv2.ApplicationListener.from_application_listener_attributes(
            self, "Listener", listener_arn=listener_arn, security_group=self.security_group
        )

    def test_port_problems(self, port: int) -> list[Problem]:
        found = Problems()
        found.add(
            "test_port",
            "the load balancer is imported, so its certificates are unknown and it gets no new listener",
            given=port,
            allowed="test_rule, which uses the existing listener for test traffic",
            practice="test-traffic",
        )
        return list(found)


def _tell_of_second_choice(route: Construct, number: int, other: Construct) -> None:
    Annotations.of(route).add_info_v2(
        "cdk-containers:rule-priority",
        f"A rule of {other.node.path} has the number that this rule would get, so this one has {number}. When you "
        f"remove the other rule, this one would take its number before it is free, and that deployment would fail. To "
        f"keep this number, write ListenerRule(priority={number})",
    )


def _option_problems(
    access_logs: AccessLogs | Disabled | None,
    deletion_protection: Literal[True] | Disabled,
    tls_policy: elbv2.SslPolicy,
    idle_timeout: DurationLike | None,
) -> list[Problem]:
    found = Problems()
    found.extend(disabled_problems(access_logs), under="access_logs")
    found.extend(disabled_problems(deletion_protection), under="deletion_protection")
    if isinstance(access_logs, AccessLogs):
        found.extend(access_logs.problems(), under="access_logs")
    if tls_policy not in TLS_POLICIES:
        found.add(
            "tls_policy",
            "the policy allows old protocols or ciphers without forward secrecy",
            given=tls_policy.name,
            allowed=", ".join(policy.name for policy in TLS_POLICIES),
            practice="tls-policy",
        )
    if idle_timeout is not None:
        value = seconds(idle_timeout)
        if not is_token(value) and not 1 <= value <= 4000:
            found.add("idle_timeout", "out of range", given=Shown(f"{value} s"), allowed="1–4000 s")
    return list(found)
