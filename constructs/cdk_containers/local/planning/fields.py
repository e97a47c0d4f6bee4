"""A task definition that tracks which of its fields were used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Fields:
    """A part of a task definition.

    Taking a field removes it. The fields that remain at the end have no local counterpart.
    """

    def __init__(self, source: Mapping[str, Any]) -> None:
        self._left = _copied(source)

    def take(self, path: str) -> Any:
        """Remove a field by its path, such as `LinuxParameters.Tmpfs`, and return it; None if it is not set."""
        here = self._left
        *above, last = path.split(".")
        for name in above:
            here = here.get(name)
            if not isinstance(here, dict):
                return None
        return here.pop(last, None)

    def put(self, name: str, value: Any) -> None:
        """Put a field back."""
        self._left[name] = value

    def left(self) -> list[str]:
        """Return the paths of the fields that were not used, without list indexes, each once."""
        return list(dict.fromkeys(_leaves(self._left, "")))


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(child) for child in value]
    return value


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for child in value:
            yield from _leaves(child, path)
    else:
        yield path
