"""Problems with the input of an Express Mode service."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token, name_problem
from cdk_containers.model.workload import Image
from cdk_containers.model.workload.image import as_image, image_problems
from cdk_containers.model.workload.secrets import (
    environment_problems,
    secret_problems,
    text_problems,
    variable_problems,
)
from cdk_containers.network import public_subnet_problems
from cdk_containers.scaling import ServiceScaling

from ...tasks import fargate_sizes, nearest_fargate_sizes

_PRACTICE = "express-mode"
_MAX_TAGS = 50
_TAG = re.compile(r"[\w .:/=+@-]*")


def express_problems(given: Mapping[str, Any]) -> list[Problem]:
    """Find all problems."""
    found = Problems()
    found.extend(_image_problems(given["image"]))
    port, path = given["port"], given["health_check_path"]
    if not is_token(port) and not 1 <= port <= 65_535:
        found.add("port", "out of range", given=port, allowed="1–65535", practice="port-mappings")
    if not is_token(path) and not path.startswith("/"):
        found.add(
            "health_check_path",
            "a path begins with a slash",
            given=path,
            allowed="a path such as /healthz",
            practice="target-health-check",
        )
    found.extend(environment_problems(given["environment"] or {}))
    found.extend(secret_problems(given["secrets"] or {}))
    found.extend(variable_problems(given["environment"] or {}, given["secrets"] or {}))
    found.extend(text_problems(given["command"] or (), option="command"))
    found.extend(_size_problems(given["cpu"], given["memory_limit_mib"]))
    if given["scaling"] is not None:
        found.extend(_scaling_problems(given["scaling"]), under="scaling")
    if given["logs"] is not None:
        found.extend(given["logs"].problems(), under="logs")
    if given["internet_facing"] is True and given["cluster"] is not None:
        found.extend(public_subnet_problems(given["cluster"].vpc, "internet_facing"))
    if given["internet_facing"] is False and given["cluster"] is not None:
        found.extend(given["cluster"].which_subnets_problems("cluster"))
    name = given["service_name"]
    if name is not None and not is_token(name) and (wrong := name_problem(name)):
        found.add("service_name", wrong, given=name, allowed="up to 255 letters, digits, hyphens and underscores")
    found.extend(_tag_problems(given["tags"] or {}))
    return list(found)


def _tag_problems(tags: Mapping[str, str]) -> list[Problem]:
    found = Problems()
    if len(tags) > _MAX_TAGS:
        found.add("tags", "too many", given=len(tags), allowed=f"up to {_MAX_TAGS}", practice=_PRACTICE)
    for key, value in tags.items():
        if is_token([key, value]):
            continue
        right = _TAG.fullmatch(key) and _TAG.fullmatch(value) and 0 < len(key) <= 128 and len(value) <= 256
        if not right or key.lower().startswith("aws:"):
            found.add(
                f"tags[{key!r}]",
                "ECS refuses this tag",
                given=value,
                allowed="a key of 1–128 and a value of up to 256 letters, digits, spaces, _.:/=+-@; aws: is reserved",
                practice=_PRACTICE,
            )
    return list(found)


def _image_problems(image: object) -> list[Problem]:
    found = Problems()
    found.extend(image_problems(image), under="image")
    if not found and not isinstance(as_image(image), Image):  # type: ignore[arg-type]
        found.add(
            "image",
            "a CDK container image needs a task definition, but Express Mode creates its own",
            given=Shown(type(image).__name__),
            allowed="a reference, Image.from_asset or Repository.image",
            practice=_PRACTICE,
        )
    return list(found)


def _size_problems(cpu: int, memory: int) -> list[Problem]:
    found = Problems()
    if not is_token([cpu, memory]) and (cpu, memory) not in fargate_sizes():
        nearest = ", ".join(f"{c} with {m}" for c, m in nearest_fargate_sizes(cpu, memory))
        found.add(
            "cpu",
            "this combination of cpu and memory_limit_mib is not a valid Fargate size",
            given=Shown(f"cpu={cpu}, memory_limit_mib={memory}"),
            allowed=f"the nearest sizes are {nearest} (CPU units with MiB)",
            practice="fargate-task-size",
        )
    return list(found)


def _scaling_problems(scaling: ServiceScaling) -> list[Problem]:
    found = Problems()
    found.extend(scaling.problems())
    if found:
        return list(found)
    targets = {
        name: value
        for name in ("cpu_percent", "memory_percent", "requests_per_target")
        if (value := getattr(scaling, name)) is not None
    }
    if len(targets) > 1:
        found.add(
            list(targets)[-1],
            "Express Mode scales on only one metric",
            given=Shown(", ".join(targets)),
            allowed="one of them; or a WebService",
            practice=_PRACTICE,
        )
    for option in ("messages_per_task", "metrics", "steps", "schedules", "predictive"):
        if getattr(scaling, option):
            found.add(
                option,
                "Express Mode scales only on CPU, memory or requests",
                given=Shown(_count_of(getattr(scaling, option))),
                allowed="cpu_percent, memory_percent or requests_per_target; or a WebService",
                practice=_PRACTICE,
            )
    for option in ("scale_out_cooldown", "scale_in_cooldown"):
        if getattr(scaling, option) is not None:
            found.add(
                option,
                "Express Mode chooses the cooldown itself",
                given=Shown(str(getattr(scaling, option))),
                allowed="remove it; or use a WebService",
                practice=_PRACTICE,
            )
    return list(found)


def _count_of(value: object) -> str:
    """Show an option of scaling: a number as is, a list by its length, anything else by its type."""
    if isinstance(value, int):
        return str(value)
    return f"{len(value)} of them" if isinstance(value, Sequence) else type(value).__name__
