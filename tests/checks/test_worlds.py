"""Conditions and parameters that only a deployment decides: a check runs in each world that it can tell apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cdk_containers.checks.engine import Check, Finding, Outcome, fault, ok, run_checks, worst
from cdk_containers.checks.templates import CannotTell, Estate, Resource

CONDITIONS = {
    "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "NotProd": {"Fn::Not": [{"Condition": "Prod"}]},
    "Given": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Default"}, ""]}]},
}
PARAMETERS = {
    "Stage": {"Type": "String"},
    "Either": {"Type": "String", "AllowedValues": ["a", "b"]},
    "Default": {"Type": "String", "Default": ""},
    "List": {"Type": "CommaDelimitedList", "Default": "a, b"},
    "Many": {"Type": "String", "AllowedValues": [str(number) for number in range(20)]},
}


def is_a(it: Resource) -> Outcome:
    return ok("it is a") if it.text("Value") == "a" else fault(f"it is {it.text('Value')!r}")


def found(
    value: Any, look: Callable[[Resource], Outcome | None] = is_a, *, condition: str = "", **options: Any
) -> Finding | None:
    estate = Estate(**options)
    declaration: dict[str, Any] = {"Type": "Test", "Properties": {"Value": value}}
    if condition:
        declaration["Condition"] = condition
    estate.add("t", {"Parameters": PARAMETERS, "Conditions": CONDITIONS, "Resources": {"It": declaration}})
    findings = run_checks(estate, [Check("immutable-tags", ("Test",), "Make it a.", look)]).findings
    return findings[0] if findings else None


@pytest.mark.parametrize(
    ("value", "verdict", "why"),
    [
        ("a", "pass", "it is a"),
        ("b", "fail", "it is 'b'"),
        ({"Fn::If": ["Prod", "a", "a"]}, "pass", "it is a"),
        ({"Fn::If": ["Prod", "b", "c"]}, "fail", "it is 'b'"),
        ({"Fn::If": ["Prod", "a", "b"]}, "cannot-tell", "it is 'b', if <parameter Stage> = 'prod' is False"),
        ({"Ref": "Stage"}, "cannot-tell", "Value depends on parameter Stage"),
        ({"Ref": "Either"}, "cannot-tell", "it is 'b', if parameter Either is 'b'"),
        ({"Ref": "Default"}, "cannot-tell", "it is '', if parameter Default is ''"),
        ({"Fn::If": ["Given", "a", {"Ref": "AWS::NoValue"}]}, "cannot-tell", "it is '', if parameter Default is ''"),
        ({"Ref": "Many"}, "cannot-tell", "Value depends on parameter Many"),
        ({"Fn::Select": [0, {"Ref": "List"}]}, "cannot-tell", "Value depends on parameter List"),
    ],
)
def test_a_verdict_holds_in_every_world(value: Any, verdict: str, why: str):
    finding = found(value)
    assert finding is not None
    assert finding.verdict == verdict
    assert why in finding.why


def test_conditions_of_one_parameter_decide_together():
    both = {"Fn::If": ["Prod", {"Fn::If": ["NotProd", "never", "a"]}, {"Fn::If": ["NotProd", "a", "never"]}]}
    finding = found(both)
    assert finding is not None
    assert finding.verdict == "pass"


def test_a_parameter_can_be_taken_at_its_default():
    for value, wanted in [({"Ref": "Default"}, "fail"), ({"Fn::Select": ["0", {"Ref": "List"}]}, "pass")]:
        finding = found(value, assume_defaults=True)
        assert finding is not None
        assert finding.verdict == wanted


def test_a_resource_is_judged_only_where_it_exists():
    fails_in_prod = {"Fn::If": ["Prod", "b", "a"]}
    for condition, verdict in [("Prod", "fail"), ("NotProd", "pass"), ("", "cannot-tell")]:
        finding = found(fails_in_prod, condition=condition)
        assert finding is not None
        assert finding.verdict == verdict


def test_a_practice_that_is_not_about_a_resource_says_nothing():
    assert found("a", lambda _: None) is None


def test_not_about_it_in_one_world_and_a_fault_in_another_cannot_be_told():
    finding = found({"Fn::If": ["Prod", "b", "a"]}, lambda it: None if it.text("Value") == "a" else fault("bad"))
    assert finding is not None
    assert finding.verdict == "cannot-tell"


def test_a_mistake_in_a_check_costs_no_other_check():
    finding = found("a", lambda it: ok(it.nothing))  # type: ignore[attr-defined]
    assert finding is not None
    assert finding.verdict == "cannot-tell"
    assert finding.why.startswith("the check does not understand this resource (AttributeError: ")


def test_too_many_worlds_cannot_be_told():
    estate = Estate()
    names = [f"P{number}" for number in range(7)]
    parameters = {name: {"Type": "String", "AllowedValues": ["a", "b"]} for name in names}
    properties = {name: {"Ref": name} for name in names}
    estate.add("t", {"Parameters": parameters, "Resources": {"It": {"Type": "Test", "Properties": properties}}})

    def all_a(it: Resource) -> Outcome:
        return ok() if [it.text(name) for name in names] == ["a"] * 7 else fault("one is b")

    (finding,) = run_checks(estate, [Check("immutable-tags", ("Test",), "", all_a)]).findings
    assert finding.verdict == "cannot-tell"
    assert "more than 64 combinations" in finding.why


class TestParts:
    def outcome(self, *values: Any) -> Outcome | None:
        def look(value: str) -> Outcome | None:
            if value == "?":
                raise CannotTell("it depends on ?")
            return None if value == "-" else ok() if value == "a" else fault(f"{value} is bad")

        return worst(look, values)

    def test_a_fault_counts_even_beside_something_unknown(self):
        outcome = self.outcome("?", "a", "b", "c", "b")
        assert outcome is not None
        assert not outcome.passes
        assert outcome.why == "b is bad; c is bad"

    def test_something_unknown_beside_passes_cannot_be_told(self):
        with pytest.raises(CannotTell, match="depends on"):
            self.outcome("a", "?")

    def test_passes_pass_and_nothing_is_nothing(self):
        outcome = self.outcome("a", "-")
        assert outcome is not None
        assert outcome.passes
        assert self.outcome("-") is None
        assert self.outcome() is None
