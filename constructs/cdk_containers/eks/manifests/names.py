"""Names, labels and ports as Kubernetes takes them, and names of other kinds turned into such."""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_SERVICE = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_PART = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?")

LABEL = "up to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"
SUBDOMAIN = "up to 253 lower-case letters, digits, hyphens and dots, with a letter or digit at both ends"
SERVICE = "up to 63 lower-case letters, digits and hyphens, starting with a letter"
PORT = "up to 15 lower-case letters, digits and single hyphens, with at least one letter"
LABEL_KEY = "a name of up to 63 characters such as app.kubernetes.io/name, with or without a domain before the slash"
LABEL_VALUE = "up to 63 letters, digits, hyphens, dots and underscores, with a letter or digit at both ends"


def kubernetes_name(name: str) -> str:
    """Turn a name of ECS into one of Kubernetes: lower case, with hyphens for underscores and dots.

    Two names may become one, so whoever converts several has to compare them.
    """
    return re.sub(r"[_.]", "-", name.lower()).strip("-")


def port_name(name: str) -> str:
    """Turn a name into one for a port, which has up to 15 characters."""
    return re.sub(r"-+", "-", kubernetes_name(name))[:15].strip("-")


def is_label(name: str, limit: int = 63) -> bool:
    """Tell whether a name is one for containers, volumes, namespaces and most of what has a host name."""
    return len(name) <= limit and _LABEL.fullmatch(name) is not None


def is_subdomain(name: str, limit: int = 253) -> bool:
    """Tell whether a name is one for objects."""
    return len(name) <= limit and _SUBDOMAIN.fullmatch(name) is not None


def is_service_name(name: str) -> bool:
    """Tell whether a name is one for a Service."""
    return len(name) <= 63 and _SERVICE.fullmatch(name) is not None


def is_port_name(name: str) -> bool:
    """Tell whether a name is one for a port."""
    return len(name) <= 15 and "--" not in name and _PORT.fullmatch(name) is not None


def is_label_key(key: str) -> bool:
    """Tell whether a text is the key of a label or an annotation."""
    domain, slash, name = key.rpartition("/")
    if slash and not is_subdomain(domain):
        return False
    return len(name) <= 63 and _PART.fullmatch(name) is not None


def is_label_value(value: str) -> bool:
    """Tell whether a text is the value of a label."""
    return value == "" or (len(value) <= 63 and _PART.fullmatch(value) is not None)
