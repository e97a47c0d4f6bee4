"""Checks of placement strategies and constraints."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import Map, Resource

from .service_parts import SERVICE, TASK_DEFINITION, capacities

_MOST_STRATEGIES = 5
_MOST_CONSTRAINTS = 10
_BINPACK = {"cpu", "memory"}


@check("placement-strategy", SERVICE, fix="Use binpack by cpu or memory, spread by a field, or random without a field.")
def strategies_exist(service: Resource) -> Outcome | None:
    """ECS supports the placement strategies of the service."""
    strategies = service.maps("PlacementStrategies")
    if not strategies:
        return None
    wrong = [problem for strategy in strategies if (problem := _strategy_problem(strategy))]
    if len(strategies) > _MOST_STRATEGIES:
        wrong.append(f"there are {len(strategies)} placement strategies, and ECS accepts at most {_MOST_STRATEGIES}")
    return _judged(service, wrong, "ECS supports the placement strategies")


@check(
    "placement-constraints",
    SERVICE,
    TASK_DEFINITION,
    fix=("Set Expression for memberOf, and remove it from distinctInstance."),
)
def constraints_exist(placed: Resource) -> Outcome | None:
    """ECS can read the constraints."""
    constraints = placed.maps("PlacementConstraints")
    if not constraints:
        return None
    wrong = [problem for constraint in constraints if (problem := _constraint_problem(constraint, placed))]
    if len(constraints) > _MOST_CONSTRAINTS:
        wrong.append(f"there are {len(constraints)} placement constraints, and ECS accepts at most {_MOST_CONSTRAINTS}")
    return _judged(placed, wrong, "ECS supports the placement constraints")


def _judged(placed: Resource, wrong: list[str], right: str) -> Outcome:
    if wrong:
        return fault("; ".join(wrong))
    if placed.type == SERVICE and "Fargate" in capacities(placed):
        return fault("Fargate has no instances to choose from", fix="Remove the placement from the service.")
    return ok(right)


def _strategy_problem(strategy: Map) -> str:
    kind, field = strategy.text("Type"), strategy.text("Field")
    if kind == "binpack":
        return "" if field.lower() in _BINPACK else f"binpack does not support the field {field or '(none)'}"
    if kind == "random":
        return "random accepts no field" if field else ""
    if kind != "spread":
        return f"there is no placement strategy {kind}"
    known = field.startswith("attribute:") or field in {"instanceId", "host"}
    return "" if known else f"spread does not support the field {field or '(none)'}"


def _constraint_problem(constraint: Map, placed: Resource) -> str:
    kind, has_expression = constraint.text("Type"), constraint.has("Expression")
    if kind == "memberOf":
        return "" if has_expression else "memberOf has no expression"
    if kind == "distinctInstance" and placed.type == SERVICE:
        return "distinctInstance accepts no expression" if has_expression else ""
    return f"there is no placement constraint {kind} here"
