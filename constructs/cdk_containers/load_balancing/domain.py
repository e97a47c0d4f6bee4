"""A domain in Route 53 with the names of services."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import Construct, IConstruct

from cdk_containers.core.cdk_modules import acm, route53
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import argument_problems, field_problems, is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PRACTICE = "domain-names"
_WILDCARD = Acknowledgement(
    "Services that share a load balancer have names under one domain; one certificate for all lets you add a name "
    "without a new certificate. ACM keeps the private key, and only load balancers of the account use it",
    checkov=("CKV2_AWS_71",),
)

_taken: MutableMapping[IConstruct, dict[tuple[str, str], Construct]] = WeakKeyDictionary()
"""Which service has which name of which zone, in each app: two constructs may represent the same zone."""


class Domain(CheckedConstruct):
    """A domain with what its names need: DNS-validated certificates and Route 53 records.

    Give it to an exposure: `AlbExposure(port=8080, domain=domain)` serves the domain itself, and
    `domain=domain.names("api")` serves a name under it. The service creates the certificate, records and rule for the
    name in its own stack.

    Attributes:
        name: The domain, such as `shop.example.com`.
        zone: The hosted zone for its records.

    See https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-elb-load-balancer.html
    """

    name: str
    zone: route53.IHostedZone

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        name: str,
        zone: route53.IHostedZone | None = None,
        validation_zone: route53.IHostedZone | None = None,
    ) -> None:
        """Create a domain.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            name: The domain, such as `example.com` or `dev.example.com`; services use it or names under it.
            zone: The hosted zone for its records, of this domain or a parent domain. Default: a new public zone,
                retained when the stack is deleted. The parent domain must delegate to its name servers before ACM can
                validate a certificate.
            validation_zone: Public hosted zone for the validation of certificates, if `zone` is private. Default:
                `zone`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Domain.__init__, locals())
        if not found.has("name"):
            found.extend(domain_name_problems(name, "name"))
            for option, one in (("zone", zone), ("validation_zone", validation_zone)):
                if one is not None and not found.has(option) and not found.has("name"):
                    found.extend(_zone_problems(name, one, option))
        if isinstance(zone, route53.PrivateHostedZone) and validation_zone is None:
            found.add(
                "validation_zone",
                "the zone is private, and ACM validates certificates through public DNS",
                allowed="a public hosted zone of the same domain",
                practice="dns-validated-certificate",
            )
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.name = name
        if zone is None:
            zone = route53.PublicHostedZone(self, "Zone", zone_name=name)
            # Another zone has other name servers, to which the parent domain does not delegate.
            zone.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        self.zone = zone
        self._validation_zone = validation_zone or zone

    @cached_property
    def certificate(self) -> acm.Certificate:
        """A certificate for the domain and all names directly under it, for load balancers that services share.

        It is created in the stack of the domain on first use.
        """
        certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=self.name,
            subject_alternative_names=[f"*.{self.name}"],
            validation=acm.CertificateValidation.from_dns(self._validation_zone),
        )
        acknowledge(certificate, _WILDCARD)
        return certificate

    def names(self, *hosts: str, redirect_from: Sequence[str] = ()) -> DomainNames:
        """Return names for a service.

        Args:
            hosts: Labels such as `api`, full names such as `api.example.com`, or `*` for all names directly under the
                domain. Other services get the first one as the address. Default: the domain itself.
            redirect_from: Names that redirect browsers to the first of `hosts`, such as `www`. Default: none.
        """
        return DomainNames(domain=self, hosts=hosts, redirect_from=redirect_from)

    def under(self, scope: Construct, id: str, label: str) -> Domain:  # noqa: A002
        """Return a domain under this one, in the same hosted zone, such as `dev.example.com`.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            label: Label before the domain, such as `dev`.
        """
        return Domain(scope, id, name=f"{label}.{self.name}", zone=self.zone, validation_zone=self._validation_zone)

    def full_name(self, host: str) -> str:
        """Return the full name for a label or for a full name."""
        return host if is_token(host) or "." in host else f"{host}.{self.name}"

    def covers(self, host: str, certificates: Sequence[acm.ICertificate]) -> bool:
        """Tell whether the certificate of the domain is one of these and covers a name."""
        made = self.__dict__.get("certificate")
        under = host == self.name or host.partition(".")[2] == self.name
        return under and any(one is made for one in certificates)

    def make_certificate(self, scope: Construct, host: str) -> acm.Certificate:
        """Create a certificate for one name.

        The names of a certificate cannot change. With one certificate for each name, a new name replaces no certificate
        in use.
        """
        certificate = acm.Certificate(
            scope,
            f"Certificate-{host}",
            domain_name=host,
            validation=acm.CertificateValidation.from_dns(self._validation_zone),
        )
        if "*" in host:
            acknowledge(certificate, _WILDCARD)
        return certificate

    def claim_problems(self, host: str, scope: Construct | None = None) -> list[Problem]:
        """Find names that another service already has."""
        found = Problems()
        owner = self._claims.get(self._key(host))
        if owner is not None and owner is not scope:
            found.add(
                "",
                f"{owner.node.path} already has this name",
                given=host,
                allowed=f"another name; or for some of its paths a shared load balancer and "
                f'rule=ListenerRule(hosts=["{host}"], paths=[…])',
                practice=_PRACTICE,
            )
        return list(found)

    def claim(self, host: str, owner: Construct) -> None:
        """Reserve a name for a service."""
        self._claims[self._key(host)] = owner

    def place_problems(self, scope: Construct) -> list[Problem]:
        """Find a zone that the stack of a service cannot write to."""
        found = Problems()
        here, there = cdk.Stack.of(scope), cdk.Stack.of(self.zone)
        if here is there:
            return []
        if _differ(here.account, there.account):
            found.add(
                "",
                f"the hosted zone is in a stack of account {there.account}, and this stack writes records only in its "
                f"own account",
                given=Shown(f"account {here.account}"),
                allowed=(
                    "a zone of this account, such as dev.example.com, to which the zone above delegates by "
                    "route53.CrossAccountZoneDelegationRecord or by a record of type NS; or the zone imported in this "
                    "stack, if it is in this account"
                ),
                practice=_PRACTICE,
            )
        # An imported zone is its id, which is the same in all regions.
        elif self.zone.node.default_child is not None and _differ(here.region, there.region):
            found.add(
                "",
                f"this stack cannot refer to the hosted zone, which is created in a stack of {there.region}",
                given=Shown(here.region),
                allowed="the zone imported by its id: route53.HostedZone.from_hosted_zone_attributes(…)",
                practice=_PRACTICE,
            )
        return list(found)

    @property
    def _claims(self) -> dict[tuple[str, str], Construct]:
        return _taken.setdefault(self.node.root, {})

    def _key(self, host: str) -> tuple[str, str]:
        return self.zone.hosted_zone_id, host


