"""Questions about settings that several areas ask."""

from __future__ import annotations

from cdk_containers.checks.templates import Map, Missing, Unknown, Value


def is_set(source: Map, *path: str) -> bool:
    """Tell whether something is set that is not empty; what a deployment fills in is."""
    value = source.value(*path)
    return isinstance(value, Unknown) or not (isinstance(value, Missing) or value in ("", []))


def listed(source: Map, *path: str) -> list[Value]:
    """Return the values of a list, or a single value instead of a list, known or not."""
    value = source.value(*path)
    if isinstance(value, Missing):
        return []
    return value if isinstance(value, list) else [value]
