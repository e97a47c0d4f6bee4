"""Public DNS names: records in their hosted zones, and certificates."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.cdk_modules import acm, route53

from .making import Making

_ZONE = "AWS::Route53::HostedZone::Id"


def zone_of(making: Making, name: str, given: str | None = None) -> str:
    """Return the hosted zone of a name: the given zone, or a zone of the environment or the application."""
    setting = making.setting
    if given is not None:
        return given
    subdomain, domain = setting.subdomain, setting.domain
    if subdomain is not None and name.endswith(f".{subdomain}"):
        if making.elsewhere:
            return making.parameter("EnvironmentHostedZoneId", f"Id of the hosted zone {subdomain}", type=_ZONE)
        return making.around.export("HostedZone")
    application = f"{setting.application}.{domain}"
    if name == application or name.endswith(f".{application}"):
        return making.parameter("ApplicationHostedZoneId", f"Id of the hosted zone {application}", type=_ZONE)
    return making.parameter("DomainHostedZoneId", f"Id of the hosted zone {domain}", type=_ZONE)


def make_alias_record(making: Making, name: str, zone: str, *, dns_name: str, zone_id: str) -> None:
    """Create the record that points a name to a load balancer, if records are on."""
    if not making.setting.records:
        return
    route53.CfnRecordSet(
        making.scope,
        f"Record-{name}",
        hosted_zone_id=zone,
        name=f"{name}.",
        type="A",
        alias_target=route53.CfnRecordSet.AliasTargetProperty(dns_name=dns_name, hosted_zone_id=zone_id),
    )


def make_alias_records(making: Making, names: Sequence[str], zone: str, *, dns_name: str, zone_id: str) -> None:
    """Create the records of names in your zones. Copilot also has these in the stack of the workload."""
    group = route53.CfnRecordSetGroup
    made = group(
        making.scope,
        f"Records-{zone}",
        hosted_zone_id=zone,
        record_sets=[
            group.RecordSetProperty(
                name=name,
                type="A",
                alias_target=group.AliasTargetProperty(dns_name=dns_name, hosted_zone_id=zone_id),
            )
            for name in names
        ],
    )
    making.name_it(f"LoadBalancerDNSAlias{zone}", made)


def certificate_for(making: Making, names: Sequence[str], id: str = "Certificate") -> str:  # noqa: A002
    """Create a certificate for names, validated by records in their zones, and return its ARN."""
    made = acm.CfnCertificate(
        making.scope,
        id,
        domain_name=names[0],
        subject_alternative_names=list(names[1:]) or None,
        validation_method="DNS",
        domain_validation_options=[
            acm.CfnCertificate.DomainValidationOptionProperty(domain_name=name, hosted_zone_id=zone_of(making, name))
            for name in names
        ],
    )
    return made.ref


def certify(making: Making, names: Sequence[str], *, listener_arn: str) -> None:
    """Add a certificate to a listener of the environment for names that its own certificate does not cover."""
    subdomain = making.setting.subdomain
    own = [name for name in names if subdomain is None or name.partition(".")[2] != subdomain]
    if not own:
        return
    elbv2.CfnListenerCertificate(
        making.scope,
        "ListenerCertificate",
        listener_arn=listener_arn,
        certificates=[elbv2.CfnListenerCertificate.CertificateProperty(certificate_arn=certificate_for(making, own))],
    )
