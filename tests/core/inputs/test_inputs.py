"""Reading what a caller gave: tokens, types, durations, names. Nothing here starts CDK."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import argument_problems, field_problems, is_token, name_problem, seconds
from cdk_containers.core.inputs.durations import duration_problem
from cdk_containers.core.inputs.job_schedules import job_run_problems
from cdk_containers.core.inputs.types import has_members, usable_arguments
from cdk_containers.core.practices import Disabled
from tests.names import stable

TOKEN_NUMBER = -1.8881545897087968e289
TOKEN_TEXT = "${Token[Shop.Port.12]}"  # noqa: S105  (CDK's own marker)
TOKEN_LIST = ["#{Token[Shop.Subnets.13]}"]


class Resolvable:
    """What CDK's `IResolvable` looks like from here."""

    creation_stack: Sequence[str] = ()

    def resolve(self) -> None: ...

    def __repr__(self) -> str:
        return "a resolvable"


class Duration:
    """What CDK's `Duration` looks like from here."""

    def __init__(self, value: float) -> None:
        self.value = value

    def to_seconds(self) -> float:
        if self.value % 1:
            raise RuntimeError("not whole")
        return self.value

    def __repr__(self) -> str:
        return f"Duration({self.value})"

    def to_human_string(self) -> str:
        return f"{self.value} seconds"


# ---- tokens


@pytest.mark.parametrize(
    "value",
    [
        TOKEN_NUMBER,
        round(TOKEN_NUMBER),
        TOKEN_TEXT,
        f"a-{TOKEN_TEXT}-b",
        TOKEN_LIST,
        ["a", TOKEN_TEXT],
        [1, TOKEN_NUMBER],
        {"a": TOKEN_TEXT},
        Resolvable(),
    ],
    ids=stable,
)
def test_tokens_are_recognised(value: object):
    assert is_token(value)


@given(st.integers() | st.floats(min_value=-1e200, allow_nan=False) | st.text() | st.none() | st.booleans())
def test_values_of_people_are_no_tokens(value: object):
    assert not is_token(value) or "Token[" in str(value) or (isinstance(value, int) and value < -1e280)


# ---- types


@dataclass(frozen=True, kw_only=True)
class Options:
    number: int = 1
    share: float = 0.5
    text: str = ""
    flag: bool = False
    names: Sequence[str] = ()
    by_name: Mapping[str, int | str] | None = None
    kind: Literal["a", "b"] = "a"
    on: Literal[True] | Disabled = True
    anything: Any = None
    nested: Mapping[str, Sequence[int]] | None = None


def wrong(**options: Any) -> list[str]:
    return [problem.option for problem in field_problems(Options(**options))]


@pytest.mark.parametrize(
    "options",
    [
        {"number": 2.0},
        {"number": TOKEN_NUMBER},
        {"share": 1},
        {"names": ["a"]},
        {"names": ("a",)},
        {"names": TOKEN_LIST},
        {"by_name": {"a": 1, "b": "c"}},
        {"kind": "b"},
        {"on": Disabled("a reason of ten letters")},
        {"anything": Ellipsis},
        {"nested": {"a": [1]}},
    ],
    ids=stable,
)
def test_what_fits_is_no_problem(options: dict[str, Any]):
    assert wrong(**options) == []


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"number": "1"}, "number"),
        ({"number": 1.5}, "number"),
        ({"number": True}, "number"),
        ({"number": None}, "number"),
        ({"number": float("nan")}, "number"),
        ({"share": "1"}, "share"),
        ({"text": 1}, "text"),
        ({"text": b"x"}, "text"),
        ({"flag": 1}, "flag"),
        ({"names": "a"}, "names"),
        ({"names": b"a"}, "names"),
        ({"names": {"a"}}, "names"),
        ({"names": ["a", 1]}, "names[1]"),
        ({"by_name": ["a"]}, "by_name"),
        ({"by_name": {"a": None}}, "by_name['a']"),
        ({"by_name": {1: "a"}}, "by_name[1]"),
        ({"kind": "c"}, "kind"),
        ({"on": False}, "on"),
        ({"on": 1}, "on"),
        ({"nested": {"a": [1, "b"]}}, "nested['a'][1]"),
    ],
    ids=stable,
)
def test_what_does_not_fit_is_named_to_the_part(options: dict[str, Any], option: str):
    assert wrong(**options) == [option]


def test_each_part_that_does_not_fit_is_named():
    assert wrong(names=[1, "a", 2], number="x") == ["number", "names[0]", "names[2]"]


def test_a_problem_says_what_belongs_there():
    [problem] = field_problems(Options(on=False))  # type: ignore[arg-type]
    assert (
        problem.what == 'a value of type bool instead of True or Disabled; to turn it off, write Disabled(reason="…")'
    )
    assert (problem.given, problem.allowed) == ("False", "True or Disabled")


