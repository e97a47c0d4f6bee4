"""A workload on Kubernetes."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.frozen import frozen
from cdk_containers.core.practices import Disabled

from ..manifests import Manifest


@frozen
class Loss:
    """An option that differs on Kubernetes.

    Attributes:
        option: The option, such as `containers[0].ulimits`.
        kind: `refused` is an error, `approximated` a warning that can be acknowledged, `platform` a notice that the
            platform handles it.
        what: The difference.
        instead: What to do about it.
        practice: The id of the violated practice, if there is one.
    """

    option: str
    kind: Literal["refused", "approximated", "platform"]
    what: str
    instead: str
    practice: str | None = None


@frozen
class Rendered:
    """A workload on Kubernetes.

    Attributes:
        manifests: The objects, in the order in which they are applied.
        losses: The differences from ECS.
        opt_outs: The disabled defaults, with their practices.
    """

    manifests: tuple[Manifest, ...]
    losses: tuple[Loss, ...] = ()
    opt_outs: tuple[tuple[str, Disabled], ...] = ()
