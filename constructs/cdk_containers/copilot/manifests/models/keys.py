"""Keys whose names Python does not take, or would not write so."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def key(name: str) -> Any:
    """Return an optional field with its own name in the manifest."""
    return field(default=None, metadata={"key": name})
