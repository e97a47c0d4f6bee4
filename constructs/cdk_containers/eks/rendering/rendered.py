"""What came of a workload on Kubernetes."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.frozen import frozen
from cdk_containers.core.practices import Disabled

from ..manifests import Manifest


@frozen
class Loss:
    """An option that is not the same on Kubernetes.

    Attributes:
        option: The option, such as `containers[0].ulimits`.
        kind: `refused` is an error, `approximated` a warning that can be acknowledged, `platform` a notice that the
            platform does it itself.
        what: What is not the same.
        instead: What to do about it.
        practice: The id of the practice that the option breaks, if it breaks one.
    """

    option: str
    kind: Literal["refused", "approximated", "platform"]
    what: str
    instead: str
    practice: str | None = None


@frozen
class Rendered:
    """What came of a workload on Kubernetes.

    Attributes:
        manifests: The objects, in the order in which they are applied.
        losses: What is not the same as on ECS.
        opt_outs: The defaults that are switched off, each with the practice that asks for it.
    """

    manifests: tuple[Manifest, ...]
    losses: tuple[Loss, ...] = ()
    opt_outs: tuple[tuple[str, Disabled], ...] = ()
