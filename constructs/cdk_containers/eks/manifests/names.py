"""Kubernetes names, labels and port names, and conversions to them."""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_SERVICE = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_PART = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?")

LABEL = "up to 63 lowercase letters, digits and hyphens, with a letter or digit at both ends"
SUBDOMAIN = "up to 253 lowercase letters, digits, hyphens and dots, with a letter or digit at both ends"
SERVICE = "up to 63 lowercase letters, digits and hyphens, starting with a letter"
PORT = "up to 15 lowercase letters, digits and single hyphens, with at least one letter"
LABEL_KEY = "a name of up to 63 characters such as app.kubernetes.io/name, with or without a domain before the slash"
LABEL_VALUE = "up to 63 letters, digits, hyphens, dots and underscores, with a letter or digit at both ends"


def kubernetes_name(name: str) -> str:
    """Convert an ECS name to a Kubernetes name: lowercase, with hyphens for underscores and dots.

    Two names may become equal, so compare the results if you convert several.
    """
    return re.sub(r"[_.]", "-", name.lower()).strip("-")


def port_name(name: str) -> str:
    """Convert a name to a port name, which has up to 15 characters."""
    return re.sub(r"-+", "-", kubernetes_name(name))[:15].strip("-")


def is_label(name: str, limit: int = 63) -> bool:
    """Tell whether a name is valid for containers, volumes, namespaces and most objects with a host name."""
    return len(name) <= limit and _LABEL.fullmatch(name) is not None


def is_subdomain(name: str, limit: int = 253) -> bool:
    """Tell whether a name is valid for objects."""
    return len(name) <= limit and _SUBDOMAIN.fullmatch(name) is not None


def is_service_name(name: str) -> bool:
    """Tell whether a name is valid for a Service."""
    return len(name) <= 63 and _SERVICE.fullmatch(name) is not None


def is_port_name(name: str) -> bool:
    """Tell whether a name is valid for a port."""
    return len(name) <= 15 and "--" not in name and _PORT.fullmatch(name) is not None


def is_label_key(key: str) -> bool:
    """Tell whether a text is a valid key of a label or an annotation."""
    domain, slash, name = key.rpartition("/")
    if slash and not is_subdomain(domain):
        return False
    return len(name) <= 63 and _PART.fullmatch(name) is not None


def is_label_value(value: str) -> bool:
    """Tell whether a text is a valid label value."""
    return value == "" or (len(value) <= 63 and _PART.fullmatch(value) is not None)
