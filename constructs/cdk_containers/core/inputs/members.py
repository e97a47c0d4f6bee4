"""Members of objects, without reading them."""

from __future__ import annotations

from collections.abc import Sequence


def has_members(value: object, *names: str) -> bool:
    """Tell whether a value has members, without reading them: that would call into CDK.

    CDK hands out some objects as proxies that stand for several interfaces at once.
    """
    parts: Sequence[object] = getattr(value, "_delegates", ()) or (value,)
    return all(
        any(hasattr(type(part), name) or name in getattr(part, "__dict__", ()) for part in parts) for name in names
    )
