"""`@frozen` gives what `dataclass` gives, and compiles nothing before a class is used."""

from __future__ import annotations

import copy
import inspect
import pickle
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import pytest

from cdk_containers.core.frozen import MadeOnUse, frozen


@frozen
class Port:
    """What is opened."""

    kind: ClassVar[str] = "tcp"
    number: int
    name: str | None = None
    tags: Sequence[str] = field(default_factory=list[str])
    note: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class StandardPort:
    """The same."""

    kind: ClassVar[str] = "tcp"
    number: int
    name: str | None = None
    tags: Sequence[str] = field(default_factory=list[str])
    note: str = field(default="", compare=False, repr=False)


@frozen(kw_only=False)
class Pair:
    """Two, by their places."""

    left: int
    right: int = 2


@dataclass(frozen=True, slots=True)
class StandardPair:
    """The same."""

    left: int
    right: int = 2


@frozen
class SecurePort(Port):
    """A port with a certificate."""

    certificate: str


@frozen(slots=False, eq=False)
class Total:
    """Has a place for what is worked out."""

    parts: Sequence[int]
    doubled: int = field(init=False)
    key: int = field(default=0, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "doubled", 2 * sum(self.parts))

    @cached_property
    def value(self) -> int:
        return sum(self.parts)


@frozen
class Labelled:
    """Its labels are nothing that Python can hash."""

    name: str
    labels: Mapping[str, str] = field(hash=False)


def raised(make: Callable[[], object]) -> str:
    with pytest.raises(TypeError) as caught:
        make()
    return str(caught.value)


def pickled(one: object) -> object:
    return pickle.loads(pickle.dumps(one))  # noqa: S301  (made here)


def as_standard(text: object) -> str:
    return str(text).replace("Standard", "")


def test_nothing_is_compiled_before_a_class_is_used():
    @frozen
    class Fresh:
        """Nobody has used it."""

        number: int = 1

    assert isinstance(vars(Fresh)["__init__"], MadeOnUse)
    assert Fresh().number == 1
    assert inspect.isfunction(vars(Fresh)["__init__"])


def test_a_subclass_that_has_nothing_of_its_own_is_made_by_its_base():
    @frozen
    class Base:
        """Nobody has used it."""

        number: int

    class Derived(Base):
        pass

    derived = Derived(number=1)
    assert repr(derived).endswith("Derived(number=1)")
    assert derived == Derived(number=1) != Base(number=1)


@pytest.mark.parametrize(("ours", "standard"), [(Port, StandardPort), (Pair, StandardPair)])
def test_it_is_a_dataclass(ours: Any, standard: Any):
    assert is_dataclass(ours)
    assert [(one.name, one.default, one.kw_only) for one in fields(ours)] == [
        (one.name, one.default, one.kw_only) for one in fields(standard)
    ]
    assert str(inspect.signature(ours)) == str(inspect.signature(standard))
    assert typing.get_type_hints(ours) == typing.get_type_hints(standard)
    assert typing.get_type_hints(ours.__init__) == typing.get_type_hints(standard.__init__)
    assert ours.__init__.__module__ == __name__
    assert as_standard(standard.__init__.__qualname__) == ours.__init__.__qualname__
    assert ours.__slots__ == standard.__slots__
    assert ours.__match_args__ == standard.__match_args__
    assert ours.__doc__


@pytest.mark.parametrize(
    "given", [{"number": 1}, {"number": 1, "name": "a", "tags": ["b"]}, {"number": 1, "note": "c"}], ids=str
)
def test_objects_are_as_those_of_a_dataclass(given: Any):
    ours, standard = Port(**given), StandardPort(**given)
    assert repr(ours) == as_standard(repr(standard))
    assert asdict(ours) == asdict(standard)
    assert asdict(replace(ours, number=7)) == asdict(replace(standard, number=7))
    for other in ({"number": 1}, {"number": 2}):
        assert (ours == Port(**other)) is (standard == StandardPort(**other))
    assert ours != standard
    assert raised(lambda: hash(ours)) == raised(lambda: hash(standard))


def test_what_is_equal_has_the_same_hash():
    assert hash(Pair(1)) == hash(Pair(1, 2)) == hash(StandardPair(1))
    assert len({Pair(1), Pair(1, 2), Pair(1, 3)}) == 2
    assert Labelled(name="a", labels={}) != Labelled(name="a", labels={"b": "c"})
    assert hash(Labelled(name="a", labels={})) == hash(Labelled(name="a", labels={"b": "c"}))


@pytest.mark.parametrize(
    ("ours", "standard", "place", "options"),
    [
        (Port, StandardPort, (), {}),
        (Port, StandardPort, (1,), {}),
        (Port, StandardPort, (), {"number": 1, "nam": ""}),
        (Pair, StandardPair, (), {}),
        (Pair, StandardPair, (1, 2, 3), {}),
        (Pair, StandardPair, (1,), {"left": 2}),
    ],
)
def test_a_wrong_call_is_the_type_error_of_python(ours: Any, standard: Any, place: Any, options: Any):
    assert raised(lambda: ours(*place, **options)) == as_standard(raised(lambda: standard(*place, **options)))


def test_every_object_gets_a_default_of_its_own():
    assert Port(number=1).tags is not Port(number=1).tags
    assert Port(number=1).tags == []


def test_nobody_changes_it():
    for one in (Port(number=1), Pair(1), Total(parts=[1])):
        name = fields(one)[0].name
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(one, name, 2)
        with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(one, name)
        with pytest.raises(FrozenInstanceError):
            one.other = 2  # type: ignore[union-attr]


def test_a_plain_subclass_may_have_what_is_no_field():
    class Marked(Pair):
        pass

    marked: Any = Marked(1)
    marked.mark = "x"
    assert marked.mark == "x"
    del marked.mark
    with pytest.raises(FrozenInstanceError):
        marked.left = 2


def test_a_field_of_a_base_is_a_field():
    secure = SecurePort(number=443, certificate="arn")
    assert repr(secure) == "SecurePort(number=443, name=None, tags=[], certificate='arn')"
    assert SecurePort.__slots__ == ("certificate",)
    assert replace(secure, number=8443).certificate == "arn"


def test_what_is_worked_out_has_a_place():
    total = Total(parts=[1, 2])
    assert (total.doubled, total.value, total.value) == (6, 3, 3)
    assert vars(total).keys() == {"parts", "doubled", "key", "value"}
    assert total != Total(parts=[1, 2])
    assert total == total  # noqa: PLR0124
    assert hash(total) == object.__hash__(total)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("one", [Port(number=1, tags=["a"], note="b"), Pair(1), SecurePort(number=1, certificate="")])
def test_it_can_be_copied_and_pickled(copied: Callable[[Any], Any], one: Any):
    twin = copied(one)
    assert twin is not one
    assert twin == one
    assert type(twin) is type(one)


def test_it_can_hold_itself():
    around: list[object] = []
    holder = Labelled(name="a", labels=typing.cast("Any", around))
    around.append(holder)
    assert repr(holder) == "Labelled(name='a', labels=[...])"


def test_it_matches():
    match Pair(1, 3):
        case Pair(1, right):
            assert right == 3
        case _:
            pytest.fail("no match")
