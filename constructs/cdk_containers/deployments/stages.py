"""Stages of a deployment, as hooks and pauses name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems, Shown


def stage_problems(stages: Sequence[str]) -> list[Problem]:
    """Find a hook or a pause without stages, or with a stage twice."""
    found = Problems()
    if not stages:
        found.add("stages", "there is none", allowed="one stage or more", practice="deployment-hooks")
    twice = [stage for stage, count in Counter(stages).items() if count > 1]
    if twice:
        found.add(
            "stages",
            "named twice",
            given=Shown(", ".join(twice)),
            allowed="write each stage once",
            practice="deployment-hooks",
        )
    return list(found)
