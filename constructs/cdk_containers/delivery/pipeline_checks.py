"""Checks of a pipeline as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.applications import Environment
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import disabled_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.core.whereabouts import account_of, region_of, stack_of
from cdk_containers.logs import Logs

from .image_build import ImageBuild, image_problems
from .release import Release
from .scan_gate import ScanGate
from .source import Source
from .synthesis import Synthesis
from .wave import Wave

_RESERVED = {"Source", "Build", "UpdatePipeline", "Assets"}


def pipeline_problems(
    scope: Construct,
    *,
    source: Source | None,
    images: Sequence[ImageBuild],
    environments: Sequence[Environment | Wave],
    release: Release | None,
    scan_gate: ScanGate | Disabled,
    synthesis: Synthesis,
    logs: Logs | None,
    approval_notes: Sequence[str],
    **_: object,
) -> list[Problem]:
    """Find what is wrong with the options of a pipeline."""
    found = Problems()
    stack = stack_of(scope)
    for option, value in (("account", account_of(stack)), ("region", region_of(stack))):
        if is_token(value):
            found.add(
                "scope",
                f"the stack of the pipeline has no {option}, but other accounts need it",
                allowed="Stack(app, …, env=aws_cdk.Environment(account=…, region=…))",
            )
    if source is not None:
        found.extend(source.problems(), under="source")
    found.extend(_image_problems(images, stack))
    found.extend(_wave_problems(environments))
    if release is not None:
        found.extend(release.problems(), under="release")
        known = {image.name for image in images if isinstance(image.name, str)}
        if not found.has("release") and (missing := sorted(known - set(release.images))):
            found.add(
                "release", "images of the pipeline are missing", given=missing, allowed=f"digests of {sorted(known)}"
            )
    found.extend(disabled_problems(scan_gate), under="scan_gate")
    if isinstance(scan_gate, ScanGate):
        found.extend(scan_gate.problems(), under="scan_gate")
    found.extend(synthesis.problems(), under="synthesis")
    if logs is not None:
        found.extend(logs.problems(), under="logs")
    for index, command in enumerate(approval_notes):
        if not command.strip() or "\n" in command:
            found.add(f"approval_notes[{index}]", "not a command", given=command, allowed="one line for bash")
    return list(found)


def _image_problems(images: Sequence[ImageBuild], stack: cdk.Stack) -> Problems:
    found = Problems()
    if not images:
        found.add(
            "images",
            "the pipeline builds no images",
            given=images,
            allowed='one or more, such as ImageBuild(name="web", repository=…)',
            practice="build-once",
        )
    found.extend(image_problems(images))
    account, region = account_of(stack), region_of(stack)
    for index, image in enumerate(images):
        if not found.has(f"images[{index}]") and not is_token(region):
            arn = image.repository_arn(stack)
            if arn.split(":")[3:5] != [region, account]:
                found.add(
                    f"images[{index}].repository",
                    "not in the account and region of the pipeline",
                    given=arn,
                    allowed=f"a repository of the account {account} in {region}",
                )
    return found


def _wave_problems(given: Sequence[Environment | Wave]) -> Problems:
    found = Problems()
    if not given:
        found.add("environments", "the pipeline has no environment to deploy to", given=given, allowed="one or more")
    for index, one in enumerate(given):
        for problem in Wave.of(one).problems():
            option = problem.option
            if isinstance(one, Environment):
                option = option.removeprefix("environments[0]").lstrip(".")
            found.extend([replace(problem, option=option)], under=f"environments[{index}]")
    waves = [wave for one in given if _has_names(wave := Wave.of(one))]
    every = [environment.name for wave in waves for environment in wave.environments]
    for name in _twice(every):
        found.add(
            "environments",
            "two environments have the same name, so one would replace the other",
            given=name,
            allowed="a unique name for each",
        )
    stages = [wave.stage_name for wave in waves]
    for name in sorted(set(_twice(stages)) - set(every)):
        found.add("environments", "two waves have the same name", given=name, allowed="a unique name for each")
    if reserved := sorted(set(stages) & _RESERVED):
        found.add(
            "environments", ("the pipeline already has a stage with this name"), given=reserved, allowed="another name"
        )
    return found


def _has_names(wave: Wave) -> bool:
    """Tell whether a wave is valid enough to check its names."""
    if not isinstance(wave.environments, Sequence) or not wave.environments:
        return False
    names = [getattr(one, "name", None) for one in wave.environments]
    return all(isinstance(name, str) for name in [*names, wave.name or ""])


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
