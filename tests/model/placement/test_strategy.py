from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy, placement_problems

S, C = PlacementStrategy, PlacementConstraint


@pytest.mark.parametrize(
    ("made", "type_", "field"),
    [
        (S.binpack("cpu"), "binpack", "cpu"),
        (S.binpack("memory"), "binpack", "memory"),
        (S.spread("instanceId"), "spread", "instanceId"),
        (S.spread("host"), "spread", "host"),
        (S.spread("attribute:ecs.availability-zone"), "spread", "attribute:ecs.availability-zone"),
        (S.spread("attribute:my/rack_1\\a.b-c"), "spread", "attribute:my/rack_1\\a.b-c"),
        (S.spread_across_instances(), "spread", "instanceId"),
        (S.spread_across_zones(), "spread", "attribute:ecs.availability-zone"),
        (S.random(), "random", None),
    ],
)
def test_strategies_in_the_words_of_ecs(made: PlacementStrategy, type_: str, field: str | None) -> None:
    assert (made.type, made.field) == (type_, field)
    assert made.problems() == []


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (S(type="binpack", field="gpu"), "cpu or memory"),
        (S(type="binpack"), "cpu or memory"),
        (S(type="random", field="cpu"), "no field"),
        (S(type="spread"), "instanceId, or attribute:"),
        (S.spread("cpu"), "perhaps attribute:cpu"),
        (S.spread("ecs.availability-zone"), "perhaps attribute:ecs.availability-zone"),
        (S.spread("attribute:"), "instanceId, or attribute:"),
        (S.spread("attribute:two words"), "instanceId, or attribute:"),
    ],
)
def test_fields_that_a_strategy_does_not_know(made: PlacementStrategy, said: str) -> None:
    (problem,) = made.problems()

    assert problem.option == "field"
    assert problem.practice == "placement-strategy"
    assert said in problem.allowed


def test_types_are_checked() -> None:
    wrong: Any = "pack"

    assert [problem.option for problem in S(type=wrong).problems()] == ["type"]
    assert [problem.option for problem in C(type=wrong).problems()] == ["type"]


def test_tokens_pass() -> None:
    assert S.spread("${Token[Field.1]}").problems() == []
    assert C.member_of("${Token[Expression.1]}").problems() == []


def test_constraints_in_the_words_of_ecs() -> None:
    assert C.distinct_instance() == C(type="distinctInstance")
    assert C.member_of("attribute:stack == prod") == C(type="memberOf", expression="attribute:stack == prod")
    assert C.distinct_instance().problems() == C.member_of("attribute:stack == prod").problems() == []


@pytest.mark.parametrize(
    "made",
    [
        C(type="distinctInstance", expression="attribute:stack == prod"),
        C(type="memberOf"),
        C.member_of("attribute:stack = prod"),
    ],
)
def test_wrong_constraints(made: PlacementConstraint) -> None:
    (problem,) = made.problems()

    assert problem.option == "expression"
    assert problem.practice == "placement-constraints"


def test_how_many_there_may_be() -> None:
    assert placement_problems([S.random()] * 5, [C.distinct_instance()] * 10) == []

    found = placement_problems([S.random()] * 6, [C.distinct_instance()] * 11)

    assert [(problem.option, problem.given, problem.practice) for problem in found] == [
        ("strategies", "6", "placement-strategy"),
        ("constraints", "11", "placement-constraints"),
    ]


def test_everything_is_said_at_once() -> None:
    found = placement_problems([S.random(), S.spread("cpu")], [C(type="memberOf"), C.member_of("?")])

    assert [problem.option for problem in found] == [
        "strategies[1].field",
        "constraints[0].expression",
        "constraints[1].expression",
    ]
