"""What the checks need to know about a cluster."""

from __future__ import annotations

from typing import Literal, Protocol


class Facts(Protocol):
    """What the checks need to know about a cluster."""

    @property
    def version(self) -> str:
        """Kubernetes version, such as `1.36`."""
        ...

    @property
    def compute(self) -> Literal["NODES", "AUTO", "FARGATE"]:
        """Compute type of pods."""
        ...
