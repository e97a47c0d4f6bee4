"""Names as Kubernetes takes them: RFC 1123 labels, 63 lower-case letters, digits and hyphens."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.inputs import is_token

from .losses import Losses

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PORT_NAME_LENGTH = 15


def is_label(name: str) -> bool:
    """Tell whether Kubernetes takes a name."""
    return _LABEL.fullmatch(name) is not None


def as_label(name: str) -> str:
    """Return the nearest name that Kubernetes takes; empty where nothing of it is left."""
    return re.sub(r"[^a-z0-9-]", "-", name.lower()).strip("-")


def labels_of(names: Sequence[str], *, option: str, losses: Losses) -> dict[str, str]:
    """Return the names of things in a pod as Kubernetes takes them, by the names that they have."""
    found: dict[str, str] = {}
    for index, name in enumerate(names):
        label = as_label(name)
        where = f"{option}[{index}].name"
        if is_token(name) or not is_label(label):
            losses.refuse(
                where,
                "not a name that Kubernetes takes",
                instead="up to 63 lower-case letters, digits and hyphens, known at synthesis",
            )
            label = f"{option.rstrip('s')}-{index}"
        elif label in found.values():
            losses.refuse(where, f"in Kubernetes it is {label}, as another is", instead="another name")
        elif label != name:
            losses.leave(where, f"in Kubernetes it is {label}", instead="lower-case letters, digits and hyphens")
        found[name] = label
    return found


def port_name(name: str) -> str:
    """Return the nearest name of a port that Kubernetes takes: 15 characters, with a letter among them."""
    short = re.sub(r"-+", "-", as_label(name))[:_PORT_NAME_LENGTH].strip("-")
    return short if re.search(r"[a-z]", short) else f"p{short}"[:_PORT_NAME_LENGTH]
