"""Names of things in a pod."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from cdk_containers.core import hashes
from cdk_containers.core.inputs import is_token

from ..manifests import is_label, kubernetes_name
from .losses import Losses

_TOKEN = re.compile(r"\$\{Token\[[^\]]+\]\}")


def labels_of(names: Sequence[str], *, option: str, losses: Losses) -> dict[str, str]:
    """Return the names of things in a pod as Kubernetes takes them, by the names that they have."""
    found: dict[str, str] = {}
    for index, name in enumerate(names):
        label = kubernetes_name(name)
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


def short_hash(value: object) -> str:
    """Return eight digits for a value, for the name of an object that never changes; tokens are left out of it."""
    text = _TOKEN.sub("", json.dumps(value, sort_keys=True))
    return hashes.short_hash(text)
