"""podman, docker and finch, and the commands for them."""

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
