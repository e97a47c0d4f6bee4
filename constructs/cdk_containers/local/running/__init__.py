"""Tasks, run: images, network, order, health, logs, and the end."""

from .console import Console
from .options import Options
from .run import run_local

__all__ = ["Console", "Options", "run_local"]
