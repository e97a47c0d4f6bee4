"""Values of a template that only a deployment decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_containers.core.frozen import frozen


@frozen
class Unresolved:
    """A value that nobody has given yet.

    Attributes:
        why: What decides it, such as `resource Orders`.
        names: What the template calls the missing parts; `--set` takes each of them.
    """

    why: str
    names: tuple[str, ...] = ()


def unresolved_in(value: Any) -> Iterator[Unresolved]:
    """Yield the unresolved values in a value, however deep."""
    if isinstance(value, Unresolved):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from unresolved_in(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from unresolved_in(child)
