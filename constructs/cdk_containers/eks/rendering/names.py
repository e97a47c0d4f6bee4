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
    """Return the Kubernetes names of things in a pod, by original name."""
    found: dict[str, str] = {}
    for index, name in enumerate(names):
        label = kubernetes_name(name)
        where = f"{option}[{index}].name"
        if is_token(name) or not is_label(label):
            losses.refuse(
                where,
                "not a valid Kubernetes name",
                instead="up to 63 lowercase letters, digits and hyphens, known at synthesis",
            )
            label = f"{option.rstrip('s')}-{index}"
        elif label in found.values():
            losses.refuse(where, f"in Kubernetes it becomes {label}, the same as another name", instead="another name")
        elif label != name:
            losses.leave(where, f"in Kubernetes it becomes {label}", instead="lowercase letters, digits and hyphens")
        found[name] = label
    return found


def short_hash(value: object) -> str:
    """Return a hash of eight digits for the name of an immutable object; it ignores tokens."""
    text = _TOKEN.sub("", json.dumps(value, sort_keys=True))
    return hashes.short_hash(text)
