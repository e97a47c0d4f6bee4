"""The container engines podman, Docker and Finch, and their commands."""

from .commands import LABEL, LINK_LOCAL, Published, Run
from .docker import DOCKER
from .engine import Engine
from .finch import FINCH
from .finding import ENGINES, find_engine, limits
from .podman import PODMAN

__all__ = [
    "DOCKER",
    "ENGINES",
    "FINCH",
    "LABEL",
    "LINK_LOCAL",
    "PODMAN",
    "Engine",
    "Published",
    "Run",
    "find_engine",
    "limits",
]