def test_a_value_beside_the_choices_is_no_question_of_type():
    [problem] = field_problems(Options(kind="c"))  # type: ignore[arg-type]
    assert (problem.what, problem.given, problem.allowed) == ("not a valid choice", "'c'", "'a' or 'b'")
    [problem] = field_problems(Options(kind=1))  # type: ignore[arg-type]
    assert problem.what == "a value of type int instead of 'a' or 'b'"


def test_a_class_is_no_value_of_it():
    [problem] = field_problems(Options(on=Disabled))  # type: ignore[arg-type]
    assert problem.what == "the class Disabled instead of True or Disabled"


def test_a_type_of_the_same_name_is_told_apart():
    namesake = type("Disabled", (), {"__module__": "elsewhere"})
    [problem] = field_problems(Options(on=namesake()))  # type: ignore[arg-type]
    assert problem.what == "a value of type elsewhere.Disabled instead of True or Disabled"


def test_what_may_be_a_secret_is_not_shown():
    for value in ({"PASSWORD": ["hunter2"]}, ["hunter2"], "hunter2"):
        assert "hunter2" not in str(field_problems(Options(by_name=value)))  # type: ignore[arg-type]


@given(
    st.dictionaries(
        st.sampled_from(list(Options.__dataclass_fields__)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
            max_leaves=8,
        ),
    )
)
def test_checking_types_never_raises(options: dict[str, Any]):
    for problem in field_problems(Options(**options)):
        assert str(problem)


def test_arguments_are_checked_by_the_hints_of_the_function():
    def make(scope: object, *, count: int, name: str | None = None) -> None: ...

    found = argument_problems(make, {"scope": None, "count": "1", "name": 5, "other": object()})
    assert [problem.option for problem in found] == ["count", "name"]


def test_only_the_hints_of_what_is_given_are_read():
    def make(*, count: int, queue: "nobody.Queue | None" = None) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    @frozen
    class Base:
        queue: "nobody.Queue | None" = None  # type: ignore[name-defined]  # noqa: F821

    @frozen
    class Derived(Base):
        count: int

    assert [p.option for p in argument_problems(make, {"count": "1", "queue": None})] == ["count"]
    assert [p.option for p in field_problems(Derived(count="1"))] == ["count"]  # type: ignore[arg-type]
    with pytest.raises(NameError, match="nobody"):
        argument_problems(make, {"count": 1, "queue": 2})
    with pytest.raises(NameError, match="nobody"):
        field_problems(Derived(count=1, queue=2))


def test_only_wrong_arguments_become_their_defaults():
    def make(*, count: int, size: int = 1, name: str = "web") -> None: ...

    given = {"count": "x", "size": "y", "name": "shop"}
    assert usable_arguments(make, given, argument_problems(make, given)) == {"count": "x", "size": 1, "name": "shop"}


def test_only_capacity_is_passed_by_its_share():
    class Capacity: ...

    class Shared:
        def share(self) -> None: ...

    def make(*, capacity: Capacity, name: str) -> None: ...

    by_share, text = argument_problems(make, {"capacity": Shared(), "name": Shared()})
    assert "; pass its share()" in str(by_share)
    assert "share()" not in str(text)


def test_members_are_looked_for_without_being_read():
    class Lazy:
        @property
        def arn(self) -> str:
            raise AssertionError("this would call CDK")

    assert has_members(Lazy(), "arn")
    assert not has_members(Lazy(), "arn", "name")
    assert not has_members(None, "arn")


@pytest.mark.parametrize(
    ("timeout", "retries", "options"),
    [
        (60, 0, []),
        (365 * 86_400, 99, []),
        (None, 1, []),
        (59, -1, ["timeout", "retries"]),
        (365 * 86_400 + 1, 100, ["timeout", "retries"]),
    ],
)
def test_how_long_a_job_runs_and_how_often_it_is_tried(timeout: int | None, retries: int, options: list[str]):
    assert [problem.option for problem in job_run_problems(timeout, retries)] == options


# ---- durations


@pytest.mark.parametrize(("value", "count"), [(timedelta(minutes=2), 120), (Duration(90), 90)])
def test_lengths_of_time_are_counted_in_seconds(value: Any, count: int):
    assert seconds(value) == count
    assert duration_problem(value) is None


@pytest.mark.parametrize("value", [timedelta(milliseconds=1500), Duration(1.5)])
def test_aws_counts_in_whole_seconds(value: Any):
    problem = duration_problem(value)
    assert problem is not None
    assert problem.allowed == "whole seconds"
    assert "1.5" in str(problem.given) or "0:00:01.5" in str(problem.given)


@given(st.none() | st.integers() | st.text() | st.lists(st.integers()))
def test_nothing_else_is_a_length_of_time(value: object):
    assert duration_problem(value) is None


# ---- names


@pytest.mark.parametrize("name", ["a", "web", "Web-1_x", "1", "a" * 255])
def test_names_that_ecs_takes(name: str):
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", "a.b", "a" * 256, "ä", "a\n", TOKEN_TEXT])
def test_names_that_ecs_refuses(name: str):
    assert name_problem(name)


def test_an_empty_name_is_called_empty():
    assert name_problem("") == "the name is empty"
