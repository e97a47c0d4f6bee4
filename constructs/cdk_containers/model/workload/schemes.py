"""Addresses that one application receives of another: not every port uses HTTP."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

from .port import Port

_SCHEMES: Mapping[int, str] = {
    1433: "sqlserver",
    1883: "mqtt",
    2181: "tcp",
    3306: "mysql",
    4222: "nats",
    5432: "postgresql",
    5672: "amqp",
    6379: "redis",
    8883: "mqtts",
    9042: "tcp",
    9092: "tcp",
    11211: "tcp",
    27017: "mongodb",
}
"""Ports of databases, caches and brokers; `tcp` if their clients share no scheme."""

_PORTS: Mapping[str, int] = {
    **{scheme: port for port, scheme in _SCHEMES.items() if scheme != "tcp"},
    "http": 80,
    "https": 443,
    "amqps": 5671,
    "postgres": 5432,
    "rediss": 6379,
}
"""The default port of a scheme, for an address without a port."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def as_variable(id_: str) -> str:
    """Return the prefix of the variables for a service: `ORDER_API` for `OrderApi`."""
    return "_".join(_WORD.findall(id_)).upper() or "OTHER"


def variable_problems(name: str, taken: Collection[str]) -> list[Problem]:
    """Find an invalid name of an environment variable, or a name that the container already uses."""
    found = Problems()
    if not is_token(name) and not _VARIABLE.fullmatch(name):
        found.add(
            "variable",
            "not a name of an environment variable",
            given=name,
            allowed="letters, digits and underscores, no digit first",
            practice="connect-services",
        )
    elif name in taken:
        found.add(
            "variable",
            "the container already has a variable with this name",
            given=name,
            allowed='another name: variable="…"',
            practice="connect-services",
        )
    return list(found)


def empty_url_problems(url: str | None) -> list[Problem]:
    """Find an invalid address."""
    found = Problems()
    if url is not None and not url:
        found.add(
            "url",
            "it is empty",
            given=url,
            allowed="the address for the caller, or no value for the known address",
            practice="connect-services",
        )
    return list(found)


def scheme_of(port: Port | None) -> str:
    """Return the scheme of an address at a port: by its protocol, or else by its number."""
    if port is None:
        return "http"
    if port.protocol == "udp":
        return "udp"
    if port.app_protocol is not None or is_token(port.number):
        return "http"
    return _SCHEMES.get(port.number, "http")


def port_of_scheme(scheme: str) -> int | None:
    """Return the default port of a scheme, if it has one."""
    return _PORTS.get(scheme)


def with_scheme(url: str, scheme: str | None) -> str:
    """Return an address with another scheme."""
    return url if scheme is None else f"{scheme}://{url.partition('://')[2]}"


def scheme_problems(scheme: str | None, *, url: str | None, known: str | None) -> list[Problem]:
    """Find a scheme that is none, or that no address begins with; `known` is the address that the service has."""
    found = Problems()
    if scheme is None:
        return []
    if url is not None:
        found.add(
            "scheme",
            "the given url already has a scheme",
            given=scheme,
            allowed="scheme or url, not both",
            practice="connect-services",
        )
    elif known is not None and "://" not in known:
        found.add(
            "scheme",
            "an SRV record has only a name, without a scheme",
            given=scheme,
            allowed='no scheme; or record_type="A" of its CloudMap',
            practice="connect-services",
        )
    if not is_token(scheme) and not _SCHEME.fullmatch(scheme):
        found.add(
            "scheme",
            "not a URL scheme",
            given=Shown(scheme),
            allowed='a word without "://", such as "redis" or "tcp"',
            practice="connect-services",
        )
    return list(found)
