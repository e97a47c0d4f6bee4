"""Connections between services."""

from .connecting import (
    endpoint_of,
    endpoint_problems,
    make_connector,
    make_discoverable,
    make_imported_connector,
)

__all__ = [
    "endpoint_of",
    "endpoint_problems",
    "make_connector",
    "make_discoverable",
    "make_imported_connector",
]
