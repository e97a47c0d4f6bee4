"""Keys whose names are not valid or not usual in Python."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def key(name: str) -> Any:
    """Return an optional field with a different name in the manifest."""
    return field(default=None, metadata={"key": name})
