"""What the templates of an assembly say, to be held against what the account has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .cdk_cli import Assembly

Resource = dict[str, Any]


def resources(assembly: Assembly, *kinds: str) -> Iterator[tuple[str, str, Resource]]:
    """Give stack (without its environment), logical id and resource of these types."""
    for name, template in assembly.templates().items():
        for logical_id, resource in template.items():
            if resource["Type"] in kinds:
                yield name.split("-", 1)[1], logical_id, resource


def services(assembly: Assembly) -> dict[str, Resource]:
    """Give the properties of each ECS service, by stack and construct."""
    return {
        f"{stack}/{re.sub('(CodeDeploy)?Service[0-9A-F]{8}$', '', logical_id)}": resource["Properties"]
        for stack, logical_id, resource in resources(assembly, "AWS::ECS::Service")
    }


def changed(first: Assembly, second: Assembly) -> list[tuple[str, str, str]]:
    """Give stack, logical id and type of each resource that is another in the second assembly."""
    before, after = first.templates(), second.templates()
    return [
        (name.split("-", 1)[1], logical_id, resource["Type"])
        for name, template in after.items()
        for logical_id, resource in template.items()
        if before[name].get(logical_id) != resource
    ]


def changed_stacks(first: Assembly, second: Assembly) -> set[str]:
    """Name the stacks that differ in the second assembly, even if only an output differs."""
    before, after = (
        {it: (side.folder / f"{it}.template.json").read_text() for it in side.stacks} for side in (first, second)
    )
    return {name for name, template in after.items() if before[name] != template}


def rolled(first: Assembly, second: Assembly) -> set[str]:
    """Name the services that get another task definition. A service that names a family leaves that to CodeDeploy."""
    new = {(stack, logical_id) for stack, logical_id, kind in changed(first, second) if kind.endswith("TaskDefinition")}
    return {
        name
        for name, properties in services(second).items()
        if isinstance(properties["TaskDefinition"], dict)
        and (name.split("/")[0], properties["TaskDefinition"]["Ref"]) in new
    }
