"""Problems with a service on Managed Instances, except its task definition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy

_ATTRIBUTES = ("ecs.availability-zone", "ecs.cpu-architecture", "ecs.instance-type", "ecs.subnet-id")
_SUBJECT = re.compile(r"attribute:([\w./-]+)")


def managed_placement_problems(
    strategies: Sequence[PlacementStrategy], constraints: Sequence[PlacementConstraint]
) -> list[Problem]:
    """Find placement that Managed Instances do not support: ECS itself chooses instances, within constraints.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
    """
    found = Problems()
    if strategies:
        found.add(
            "placement_strategies",
            "ECS itself chooses Managed Instances",
            given=Shown(f"{len(strategies)} of them"),
            allowed="placement_constraints; or capacity on EC2 (Ec2Capacity)",
            practice="placement-strategy",
        )
    for index, constraint in enumerate(constraints):
        if constraint.expression is None or is_token(constraint.expression):
            continue
        unknown = sorted(set(_SUBJECT.findall(constraint.expression)) - set(_ATTRIBUTES))
        if unknown:
            found.add(
                f"placement_constraints[{index}].expression",
                f"Managed Instances have no attribute {' or '.join(unknown)}",
                given=constraint.expression,
                allowed=", ".join(_ATTRIBUTES),
                practice="placement-constraints",
            )
    return list(found)
