"""Problems with the listeners of a load balancer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import disabled_problems, is_token
from cdk_containers.core.practices import Disabled

HTTP, HTTPS = 80, 443
TLS_POLICIES = (
    elbv2.SslPolicy.TLS13_12_RES_PQ,
    elbv2.SslPolicy.TLS13_RES,
    elbv2.SslPolicy.TLS13_13,
    elbv2.SslPolicy.TLS13_13_PQ,
    elbv2.SslPolicy.FIPS_TLS13_12_RES,
    elbv2.SslPolicy.FIPS_TLS13_12_RES_PQ,
    elbv2.SslPolicy.FIPS_TLS13_13,
    elbv2.SslPolicy.FIPS_TLS13_13_PQ,
)
"""Policies with TLS 1.2 or newer and forward secrecy only."""


def taken_ports(https: Literal[True] | Disabled, *, redirect: bool = True) -> tuple[int, ...]:
    """Return the ports that a load balancer listens on."""
    if https is not True:
        return (HTTP,)
    return (HTTPS, HTTP) if redirect else (HTTPS,)


def test_port_problems(port: int, taken: Sequence[int]) -> list[Problem]:
    """Find problems with a port for test traffic."""
    found = Problems()
    if is_token(port):
        # The id of the listener contains it, and another service may look it up.
        found.add(
            "test_port", "known only at deployment", given=Shown("a token"), allowed="a port", practice="test-traffic"
        )
    elif not 1 <= port <= 65535:
        found.add("test_port", "not a port", given=port, allowed="1–65535", practice="test-traffic")
    elif port in taken:
        found.add(
            "test_port",
            "the load balancer already listens on this port",
            given=port,
            allowed=f"another port than {' and '.join(str(number) for number in taken)}",
            practice="test-traffic",
        )
    return list(found)


def https_problems(https: Literal[True] | Disabled, certificates: Sequence[object], option: str) -> list[Problem]:
    """Find a listener without a certificate for TLS, or with HTTPS both on and off."""
    found = Problems()
    found.extend(disabled_problems(https), under="https")
    if https is True and not certificates:
        found.add(
            option,
            "HTTPS needs a certificate",
            practice="https-listener",
            allowed='a certificate; or https=Disabled(reason="…") for plain HTTP',
        )
    if isinstance(https, Disabled) and certificates:
        found.add(
            "https",
            "a certificate is set, but HTTPS is off",
            given=https,
            allowed="remove one of the two",
            practice="https-listener",
        )
    return list(found)
