"""Closer looks at single parts of what was deployed, taken once, while the emulator is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cdk_cli import Emulator

LOOKS: dict[str, Callable[[Emulator], Any]] = {}
