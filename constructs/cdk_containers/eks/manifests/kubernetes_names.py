"""Names in the options of constructs, which end up in manifests."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

from .names import LABEL, SUBDOMAIN, is_label, is_subdomain

NameForm = Literal["label", "subdomain"]
"""A namespace and a service are labels of RFC 1123, most other objects subdomains."""


def kubernetes_name_problems(option: str, name: str, *, form: NameForm = "subdomain") -> list[Problem]:
    """Find a name that Kubernetes refuses, or that nobody knows when the manifests are written.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    found = Problems()
    allowed = LABEL if form == "label" else SUBDOMAIN
    if is_token(name):
        found.add(option, "a name in a manifest is known only at deployment", given=Shown("a token"), allowed=allowed)
    elif not (is_label(name) if form == "label" else is_subdomain(name)):
        found.add(option, "not a name that Kubernetes takes", given=name, allowed=allowed)
    return list(found)


def file_name(*parts: str) -> str:
    """Return a name for the file of an object, of what it is and its names, which can be longer than that of a file."""
    return "-".join(parts).replace(".", "-")[:200].rstrip("-")
