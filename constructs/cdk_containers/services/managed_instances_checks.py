"""What is wrong with a service that runs on Managed Instances, beyond its task definition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..clusters import ManagedInstancesCapacity
from ..errors import Problem, Problems, Shown
from ..inputs import is_token
from ..placement import PlacementConstraint, PlacementStrategy
from ..tasks import TaskOptions
from ..workload import Workload

_ATTRIBUTES = ("ecs.availability-zone", "ecs.cpu-architecture", "ecs.instance-type", "ecs.subnet-id")
_SUBJECT = re.compile(r"attribute:([\w./-]+)")


def managed_placement_problems(
    strategies: Sequence[PlacementStrategy], constraints: Sequence[PlacementConstraint]
) -> list[Problem]:
    """Find placement that Managed Instances do not have: ECS itself chooses instances, within constraints.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
    """
    found = Problems()
    if strategies:
        found.add(
            "placement_strategies",
            "ECS chooses between Managed Instances itself",
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


def managed_fit_problems(capacity: ManagedInstancesCapacity, workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find requirements that no instance can meet and hold one task as well."""
    found = Problems()
    wanted = capacity.requirements
    gpus = sum(container.gpus for container in workload.containers)
    if gpus and (wanted is None or wanted.min_gpus == 0):
        found.add(
            "",
            f"ECS would choose instances without GPUs for {capacity.node.id}",
            given=Shown(f"{gpus} GPUs in a task"),
            allowed="InstanceRequirements(min_gpus=…) on the capacity",
            practice="gpu-capacity",
        )
    if wanted is None:
        return list(found)
    if wanted.architecture not in (None, options.architecture):
        found.add(
            "",
            f"the instances of {capacity.node.id} have another architecture",
            given=Shown(f"{wanted.architecture}, and {options.architecture} in the task"),
            allowed="one architecture",
            practice="instance-architecture",
        )
    for what, needed, most in (
        ("CPU units", workload.cpu, None if wanted.max_vcpus is None else wanted.max_vcpus * 1024),
        ("MiB", workload.memory_limit_mib, wanted.max_memory_mib),
    ):
        if needed is not None and most is not None and not is_token([needed, most]) and needed > most:
            found.add(
                "",
                f"no instance of {capacity.node.id} can hold one task",
                given=Shown(f"{needed} {what} of at most {most}"),
                allowed="a smaller task, or larger instances",
                practice="task-fits-instance",
            )
    return list(found)
