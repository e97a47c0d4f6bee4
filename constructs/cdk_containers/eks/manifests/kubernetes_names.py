"""Names in options of constructs that end up in manifests."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

from .names import LABEL, SUBDOMAIN, is_label, is_subdomain

NameForm = Literal["label", "subdomain"]
"""Names of namespaces and services are RFC 1123 labels, those of most other objects are subdomains."""


def kubernetes_name_problems(option: str, name: str, *, form: NameForm = "subdomain") -> list[Problem]:
    """Find a name that Kubernetes refuses, or that is unknown at synthesis.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    found = Problems()
    allowed = LABEL if form == "label" else SUBDOMAIN
    if is_token(name):
        found.add(option, "a name in a manifest must be known at synthesis", given=Shown("a token"), allowed=allowed)
    elif not (is_label(name) if form == "label" else is_subdomain(name)):
        found.add(option, "not a valid Kubernetes name", given=name, allowed=allowed)
    return list(found)


def file_name(*parts: str) -> str:
    """Return a file name for an object from its kind and names, shortened if needed."""
    return "-".join(parts).replace(".", "-")[:200].rstrip("-")
