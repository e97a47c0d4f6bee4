"""Subjects of `placement`."""

from __future__ import annotations

from typing import Any

from cdk_containers import (
    PlacementConstraint,
    PlacementStrategy,
)

from ..making import placed
from ..subject import Change, Subject

SUBJECTS: list[Subject] = [
    Subject(
        PlacementStrategy,
        lambda stack, given: placed(stack, placement_strategies=[PlacementStrategy(**given)]),
        lambda _: {"type": "spread", "field": "instanceId"},
    ),
    Subject(
        PlacementConstraint,
        lambda stack, given: placed(stack, placement_constraints=[PlacementConstraint(**given)]),
        lambda _: {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m7i.*"},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "PlacementStrategy": {"type": Change("random", along={"field": None}), "field": "attribute:rack"},
    "PlacementConstraint": {
        "type": Change("distinctInstance", along={"expression": None}),
        "expression": "attribute:rack == r1",
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {
    "ContainerInstance": "an instance of the placement simulator",
}
