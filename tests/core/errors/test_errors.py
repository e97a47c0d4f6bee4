import pytest

from cdk_containers import ConstructError, Problem
from cdk_containers.core.errors import Problems, Shown, child_path
from tests.names import stable


class Node:
    def __init__(self, path: str) -> None:
        self.path = path


class Scope:
    def __init__(self, path: str) -> None:
        self.node = Node(path)

    def __str__(self) -> str:
        return f"in {self.node.path!r}"


def test_an_error_says_where_what_and_what_would_be_right():
    error = ConstructError(
        "Shop/Web",
        [
            Problem(option="cpu", what="no size", allowed="512", given="300", practice="fargate-task-size"),
            Problem(option="image", what="there is none", allowed="one"),
        ],
    )
    assert str(error) == (
        "Shop/Web: 2 problems with the arguments\n"
        "  1. cpu: no size\n"
        "    given:    300\n"
        "    allowed:  512\n"
        "    practice: fargate-task-size\n"
        "  2. image: there is none\n"
        "    allowed:  one"
    )


def test_an_object_is_shown_by_its_type_and_not_its_address():
    found = Problems()
    found.add("scope", "not a construct", allowed="a stack", given=object())
    found.add("name", "empty", allowed="a name", given="")
    assert [problem.given for problem in found] == ["a value of type object", "''"]


def test_one_problem_is_one():
    assert str(ConstructError("Web", [Problem(option="a", what="b", allowed="c")])).startswith("Web: 1 problem with ")


def test_it_is_a_value_error_with_its_parts():
    problem = Problem(option="cpu", what="no size", allowed="512")
    error = ConstructError("Shop/Web", iter([problem]))
    assert isinstance(error, ValueError)
    assert (error.path, error.problems) == ("Shop/Web", (problem,))


@pytest.mark.parametrize(
    ("prefix", "option", "whole"),
    [
        ("task", "logs", "task.logs"),
        ("sidecars", "[0].name", "sidecars[0].name"),
        ("image", "", "image"),
        ("", "name", "name"),
    ],
)
def test_a_problem_of_a_part_is_a_problem_of_the_whole(prefix: str, option: str, whole: str):
    assert Problem(option=option, what="wrong", allowed="right").under(prefix).option == whole


def test_what_was_given_is_shown_as_it_was_written():
    found = Problems()
    found.add("a", "wrong", allowed="right", given="text")
    found.add("b", "wrong", allowed="right", given=Shown("5 s"))
    found.add("c", "wrong", allowed="right")
    assert [problem.given for problem in found] == ["'text'", "5 s", None]


def test_a_problem_is_known_by_its_option_and_what_is_in_it():
    found = Problems()
    found.add("task.logs", "wrong", allowed="right")
    found.add("sidecars[1].name", "wrong", allowed="right")
    assert found.has("task.logs")
    assert found.has("task")
    assert found.has("sidecars")
    assert found.has("sidecars[1]")
    assert not found.has("sidecars[0]")
    assert not found.has("tas")


def test_later_checks_say_nothing_about_what_is_wrong_already():
    found = Problems()
    found.add("cpu", "no number", allowed="a number")
    found.extend_anew(
        [Problem(option="cpu", what="out of range", allowed="1"), Problem(option="memory", what="b", allowed="c")]
    )
    assert [(problem.option, problem.what) for problem in found] == [("cpu", "no number"), ("memory", "b")]


def test_nothing_is_raised_for_nothing():
    found = Problems()
    found.raise_for(Scope("Shop"), "Web")
    assert not found
    found.add("a", "wrong", allowed="right")
    with pytest.raises(ConstructError, match="Shop/Web: 1 problem"):
        found.raise_for(Scope("Shop"), "Web")


@pytest.mark.parametrize(
    ("scope", "path"), [(Scope("Shop"), "Shop/Web"), (Scope(""), "Web"), (None, "None/Web")], ids=stable
)
def test_the_path_is_that_of_the_construct_to_be(scope: Scope, path: str):
    assert child_path(scope, "Web") == path
