"""Values of properties before deployment: text, numbers, maps, or unknown values.

Checks use these values as if they were known. Reading a value that is known only at deployment raises `CannotTell`,
which ends the check. An unknown value therefore never counts as a fault or as a pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Never, TypeAlias

from cdk_containers.core.frozen import frozen

if TYPE_CHECKING:
    from .resource import Resource


class CannotTell(Exception):  # noqa: N818  (it is an answer, not an error)
    """The result depends on something that the template does not contain."""


class Unknown:
    """A value that only a deployment sets, such as an import or a parameter without a default.

    It equals another unknown value of the same expression. Any other question about it raises `CannotTell`.

    Attributes:
        why: Source of the value for users, such as `parameter Image`.
    """

    __slots__ = ("key", "why")

    def __init__(self, why: str, key: str | None = None) -> None:
        self.why = why
        self.key = why if key is None else key

    def _cannot_tell(self, *_: object) -> Never:
        raise CannotTell(f"it depends on {self.why}")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Unknown) and other.key == self.key:
            return True
        return self._cannot_tell()

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"<{self.why}>"

    __bool__ = __iter__ = __len__ = __str__ = __int__ = __float__ = _cannot_tell
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __getitem__ = _cannot_tell


class Unread(Unknown):
    """A value of an account that was not read, so that it is unknown whether it exists.

    A map never returns it, but raises `CannotTell` instead.
    """

    __slots__ = ()


class Partial(Unknown):
    """Partly known text, such as the tag of an image in an unknown account.

    Attributes:
        parts: Known text and unknown values, in order.
    """

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str | Unknown, ...]) -> None:
        unknown = [part for part in parts if isinstance(part, Unknown)]
        super().__init__(
            " and ".join(dict.fromkeys(part.why for part in unknown)),
            "".join(part if isinstance(part, str) else f"\0{part.key}\0" for part in parts),
        )
        self.parts = parts

    @property
    def head(self) -> str:
        """The text before the first unknown part."""
        return self.parts[0] if isinstance(self.parts[0], str) else ""

    @property
    def tail(self) -> str:
        """The text after the last unknown part."""
        return self.parts[-1] if isinstance(self.parts[-1], str) else ""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) and not (other.startswith(self.head) and other.endswith(self.tail)):
            return False
        return super().__eq__(other)

    __hash__ = Unknown.__hash__

    def __repr__(self) -> str:
        return "".join(part if isinstance(part, str) else repr(part) for part in self.parts)


class Reference(Unknown):
    """A reference to a resource of the same estate: its `Ref`, or one of its attributes.

    Attributes:
        resource: The resource.
        attribute: The attribute; empty for `Ref`.
    """

    __slots__ = ("attribute", "resource")

    def __init__(self, resource: Resource, attribute: str = "") -> None:
        of = f"{attribute} of " if attribute else ""
        super().__init__(f"{of}resource {resource.logical_id}", f"{resource.key}.{attribute}")
        self.resource = resource
        self.attribute = attribute


class Missing:
    """A missing property."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "<not set>"


MISSING = Missing()

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Any
"""A scalar, a `Map`, a list of values, an `Unknown` or `MISSING`."""


@frozen(kw_only=False)
class Malformed(Exception):  # noqa: N818
    """A property has another type than CloudFormation requires."""

    where: str
    wanted: str
    given: Value

    def __str__(self) -> str:
        return f"{self.where} is not {self.wanted}"


def texts_of(value: Value) -> Iterator[str]:
    """Yield the known text of a value: all of it, or the known parts."""
    if isinstance(value, Partial):
        yield from (part for part in value.parts if isinstance(part, str))
    elif not isinstance(value, Unknown | Missing):
        yield str(value)
