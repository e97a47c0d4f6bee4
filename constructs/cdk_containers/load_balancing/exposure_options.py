"""Problems with options that several exposures share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

from .domain import Domain, DomainNames, names_of, names_problems
from .exposure import SharedLoadBalancer

_MAX_DELAY_SECONDS = 3600


def domain_problems(
    domain: Domain | DomainNames | None,
    certificate: acm.ICertificate | None,
    load_balancer: SharedLoadBalancer | None,
    *,
    kind: type[SharedLoadBalancer],
    instead: str,
) -> list[Problem]:
    """Find names that are wrong, have a redundant certificate, or lack a hosted zone to point to.

    Args:
        domain: The option `domain`.
        certificate: The option `certificate`.
        load_balancer: The load balancer, if it is shared.
        kind: The kind of the load balancer.
        instead: What is allowed instead of a domain and a certificate.
    """
    found = Problems()
    found.extend(names_problems(domain), under="domain")
    if names_of(domain) is None:
        return list(found)
    if certificate is not None:
        found.add(
            "certificate",
            "the domain creates a certificate for each of its names",
            given=Shown("a certificate"),
            allowed=instead,
            practice="dns-validated-certificate",
        )
    if load_balancer is not None and not load_balancer.has_hosted_zone:
        found.add(
            "load_balancer",
            "the hosted zone of the imported load balancer's DNS name is unknown",
            allowed=f"{kind.__name__}.from_attributes(canonical_hosted_zone_id=…)",
            practice="domain-names",
        )
    return list(found)


def path_problems(health_check_path: str | None) -> list[Problem]:
    """Find a health check without a path."""
    found = Problems()
    path = health_check_path
    if path is not None and not is_token(path) and not path.startswith("/"):
        found.add(
            "health_check_path",
            "a path begins with a slash",
            given=path,
            allowed="a path such as /healthz",
            practice="target-health-check",
        )
    return list(found)


def delay_problems(delay_seconds: int) -> list[Problem]:
    """Find a `deregistration_delay` that Elastic Load Balancing refuses."""
    found = Problems()
    if not is_token(delay_seconds) and not 0 <= delay_seconds <= _MAX_DELAY_SECONDS:
        found.add(
            "deregistration_delay",
            "out of range",
            given=Shown(f"{delay_seconds} s"),
            allowed=f"0–{_MAX_DELAY_SECONDS} s",
            practice="deregistration-delay",
        )
    return list(found)


def test_ingress_problems(test_port: int | None, test_ingress: Sequence[ec2.IPeer] | None) -> list[Problem]:
    """Find callers of a listener that does not exist."""
    found = Problems()
    if test_port is None and test_ingress is not None:
        found.add(
            "test_ingress",
            "there is no listener that these callers could reach",
            given=Shown(f"{len(test_ingress)} peers"),
            allowed="remove it, or set test_port",
            practice="test-traffic",
        )
    return list(found)


def shared_option_problems(kind: type[SharedLoadBalancer], options: Mapping[str, object]) -> list[Problem]:
    """Find options of a load balancer on an exposure that shares one.

    Args:
        kind: The kind of the load balancer.
        options: Such options with their values; None if not set.
    """
    found = Problems()
    for option, value in options.items():
        if value is not None:
            found.add(
                option,
                "a shared load balancer has its own",
                given=value,
                allowed=f"this option on the {kind.__name__}, or no load_balancer here",
            )
    return list(found)