@frozen
class DomainNames:
    """Names of a domain for one service; `domain.names("api")` returns them.

    Attributes:
        domain: The domain.
        hosts: Labels such as `api`, full names such as `api.example.com`, or `*` for all names directly under the
            domain. Other services get the first one as the address. Default: the domain itself.
        redirect_from: Names that redirect browsers to the first of `hosts`, such as `www`. Default: none.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions
    """

    domain: Domain
    hosts: Sequence[str] = ()
    redirect_from: Sequence[str] = ()

    @property
    def served(self) -> Sequence[str]:
        """The full names that are served; other services get the first one as the address."""
        return tuple(self.domain.full_name(host) for host in self.hosts) or (self.domain.name,)

    @property
    def redirected(self) -> Sequence[str]:
        """The full names that redirect to the first one."""
        return tuple(self.domain.full_name(host) for host in self.redirect_from)

    def problems(self) -> list[Problem]:
        """Find problems with these names."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        seen: set[str] = set()
        for option, names in (("hosts", self.served), ("redirect_from", self.redirected)):
            for name in names:
                wildcard = option == "hosts"
                wrong = domain_name_problems(name, option, wildcard=wildcard) or self._place_problems(name, option)
                found.extend(wrong)
                if not wrong and name in seen:
                    found.add(option, "duplicate name", given=name, allowed="write each name once")
                if not wrong:
                    found.extend(self.domain.claim_problems(name), under=option)
                seen.add(name)
        if self.redirect_from and "*" in self.served[0]:
            found.add(
                "redirect_from",
                "the first of hosts has a wildcard, and browsers cannot be redirected to a wildcard",
                given=list(self.redirect_from),
                allowed="a name without a wildcard as the first of hosts",
                practice=_PRACTICE,
            )
        return list(found)

    def _place_problems(self, name: str, option: str) -> list[Problem]:
        found = Problems()
        domain = self.domain.name
        if not is_token([name, domain]) and name != domain and not name.endswith(f".{domain}"):
            found.add(
                option,
                f"the name is outside the domain {domain}",
                given=name,
                allowed=f"{domain}, a label such as api, or a name that ends with .{domain}",
                practice=_PRACTICE,
            )
        return list(found)


def names_of(domain: object) -> DomainNames | None:
    """Return the names of the option, for a domain its own name; None if there are none, or the type is wrong."""
    names = DomainNames(domain=domain) if isinstance(domain, Domain) else domain
    return names if isinstance(names, DomainNames) and not field_problems(names) else None


def names_problems(domain: object) -> list[Problem]:
    """Find problems with the names of the option."""
    names = DomainNames(domain=domain) if isinstance(domain, Domain) else domain
    return names.problems() if isinstance(names, DomainNames) else []


def subdomain_problems(label: str) -> list[Problem]:
    """Find problems with a label before a domain."""
    return domain_name_problems(f"{label}.example.com" if label else label, "subdomain")


def domain_name_problems(name: str, option: str, *, wildcard: bool = False) -> list[Problem]:
    """Find problems with a name in DNS."""
    found = Problems()
    if is_token(name):
        # It is in the ids of certificates and records.
        found.add(option, "known only at deployment", given=Shown("a token"), allowed="a name", practice=_PRACTICE)
        return list(found)
    labels = name.split(".")
    if wildcard and labels[0] == "*":
        labels = labels[1:]
    if len(labels) < 2 or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        found.add(
            option,
            "not a valid DNS name",
            given=name,
            allowed="lowercase letters, digits, hyphens and dots, such as shop.example.com",
            practice=_PRACTICE,
        )
    return list(found)


def _differ(one: str, other: str) -> bool:
    return not is_token([one, other]) and one != other


def _zone_problems(name: str, zone: route53.IHostedZone, option: str) -> list[Problem]:
    found = Problems()
    try:
        zone_name = zone.zone_name
    except RuntimeError:
        # CDK knows only the id.
        found.add(
            option,
            "the name of the zone is unknown",
            given=Shown("a zone imported only by its id"),
            allowed="route53.HostedZone.from_hosted_zone_attributes(…), with hosted_zone_id and zone_name",
            practice=_PRACTICE,
        )
        return list(found)
    found.extend(zone_name_problems(name, zone_name, "name", kind="hosted" if option == "zone" else "validation"))
    return list(found)


def zone_name_problems(name: str, zone_name: str, option: str, *, kind: str = "hosted") -> list[Problem]:
    """Find a domain whose records are not in a zone of this name."""
    found = Problems()
    zone_name = zone_name.removesuffix(".")
    if not is_token(zone_name) and name != zone_name and not name.endswith(f".{zone_name}"):
        found.add(
            option,
            f"the domain is outside the {kind} zone {zone_name}",
            given=name,
            allowed=f"{zone_name}, or a name that ends with .{zone_name}",
            practice=_PRACTICE,
        )
    return list(found)
