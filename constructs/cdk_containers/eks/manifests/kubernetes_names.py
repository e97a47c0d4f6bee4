"""Names that Kubernetes takes."""

from __future__ import annotations

import re
from typing import Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LONGEST_SUBDOMAIN = 253

NameForm = Literal["label", "subdomain"]
"""A namespace and a service are labels of RFC 1123, most other objects subdomains."""


def kubernetes_name_problems(option: str, name: str, *, form: NameForm = "subdomain") -> list[Problem]:
    """Find a name that Kubernetes refuses, or that nobody knows when the manifests are written.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    found = Problems()
    if is_token(name):
        found.add(option, "a name in a manifest is known only at deployment", allowed="text that is known at synthesis")
    elif form == "label" and not _LABEL.fullmatch(name):
        found.add(
            option,
            "not a name that Kubernetes takes",
            given=name,
            allowed="1–63 lower-case letters, digits and hyphens, a letter or digit first and last",
        )
    elif form == "subdomain" and (len(name) > _LONGEST_SUBDOMAIN or not _SUBDOMAIN.fullmatch(name)):
        found.add(
            option,
            "not a name that Kubernetes takes",
            given=name,
            allowed="1–253 lower-case letters, digits, hyphens and dots, a letter or digit first and last in each part",
        )
    return list(found)
