"""Values of a template that only a deployment sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_containers.core.frozen import frozen


@frozen
class Unresolved:
    """A value that is not known yet.

    Attributes:
        why: Source of the value, such as `resource Orders`.
        names: Names of the missing parts in the template. `--set` accepts each of them.
    """

    why: str
    names: tuple[str, ...] = ()


def unresolved_in(value: Any) -> Iterator[Unresolved]:
    """Yield the unresolved values in a value, at any depth."""
    if isinstance(value, Unresolved):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from unresolved_in(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from unresolved_in(child)
