"""What a service creates for its names: certificates, and records that point to its load balancer."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.cdk_modules import acm, route53
from cdk_containers.core.cdk_modules import route53_targets as targets

from .domain import DomainNames


def certificate_for(service: Construct, names: DomainNames, host: str) -> acm.ICertificate:
    """Return the certificate of a service for a name; a service with another load balancer keeps it."""
    scope = _names_of(service)
    found = scope.node.try_find_child(f"Certificate-{host}")
    return found if isinstance(found, acm.Certificate) else names.domain.make_certificate(scope, host)


def add_certificates(
    route: Construct,
    service: Construct,
    names: DomainNames,
    listener: elbv2.IApplicationListener | elbv2.INetworkListener,
    *,
    known: Sequence[acm.ICertificate] = (),
    has_first: bool,
) -> None:
    """Add a certificate to a listener for each name that lacks one.

    Args:
        route: The route to which the listener brings requests.
        service: The service.
        names: The names.
        listener: The listener.
        known: Certificates that it has.
        has_first: Whether it already has the certificate of the first name.
    """
    for host in (*names.served, *names.redirected)[1 if has_first else 0 :]:
        if not names.domain.covers(host, known):
            # CloudFormation accepts one certificate in each of these resources.
            elbv2.CfnListenerCertificate(
                route,
                f"ListenerCertificate-{host}",
                listener_arn=listener.listener_arn,
                certificates=[
                    elbv2.CfnListenerCertificate.CertificateProperty(
                        certificate_arn=certificate_for(service, names, host).certificate_arn
                    )
                ],
            )


def make_records(
    service: Construct, names: DomainNames, load_balancer: elbv2.ILoadBalancerV2, kind: elbv2.IpAddressType
) -> None:
    """Create an alias record for each name and each kind of address, and reserve the names for the service.

    Route 53 accepts one record for each name, so the records belong to the service, not to the route. They change in
    place when the load balancer changes.
    """
    scope = _names_of(service)
    target = route53.RecordTarget.from_alias(targets.LoadBalancerTarget(load_balancer))
    for host in (*names.served, *names.redirected):
        names.domain.claim(host, service)
        # The trailing dot makes it a full name even if CDK does not know the name of the zone.
        zone, name = names.domain.zone, f"{host}."
        if kind != elbv2.IpAddressType.DUAL_STACK_WITHOUT_PUBLIC_IPV4:
            route53.ARecord(scope, f"Address-{host}", zone=zone, record_name=name, target=target)
        if kind != elbv2.IpAddressType.IPV4:
            route53.AaaaRecord(scope, f"Ipv6Address-{host}", zone=zone, record_name=name, target=target)


def _names_of(service: Construct) -> Construct:
    found = service.node.try_find_child("Names")
    return found if isinstance(found, Construct) else Construct(service, "Names")
