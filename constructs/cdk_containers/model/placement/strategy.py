"""Placement strategies and constraints, in the words of ECS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

MAX_STRATEGIES = 5
MAX_CONSTRAINTS = 10
AVAILABILITY_ZONE = "attribute:ecs.availability-zone"
INSTANCE_FIELDS = ("instanceId", "host")

_ATTRIBUTE = re.compile(r"attribute:[\w./\\-]{1,128}", re.ASCII)


@frozen
class PlacementStrategy:
    """How ECS chooses between instances that can run a task, and between tasks that it can stop.

    With several strategies, each decides between the candidates that remain equal. See `docs/placement.md` for what
    they do.

    Attributes:
        type: `binpack`, `spread` or `random`.
        field: `cpu` or `memory` for binpack; `instanceId` or `attribute:` and an attribute name for spread; nothing for
            random.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
    """

    type: Literal["binpack", "random", "spread"]
    field: str | None = None

    @staticmethod
    def binpack(field: Literal["cpu", "memory"]) -> PlacementStrategy:
        """Fill the instance with the least CPU or memory left, to use few instances."""
        return PlacementStrategy(type="binpack", field=field)

    @staticmethod
    def spread(field: str) -> PlacementStrategy:
        """Spread evenly across instances (`instanceId`) or across the values of an attribute (`attribute:…`)."""
        return PlacementStrategy(type="spread", field=field)

    @staticmethod
    def spread_across_instances() -> PlacementStrategy:
        """Spread evenly across instances."""
        return PlacementStrategy(type="spread", field="instanceId")

    @staticmethod
    def spread_across_zones() -> PlacementStrategy:
        """Spread evenly across Availability Zones, the default for a service without a strategy."""
        return PlacementStrategy(type="spread", field=AVAILABILITY_ZONE)

    @staticmethod
    def random() -> PlacementStrategy:
        """Choose at random. Strategies after this one have no effect."""
        return PlacementStrategy(type="random")

    def problems(self) -> list[Problem]:
        """Find what is wrong with this strategy."""
        found = Problems()
        found.extend(field_problems(self))
        if found or is_token(self.field):
            return list(found)
        if self.type == "binpack" and self.field not in ("cpu", "memory"):
            found.add(
                "field",
                "not a field of binpack",
                given=self.field,
                allowed="cpu or memory",
                practice="placement-strategy",
            )
        elif self.type == "random" and self.field is not None:
            found.add(
                "field", "random has no field", given=self.field, allowed="no field", practice="placement-strategy"
            )
        elif self.type == "spread" and not _spreads_over(self.field):
            guess = f"attribute:{self.field}"
            hint = f"; perhaps {guess}" if self.field and _ATTRIBUTE.fullmatch(guess) else ""
            found.add(
                "field",
                "not a field of spread",
                given=self.field,
                allowed=f"instanceId, or attribute: and a name, such as {AVAILABILITY_ZONE}{hint}",
                practice="placement-strategy",
            )
        return list(found)


@frozen
class PlacementConstraint:
    """A requirement that an instance must meet to run a task.

    Attributes:
        type: `distinctInstance` or `memberOf`.
        expression: For memberOf, an expression in the cluster query language.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
    """

    type: Literal["distinctInstance", "memberOf"]
    expression: str | None = None

    @staticmethod
    def distinct_instance() -> PlacementConstraint:
        """Put each task on its own instance."""
        return PlacementConstraint(type="distinctInstance")

    @staticmethod
    def member_of(expression: str) -> PlacementConstraint:
        """Use only instances that match an expression, such as `attribute:ecs.instance-type =~ m7g.*`."""
        return PlacementConstraint(type="memberOf", expression=expression)

    def problems(self) -> list[Problem]:
        """Find what is wrong with this constraint."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if self.type == "distinctInstance":
            if self.expression is not None:
                found.add(
                    "expression",
                    "distinctInstance has no expression",
                    given=self.expression,
                    allowed="no expression; use memberOf for one",
                    practice="placement-constraints",
                )
        elif self.expression is None:
            found.add(
                "expression",
                "memberOf needs an expression",
                allowed="an expression in the cluster query language, such as attribute:ecs.instance-type =~ m7g.*",
                practice="placement-constraints",
            )
        elif not is_token(self.expression) and (problem := _expression_problem(self.expression)) is not None:
            found.extend([problem])
        return list(found)


def placement_problems(
    strategies: Sequence[PlacementStrategy], constraints: Sequence[PlacementConstraint]
) -> list[Problem]:
    """Find the problems of strategies and constraints, individually and in combination."""
    found = Problems()
    if len(strategies) > MAX_STRATEGIES:
        found.add(
            "strategies",
            "too many for one service",
            given=len(strategies),
            allowed=f"up to {MAX_STRATEGIES}",
            practice="placement-strategy",
        )
    if len(constraints) > MAX_CONSTRAINTS:
        found.add(
            "constraints",
            "too many for one service",
            given=len(constraints),
            allowed=f"up to {MAX_CONSTRAINTS}, including those of the task definition",
            practice="placement-constraints",
        )
    for index, strategy in enumerate(strategies):
        found.extend(strategy.problems(), under=f"strategies[{index}]")
    for index, constraint in enumerate(constraints):
        found.extend(constraint.problems(), under=f"constraints[{index}]")
    return list(found)


def _spreads_over(field: str | None) -> bool:
    return field in INSTANCE_FIELDS or (field is not None and _ATTRIBUTE.fullmatch(field) is not None)


def _expression_problem(text: str) -> Problem | None:
    from .expression import expression_problem  # noqa: PLC0415  (most services have no expression to read)

    return expression_problem(text)
