"""Names in service discovery."""

from __future__ import annotations

import re

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

_LABEL = r"[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?"
_DNS_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_DISCOVERY_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
_ALIAS = re.compile(r"[a-z0-9_.][a-z0-9_.-]{0,126}")


def namespace_name_problems(name: str) -> list[Problem]:
    """Find an invalid DNS name."""
    found = Problems()
    if not is_token(name) and not (len(name) <= 253 and _DNS_NAME.fullmatch(name)):
        found.add(
            "name",
            "not a DNS name",
            given=name,
            allowed="letters, digits, hyphens and underscores in parts of up to 63, such as shop.internal",
            practice="unique-discovery-names",
        )
    return list(found)


def cloud_map_name_problems(name: str) -> list[Problem]:
    """Find a name that Cloud Map refuses for a service in DNS."""
    found = Problems()
    if not is_token(name) and not (len(name) <= 127 and _DNS_NAME.fullmatch(name)):
        found.add(
            "name",
            "not a valid DNS name",
            given=name,
            allowed="letters, digits, hyphens and underscores, up to 63 between dots, such as orders",
            practice="unique-discovery-names",
        )
    return list(found)


def discovery_name_problems(name: str | None) -> list[Problem]:
    """Find a name that Service Connect refuses to register in Cloud Map."""
    found = Problems()
    if name is not None and not is_token(name) and not _DISCOVERY_NAME.fullmatch(name):
        found.add(
            "discovery_name",
            "not a valid Service Connect name",
            given=name,
            allowed="up to 64 lowercase letters, digits, underscores and hyphens, no hyphen first",
            practice="unique-discovery-names",
        )
    return list(found)


def alias_problems(name: str | None) -> list[Problem]:
    """Find a name that the proxy of a caller does not support."""
    found = Problems()
    if name is not None and not is_token(name) and not _ALIAS.fullmatch(name):
        found.add(
            "dns_name",
            "not a valid Service Connect name",
            given=name,
            allowed="up to 127 lowercase letters, digits, underscores, hyphens and dots, no hyphen first",
            practice="unique-discovery-names",
        )
    return list(found)
