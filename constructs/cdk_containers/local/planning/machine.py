"""The machine that a task runs on, as far as a plan depends on it."""

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
        cpus: How many processors it has.
        most: The highest limits of the operating system that a container may have, by name; None is no limit.
        has: Whether there is a device at a path.
    """

    cpus: int = 1
    most: Mapping[str, int] = field(default_factory=dict)
    has: Callable[[str], bool] = _exists
