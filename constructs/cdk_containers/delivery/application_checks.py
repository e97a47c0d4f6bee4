"""Checks of the stacks that an application adds to an environment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs

from cdk_containers.applications import Environment
from cdk_containers.core.errors import Problem, Problems

from .release import Release, repository_name


def application_problems(stage: cdk.Stage, environment: Environment, release: Release) -> list[Problem]:
    """Find an environment without stacks, stacks for other environments, and images for another architecture."""
    found = Problems()
    parts = stage.node.find_all()
    stacks = [one for one in parts if isinstance(one, cdk.Stack)]
    if not stacks:
        found.add(
            "application",
            f"it adds no stack to {environment.name}",
            allowed="a function that creates stacks in the stage: ShopStack(stage, …)",
        )
    for stack in stacks:
        if stack.account != environment.account:
            found.add(
                "application",
                f"the account of the stack {stack.node.path} is not that of {environment.name}",
                given=stack.account,
                allowed=f"no env, or the account {environment.account}",
            )
    for definition in parts:
        if isinstance(definition, ecs.CfnTaskDefinition):
            for name, wanted in _wrong_images(definition, release):
                found.add(
                    "application",
                    f"{definition.node.path} runs the image {name}, which is built for another CPU architecture",
                    given=release.images[name].architecture,
                    allowed=f"ImageBuild(name={name!r}, architecture={wanted!r}), or tasks for that architecture",
                    practice="build-once",
                )
    return list(found)


def _wrong_images(definition: ecs.CfnTaskDefinition, release: Release) -> Iterator[tuple[str, str]]:
    known = cdk.Stack.of(definition).resolve(
        {"platform": definition.runtime_platform, "containers": definition.container_definitions}
    )
    wanted = known.get("platform", {}).get("cpuArchitecture") or "X86_64"
    text = json.dumps([one.get("image") for one in known.get("containers", ())])
    for name, image in release.images.items():
        repository = repository_name(image.repository_arn)
        if f"/{repository}@{image.digest}" in text and image.architecture != wanted:
            yield name, wanted


def find_outputs(stage: cdk.Stage, wanted: Mapping[str, str]) -> tuple[dict[str, cdk.CfnOutput], list[Problem]]:
    """Return the outputs of a stage that a smoke test uses, and the problems of their ids."""
    found, problems = dict[str, cdk.CfnOutput](), Problems()
    outputs = [one for one in stage.node.find_all() if isinstance(one, cdk.CfnOutput)] if wanted else []
    ids = [one.node.id for one in outputs]
    for variable, id_ in wanted.items():
        named = [one for one, known in zip(outputs, ids, strict=True) if known == id_]
        if len(named) == 1:
            found[variable] = named[0]
        else:
            problems.add(
                f"smoke_tests.outputs[{variable!r}]",
                f"{stage.node.id} has {len(named)} outputs with this id, but the test needs exactly one",
                given=id_,
                allowed=f"CfnOutput(stack, {id_!r}, value=…); existing ids: {', '.join(sorted(set(ids))) or 'none'}",
            )
    return found, list(problems)
