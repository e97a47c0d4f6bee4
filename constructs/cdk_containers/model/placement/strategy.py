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
    """How ECS chooses between instances that could take a task, and between tasks that could be stopped.

    Of several strategies, each decides what those before it left open. See `docs/placement.md` for what they do.

    Attributes:
        type: `binpack`, `spread` or `random`.
        field: What to look at: `cpu` or `memory` for binpack; `instanceId` or `attribute:` and the name of an attribute
            for spread; nothing for random.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
    """

    type: Literal["binpack", "random", "spread"]
    field: str | None = None

    @staticmethod
    def binpack(field: Literal["cpu", "memory"]) -> PlacementStrategy:
        """Fill the instance that has the least CPU or memory left, to keep the number of instances in use low."""
        return PlacementStrategy(type="binpack", field=field)

    @staticmethod
    def spread(field: str) -> PlacementStrategy:
        """Spread evenly over instances (`instanceId`) or over the values of an attribute (`attribute:…`)."""
        return PlacementStrategy(type="spread", field=field)

    @staticmethod
    def spread_across_instances() -> PlacementStrategy:
        """Spread evenly over instances."""
        return PlacementStrategy(type="spread", field="instanceId")

    @staticmethod
    def spread_across_zones() -> PlacementStrategy:
        """Spread evenly over Availability Zones, as a service does that has no strategy."""
        return PlacementStrategy(type="spread", field=AVAILABILITY_ZONE)

    @staticmethod
    def random() -> PlacementStrategy:
        """Choose at random. Strategies after this one decide nothing."""
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
                "binpack looks at one of two resources",
                given=self.field,
                allowed="cpu or memory",
                practice="placement-strategy",
            )
        elif self.type == "random" and self.field is not None:
            found.add(
                "field", "random looks at nothing", given=self.field, allowed="no field", practice="placement-strategy"
            )
        elif self.type == "spread" and not _spreads_over(self.field):
            guess = f"attribute:{self.field}"
            hint = f"; perhaps {guess}" if self.field and _ATTRIBUTE.fullmatch(guess) else ""
            found.add(
                "field",
                "spread does not know the field",
                given=self.field,
                allowed=f"instanceId, or attribute: and a name, such as {AVAILABILITY_ZONE}{hint}",
                practice="placement-strategy",
            )
        return list(found)


@frozen
class PlacementConstraint:
    """What an instance must be to take a task at all.

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
        """Use only instances for which an expression holds, such as `attribute:ecs.instance-type =~ m7g.*`."""
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
                    "distinctInstance takes no expression",
                    given=self.expression,
                    allowed="none; memberOf takes one",
                    practice="placement-constraints",
                )
        elif self.expression is None:
            found.add(
                "expression",
                "memberOf needs an expression",
                allowed="one in the cluster query language, such as attribute:ecs.instance-type =~ m7g.*",
                practice="placement-constraints",
            )
        elif not is_token(self.expression) and (problem := _expression_problem(self.expression)) is not None:
            found.extend([problem])
        return list(found)


def placement_problems(
    strategies: Sequence[PlacementStrategy], constraints: Sequence[PlacementConstraint]
) -> list[Problem]:
    """Find what is wrong with strategies and constraints, each and all together."""
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
            allowed=f"up to {MAX_CONSTRAINTS}, those of the task definition included",
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
