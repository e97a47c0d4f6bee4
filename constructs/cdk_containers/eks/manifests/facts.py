"""What the rules have to know of a cluster."""

from __future__ import annotations

from typing import Literal, Protocol


class Facts(Protocol):
    """What the rules have to know of a cluster."""

    @property
    def version(self) -> str:
        """Version of Kubernetes, such as `1.36`."""
        ...

    @property
    def compute(self) -> Literal["NODES", "AUTO", "FARGATE"]:
        """What pods run on."""
        ...
