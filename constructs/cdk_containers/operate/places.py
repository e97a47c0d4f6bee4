"""The services, jobs and clusters in an assembly or in a deployed template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cdk_containers.checks.reading.assembly import StackFile, stacks_of

from .exits import NOT_FOUND, USAGE, Stop
from .targets import Kind, Place

_KINDS: Mapping[str, Kind] = {
    "AWS::ECS::Service": "service",
    "AWS::ECS::ExpressGatewayService": "express service",
    "AWS::ECS::TaskDefinition": "job",
    "AWS::EKS::Cluster": "EKS cluster",
    "Custom::AWSCDK-EKS-Cluster": "EKS cluster",
}
_STARTERS = ("AWS::StepFunctions::StateMachine", "AWS::Scheduler::Schedule", "AWS::Events::Rule")
"""Types that start a job, in order of preference."""
_ENDS: Mapping[str, tuple[str, ...]] = {
    "service": ("Resource", "Service", "CodeDeployService", "Default"),
    "express service": ("Resource", "Service", "Default"),
    "job": ("Resource", "Definition", "Task", "TaskDefinition", "TaskDef", "Default"),
    "EKS cluster": ("Resource", "Cluster", "Default"),
}
"""Ids at the end of a path that come from this library or CDK, not from your code."""
_KNOWN_VERSION = 55
"""The newest version of assemblies that is tested."""


def places_of_app(folder: Path) -> list[Place]:
    """Return the services, jobs and clusters of an assembly.

    Raises:
        Stop: The folder is not an assembly, or has no service, job or cluster.
    """
    skipped: list[str] = []
    stacks = stacks_of(folder, skipped) if folder.is_dir() else None
    if stacks is None:
        why = skipped[0] if skipped else f"{folder}: there is no such folder"
        raise Stop(USAGE, why, "run `cdk synth`, or name the deployed stack with --stack")
    found = [place for stack in stacks for place in _places_of_file(stack)]
    if not found:
        version = _version(folder)
        newer = (
            f"; its version is {version}, but the newest that this tool knows is {_KNOWN_VERSION}"
            if (version > _KNOWN_VERSION)
            else ""
        )
        raise Stop(NOT_FOUND, f"{folder}: this assembly has no service, job or cluster{newer}")
    return found


def _version(folder: Path) -> int:
    told = str(json.loads((folder / "manifest.json").read_text(encoding="utf-8")).get("version", ""))
    major = told.partition(".")[0]
    return int(major) if major.isdecimal() else 0


def _places_of_file(stack: StackFile) -> Iterator[Place]:
    account, _, region = stack.place.removeprefix("aws://").partition("/")
    yield from places_of_template(
        _template(stack.path),
        stack=stack.stack_name,
        stack_path=stack.construct_path,
        paths=stack.app_metadata().paths,
        nested_in=stack.path.parent,
        account="" if account.startswith("unknown") else account,
        region="" if region.startswith("unknown") else region,
        lookup_role=stack.lookup_role,
    )


def _template(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Stop(USAGE, f"{path}: {error}", "run `cdk synth` again") from None
    return content if isinstance(content, Mapping) else {}


def places_of_template(
    template: Mapping[str, Any],
    *,
    stack: str,
    stack_path: str = "",
    paths: Mapping[str, str] | None = None,
    nested_in: Path | None = None,
    nested: tuple[str, ...] = (),
    **where: str,
) -> Iterator[Place]:
    """Yield the services, jobs and clusters of a template.

    Args:
        template: The template.
        stack: The name of its stack.
        stack_path: Path of its stack in the app. Default: guessed from the name.
        paths: Paths of constructs by logical id, from an assembly. Default: the paths in the template's metadata.
        nested_in: Folder with the templates of nested stacks. Default: none; nested stacks are not read.
        nested: Logical ids of the nested stacks on the way to this template.
        where: Account, region and lookup role.
    """
    resources = template.get("Resources")
    resources = resources if isinstance(resources, Mapping) else {}
    known = {key: _path(key, it, paths or {}) for key, it in resources.items()}
    used = {id_ for it in resources.values() if it.get("Type") == "AWS::ECS::Service" for id_ in _task_definitions(it)}
    starters = {known[key]: (it["Type"], key) for key, it in resources.items() if it.get("Type") in _STARTERS}
    for key, it in resources.items():
        type_ = it.get("Type", "")
        file = it.get("Metadata", {}).get("aws:asset:path")
        if type_ == "AWS::CloudFormation::Stack" and nested_in is not None and isinstance(file, str):
            inner = _template(nested_in / file)
            yield from places_of_template(
                inner,
                stack=stack,
                stack_path=stack_path,
                paths=paths,
                nested_in=nested_in,
                nested=(*nested, key),
                **where,
            )
        if type_ not in _KINDS or key in used:
            continue
        kind = _KINDS[type_]
        segments = _shortened(known[key].split("/"), kind)
        base = "/".join(segments)
        starts = [starter for path, starter in starters.items() if path.startswith(f"{base}/")]
        if kind == "job" and not starts:
            continue
        depth = stack_path.count("/") + 1 if base.startswith(f"{stack_path}/") else _depth_of_stack(segments, stack)
        yield Place(
            path="/".join(segments[depth:]),
            above="/".join(segments[:depth]) or stack,
            kind=kind,
            type=type_,
            logical_id=key,
            stack=stack,
            nested=nested,
            tags=tuple(_tags(it.get("Properties", {}).get("Tags"))),
            desired=desired if isinstance(desired := it.get("Properties", {}).get("DesiredCount"), int) else None,
            starters=tuple(sorted(starts, key=lambda one: _STARTERS.index(one[0]))),
            **where,
        )


def _path(key: str, resource: Mapping[str, Any], paths: Mapping[str, str]) -> str:
    told = paths.get(key) or resource.get("Metadata", {}).get("aws:cdk:path")
    return told if isinstance(told, str) and told else key


def _task_definitions(service: Mapping[str, Any]) -> Iterator[str]:
    match service.get("Properties", {}).get("TaskDefinition"):
        case {"Ref": str(key)}:
            yield key


def _shortened(segments: Sequence[str], kind: Kind) -> list[str]:
    kept = list(segments)
    while len(kept) > 2 and kept[-1] in _ENDS[kind]:
        kept.pop()
    return kept


def _depth_of_stack(segments: Sequence[str], stack: str) -> int:
    """Return the number of path segments down to the stack. Its id is usually its name, or the end of its name."""
    for depth in range(1, len(segments)):
        joined = "-".join(segments[:depth])
        if stack in (joined, segments[depth - 1]) or stack.endswith(f"-{segments[depth - 1]}"):
            return depth
    return min(1, len(segments) - 1)


def _tags(tags: object) -> Iterator[tuple[str, str]]:
    if isinstance(tags, Mapping):
        yield from ((key, value) for key, value in tags.items() if isinstance(value, str))
    for tag in tags if isinstance(tags, Sequence) else ():
        match tag:
            case {"Key": str(key), "Value": str(value)} | {"key": str(key), "value": str(value)}:
                yield key, value
