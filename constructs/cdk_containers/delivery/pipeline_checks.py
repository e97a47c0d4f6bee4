"""What can be wrong with a pipeline as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.applications import Environment
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import disabled_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs

from .image_build import ImageBuild
from .release import Release
from .scan_gate import ScanGate
from .source import Source
from .synthesis import Synthesis
from .wave import Wave

_MOST_CHARACTERS = 300


def pipeline_problems(
    scope: Construct,
    *,
    source: Source,
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
    stack = cdk.Stack.of(scope)
    for option in ("account", "region"):
        if is_token(getattr(stack, option)):
            found.add(
                "scope",
                f"the stack of the pipeline has no {option}, and other accounts have to know it",
                allowed="Stack(app, …, env=aws_cdk.Environment(account=…, region=…))",
            )
    found.extend(source.problems(), under="source")
    found.extend(_image_problems(images))
    found.extend(_wave_problems(environments))
    if release is not None:
        found.extend(release.problems(), under="release")
        known = {image.name for image in images}
        if missing := sorted(known - set(release.images)):
            found.add(
                "release", "it lacks images of the pipeline", given=missing, allowed=f"digests of {sorted(known)}"
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


def _image_problems(images: Sequence[ImageBuild]) -> Problems:
    found = Problems()
    if not images:
        found.add(
            "images",
            "the pipeline builds nothing that it could deploy",
            given=images,
            allowed='one or more, such as ImageBuild(name="web", repository=…)',
            practice="build-once",
        )
    for index, image in enumerate(images):
        found.extend(image.problems(), under=f"images[{index}]")
    names = [image.name for image in images]
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.add("images", "two images have one name", given=name, allowed="another name for each")
    return found


def _wave_problems(given: Sequence[Environment | Wave]) -> Problems:
    found = Problems()
    if not given:
        found.add("environments", "the pipeline deploys to none", given=given, allowed="one or more")
    waves = [Wave.of(one) for one in given]
    for index, wave in enumerate(waves):
        single = isinstance(given[index], Environment)
        for problem in wave.problems():
            option = problem.option.removeprefix("environments[0]").lstrip(".") if single else problem.option
            found.extend([replace(problem, option=option)], under=f"environments[{index}]")
    every = [environment.name for wave in waves for environment in wave.environments]
    for name in sorted({name for name in every if every.count(name) > 1}):
        found.add(
            "environments",
            "two environments have one name, so one would take the place of the other",
            given=name,
            allowed="another name for each",
        )
    stages = [wave.stage_name for wave in waves if wave.environments]
    for name in sorted({name for name in stages if stages.count(name) > 1} - set(every)):
        found.add("environments", "two waves have one name", given=name, allowed="another name for each")
    if reserved := sorted(set(stages) & {"Source", "Build", "UpdatePipeline", "Assets"}):
        found.add("environments", "the pipeline has such a stage", given=reserved, allowed="another name")
    for index, wave in enumerate(waves):
        reasons = [one.approval.reason or "" for one in wave.environments if one.approval is not None]
        if len(" ".join(reasons)) > _MOST_CHARACTERS:
            found.add(
                f"environments[{index}].approval.reason",
                "too long for the question, which shows what changes too",
                given=f"{len(' '.join(reasons))} characters",
                allowed=f"up to {_MOST_CHARACTERS} characters",
            )
    return found
