"""The services and jobs of an app, found by the names of their constructs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Literal

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Resource
from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import LocalError

_SERVICES = ("AWS::ECS::Service", "AWS::ECS::Daemon")
_DEFINITION = "AWS::ECS::TaskDefinition"
_ENDS = {"Service", "Definition", "TaskDefinition", "TaskDef", "Task", "Resource", "Daemon"}
_HASH = re.compile(r"[0-9A-F]{8}$")
_LOGICAL_END = re.compile(r"(Service|TaskDefinition|TaskDef)$")


@frozen(eq=False, slots=False)
class Runnable:
    """A task definition, with the service that runs it if there is one.

    Attributes:
        stack: The name of its stack.
        inside: Path in the stack, such as `Shop/Web`.
        definition: The task definition.
        service: The service; None for a job.
    """

    stack: str
    inside: str
    definition: Resource
    service: Resource | None

    @property
    def kind(self) -> Literal["service", "job"]:
        """Whether it is a service, which runs until you stop it, or a job, which ends."""
        return "job" if self.service is None else "service"

    @cached_property
    def path(self) -> str:
        """Its full path."""
        return f"{self.stack}/{self.inside}"

    @property
    def short(self) -> str:
        """The last part of its name."""
        return self.inside.rpartition("/")[2]


def runnables(estate: Estate) -> list[Runnable]:
    """Return all services and jobs, by name."""
    definitions = {it.key: it for it in estate.of_type(_DEFINITION)}
    found = []
    for service in estate.of_type(*_SERVICES):
        definition = _definition_of(service, estate)
        if definition is not None:
            definitions.pop(definition.key, None)
            found.append(_runnable(service, definition, service))
    found += [_runnable(definition, definition, None) for definition in definitions.values()]
    return sorted(found, key=lambda one: one.path)


def _definition_of(service: Resource, estate: Estate) -> Resource | None:
    try:
        return estate.find(service.value("TaskDefinition"), _DEFINITION)
    except (CannotTell, Malformed):
        return None


def _runnable(named: Resource, definition: Resource, service: Resource | None) -> Runnable:
    stack, inside = _place(named)
    return Runnable(stack=stack, inside=inside, definition=definition, service=service)


def _place(resource: Resource) -> tuple[str, str]:
    """Return the stack and the path in it. Without construct paths, return the logical id."""
    template = resource.template
    stack = next((name for name, one in template.estate.stacks.items() if one is template), "")
    stack = stack or re.sub(r"\.template\.json$|\.[^.]*$", "", template.name.rpartition("/")[2])
    path = resource.construct_path.split("/")
    if len(path) > 1:
        while len(path) > 2 and path[-1] in _ENDS:
            path.pop()
        return stack, "/".join(path[1:])
    return stack, _LOGICAL_END.sub("", _HASH.sub("", resource.logical_id)) or resource.logical_id


def choose(targets: Sequence[str], estate: Estate) -> list[Runnable]:
    """Return the services and jobs that the targets name: `Stack/Service`, or `Stack` for the whole stack.

    Raises:
        LocalError: A target matches nothing, or several.
    """
    everything = runnables(estate)
    if not everything:
        raise LocalError("the app has no ECS service and no ECS task definition")
    problems: list[str] = []
    chosen: dict[str, Runnable] = {}
    for target in targets:
        found = _named(target, everything)
        if not found:
            problems.append(_nothing(target, everything))
        elif len(found) > 1 and "/" in target:
            problems.append(f"{target}: matches several: {', '.join(one.path for one in found)}")
        chosen |= {one.path: one for one in found}
    if problems:
        raise LocalError(*problems)
    return list(chosen.values())


def _named(target: str, everything: Sequence[Runnable]) -> list[Runnable]:
    """Return the matches of a target: a whole stack, one path, or the paths of a stack with that ending."""
    target = target.strip("/")
    stack, _, inside = target.partition("/")
    if not inside:
        return [one for one in everything if one.stack == stack]
    of_stack = [one for one in everything if one.stack == stack]
    exact = [one for one in of_stack if one.inside == inside]
    return exact or [one for one in of_stack if one.inside.endswith(f"/{inside}")]


def _nothing(target: str, everything: Sequence[Runnable]) -> str:
    stacks = {one.stack: one.stack for one in everything}
    stack, _, inside = target.partition("/")
    if stack not in stacks:
        return f"{target}: no stack {stack!r} with ECS services or jobs; {_offer(stack, stacks)}"
    paths = {one.short: one.path for one in everything if one.stack == stack}
    return f"{target}: no such service or job; {_offer(inside.rpartition('/')[2], paths)}"


def _offer(given: str, known: Mapping[str, str]) -> str:
    near = [known[name] for name in get_close_matches(given, known, n=3, cutoff=0.6)]
    return f"did you mean {' or '.join(near)}?" if near else f"available: {', '.join(known.values())}"


def references(resource: Resource) -> Iterator[str]:
    """Yield the logical ids that a resource depends on by `DependsOn`."""
    named = resource.declaration.get("DependsOn") or ()
    yield from [named] if isinstance(named, str) else named
