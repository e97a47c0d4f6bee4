"""What a service makes for the names that it has: certificates, and records that lead to its load balancer."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from .domain import DomainNames


def make_certificates(scope: Construct, names: DomainNames) -> list[acm.ICertificate]:
    """Make a certificate for each name, for a load balancer of the service's own."""
    return [names.domain.make_certificate(scope, host) for host in (*names.served, *names.redirected)]


def add_certificates(
    scope: Construct,
    names: DomainNames,
    listener: elbv2.IApplicationListener,
    *,
    known: Sequence[acm.ICertificate],
) -> None:
    """Give a listener that others share a certificate for each name that it has none for."""
    for host in (*names.served, *names.redirected):
        if not names.domain.covers(host, known):
            elbv2.ApplicationListenerCertificate(
                scope,
                f"ListenerCertificate-{host}",
                listener=listener,
                certificates=[names.domain.make_certificate(scope, host)],
            )


def make_records(
    scope: Construct,
    owner: Construct,
    names: DomainNames,
    load_balancer: elbv2.ILoadBalancerV2,
    kind: elbv2.IpAddressType,
) -> None:
    """Make an alias record for each name and each kind of address, and take the names for the service."""
    target = route53.RecordTarget.from_alias(targets.LoadBalancerTarget(load_balancer))
    for host in (*names.served, *names.redirected):
        names.domain.claim(host, owner)
        # With a full stop at its end it is a full name also where CDK does not know the name of the zone.
        zone, name = names.domain.zone, f"{host}."
        if kind != elbv2.IpAddressType.DUAL_STACK_WITHOUT_PUBLIC_IPV4:
            route53.ARecord(scope, f"Address-{host}", zone=zone, record_name=name, target=target)
        if kind != elbv2.IpAddressType.IPV4:
            route53.AaaaRecord(scope, f"Ipv6Address-{host}", zone=zone, record_name=name, target=target)
