"""Properties of this machine that a plan depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path

from cdk_containers.core.frozen import frozen


def _exists(path: str) -> bool:
    return Path(path).exists()


@frozen
class Machine:
    """A machine.

    Attributes:
        cpus: Number of processors.
        most: Highest limits of the operating system that a container can have, by name; None means no limit.
        has: Tells whether a path is a device.
    """

    cpus: int = 1
    most: Mapping[str, int] = field(default_factory=dict)
    has: Callable[[str], bool] = _exists
