"""Checks of names, certificates, IPv6 and AWS WAF."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Resource, Value

from .listeners import groups_of, is_internal, kind
from .questions import holds_for_any
from .security_groups import GROUP, ingress
from .service_parts import LOAD_BALANCER

_RECORD = "AWS::Route53::RecordSet"
_ASSOCIATION = "AWS::WAFv2::WebACLAssociation"


@check("dns-validated-certificate", "AWS::CertificateManager::Certificate", fix="Set ValidationMethod to DNS.")
def is_validated_by_dns(certificate: Resource) -> Outcome:
    """ACM renews the certificate by itself."""
    if certificate.text("ValidationMethod", default="EMAIL") == "EMAIL":
        return fault("someone must answer an e-mail at each renewal")
    return ok("ACM renews it automatically")


@check("domain-names", _RECORD, fix="Give the record its own Name, within the hosted zone.")
def has_a_name_of_its_own(record: Resource) -> Outcome | None:
    """No other record has the name, and the zone holds it."""
    name, others = _dns(record.text("Name")), record.template.estate.of_type(_RECORD)
    twins = [it.logical_id for it in others if it is not record and _is_twin(it, record, name)]
    if twins:
        return fault(f"{name} is also the name of {', '.join(twins)}")
    zone = _zone(record)
    if zone is None:
        return ok(f"no other record has the name {name}")
    if name != zone and not name.endswith(f".{zone}"):
        return fault(f"{name} is not in the hosted zone {zone}")
    return ok(f"{name} is in the hosted zone {zone}")


def _dns(name: str) -> str:
    return name.lower().rstrip(".")


def _zone(record: Resource) -> str | None:
    if record.has("HostedZoneName"):
        return _dns(record.text("HostedZoneName"))
    try:
        zone = record.template.estate.find(record.value("HostedZoneId"), "AWS::Route53::HostedZone")
        return None if zone is None else _dns(zone.text("Name"))
    except CannotTell:
        return None


def _is_twin(one: Resource, other: Resource, name: str) -> bool:
    if one.has("SetIdentifier") or other.has("SetIdentifier"):
        return False
    try:
        return (
            _dns(one.text("Name")) == name
            and one.text("Type") == other.text("Type")
            and all(
                _same(one.value(key), other.value(key)) for key in ("HostedZoneId", "HostedZoneName") if one.has(key)
            )
        )
    except CannotTell:
        return False


def _same(one: Value, other: Value) -> bool:
    return bool(one == other)


@check(
    "dual-stack-addresses",
    LOAD_BALANCER,
    fix="Also open the ports of the listeners to ::/0, or set IpAddressType to ipv4.",
)
def opens_what_it_offers(balancer: Resource) -> Outcome | None:
    """A load balancer with IPv6 addresses lets callers with IPv6 in."""
    if not balancer.text("IpAddressType", default="ipv4").startswith("dualstack") or not balancer.has("SecurityGroups"):
        return None
    if holds_for_any(lambda value: _lets_ipv6_in(balancer, value), groups_of(balancer)):
        return ok("its security groups allow IPv6 callers")
    return fault("it has IPv6 addresses, but its security groups allow no IPv6 callers")


def _lets_ipv6_in(balancer: Resource, value: Value) -> bool:
    group = balancer.template.estate.find(value, GROUP)
    if group is None:
        raise CannotTell("a security group is in another stack")
    return any(not rule.properties.has("CidrIp") for rule in ingress(group))


@check(
    "web-acl",
    LOAD_BALANCER,
    fix="Add an AWS::WAFv2::WebACLAssociation with the ARNs of the load balancer and the web ACL.",
)
def is_behind_a_firewall(balancer: Resource) -> Outcome | None:
    """AWS WAF looks at requests before the application does."""
    if kind(balancer) != "application" or is_internal(balancer):
        return None
    if balancer.referring(_ASSOCIATION):
        return ok("a web ACL inspects requests")
    acls = [it for it in balancer.template.estate.of_type("AWS::WAFv2::WebACL") if it.text("Scope") == "REGIONAL"]
    if acls and not balancer.template.estate.of_type(_ASSOCIATION):
        return fault(f"web ACL {acls[0].logical_id} exists, but nothing associates it")
    raise CannotTell("another stack or AWS Firewall Manager may associate a web ACL")
