"""The workflow of GitHub as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from cdk_containers.applications import Environment

from .image_build import ImageBuild
from .release_plan import ASSEMBLY, ReleasePlan

_CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
_CREDENTIALS = "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3"
_DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1"
_NODE = "actions/setup-node@48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e # v6.4.0"
_PYTHON = "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0"
_UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1"
"""Releases by commit, because tags can move. Renovate and Dependabot update the commit and the comment."""

_RUNNERS = {"X86_64": "ubuntu-24.04", "ARM64": "ubuntu-24.04-arm"}
_NODE_VERSION, _PYTHON_VERSION = "24", "3.13"

_HEAD = """\
# GitHubDelivery.workflow() writes this file; change it there.
name: Deliver
on:
  push:
    branches: [{branch}]
concurrency: # one after the other; none that has begun is cancelled
  group: deliver
  cancel-in-progress: false
permissions:
  contents: read
defaults:
  run:
    shell: bash
env:
  CDK_DISABLE_CLI_TELEMETRY: "true"

jobs:
"""

Step = list[str]


def workflow_text(plan: ReleasePlan, *, branch: str, test: str | None) -> str:
    """Return the workflow."""
    jobs = [_build(plan, image) for image in plan.images]
    jobs.append(_synth(plan, test))
    for before, environment in zip((None, *plan.environments), plan.environments, strict=False):
        jobs.append(_diff(plan, environment))
        jobs.append(_deploy(plan, environment, before))
    return _HEAD.format(branch=branch) + "\n".join(jobs)


def _build(plan: ReleasePlan, image: ImageBuild) -> str:
    return _job(
        f"build-{image.name}",
        [f"runs-on: {_RUNNERS[image.architecture]}", *_TOKEN],
        [
            _checkout(),
            _credentials(plan, plan.build_role, plan.account, plan.region),
            _run(
                "Build and push, unless this commit's image is there",
                plan.build("GITHUB_SHA"),
                plan.build_variables(image),
            ),
            _uses(_UPLOAD, name=f"image-{image.name}", path="image"),
        ],
    )


def _synth(plan: ReleasePlan, test: str | None) -> str:
    steps = [_checkout(), _uses(_PYTHON, **{"python-version": f'"{_PYTHON_VERSION}"'}), _node()]
    if plan.images:
        steps += [
            _uses(_DOWNLOAD, pattern="image-*", path="images"),
            _run("Write the release", plan.release("GITHUB_SHA", "images/*/image.json")),
        ]
    steps.append(_run("Synthesize" if test is None else "Synthesize and test", plan.synthesize(test)))
    folder = plan.synthesis.path(ASSEMBLY)
    steps.append(_uses(_UPLOAD, name="assembly", path=folder, **{"include-hidden-files": "true"}))
    head = [f"runs-on: {_RUNNERS['X86_64']}"]
    if plan.images:
        head.insert(0, f"needs: [{', '.join(f'build-{image.name}' for image in plan.images)}]")
    return _job("synth", head, steps)


def _diff(plan: ReleasePlan, environment: Environment) -> str:
    return _job(
        f"diff-{environment.name}",
        ["needs: [synth]", f"runs-on: {_RUNNERS['X86_64']}", *_TOKEN],
        [
            _assembly(),
            _node(),
            _credentials(plan, plan.diff_role(environment), environment.account, environment.region),
            _run(f"Show what would change in {environment.name}", plan.diff(environment, '"$GITHUB_STEP_SUMMARY"')),
        ],
    )


def _deploy(plan: ReleasePlan, environment: Environment, before: Environment | None) -> str:
    needs = [f"diff-{environment.name}"] + ([f"deploy-{before.name}"] if before is not None else [])
    return _job(
        f"deploy-{environment.name}",
        [
            f"needs: [{', '.join(needs)}]",
            f"runs-on: {_RUNNERS['X86_64']}",
            f"environment: {environment.name} # waits for the reviewers of the environment, if it has any",
            *_TOKEN,
        ],
        [
            _assembly(),
            _node(),
            _credentials(plan, plan.deploy_role(environment), environment.account, environment.region),
            _run(f"Deploy to {environment.name}", plan.deploy(environment)),
        ],
    )


_TOKEN = ["permissions:", "  contents: read", "  id-token: write"]


def _checkout() -> Step:
    return _uses(_CHECKOUT, **{"persist-credentials": "false"})


def _node() -> Step:
    return _uses(_NODE, **{"node-version": f'"{_NODE_VERSION}"'})


def _assembly() -> Step:
    return _uses(_DOWNLOAD, name="assembly", path=ASSEMBLY)


def _credentials(plan: ReleasePlan, role: str, account: str | None, region: str | None) -> Step:
    options = {
        "role-to-assume": role,
        "role-duration-seconds": str(plan.session_seconds),
        "aws-region": region or "",
        "allowed-account-ids": f'"{account}"',
    }
    return _uses(_CREDENTIALS, **options)


def _uses(action: str, **options: str) -> Step:
    return [f"- uses: {action}", "  with:", *(f"    {name}: {value}" for name, value in options.items())]


def _run(name: str, commands: Sequence[str], variables: Mapping[str, str] | None = None) -> Step:
    head = [f"- name: {name}"]
    if variables:
        head += ["  env:", *(f"    {key}: {json.dumps(_literal(value))}" for key, value in variables.items())]
    safe = [] if commands[0].startswith("set -") else ["set -euo pipefail"]
    return [*head, "  run: |", *(f"    {line}".rstrip() for line in (*safe, *commands))]


def _literal(value: str) -> str:
    """Escape text so that GitHub finds no expression in it."""
    return value.replace("${{", "${{ '${{' }}")


def _job(name: str, head: Iterable[str], steps: Iterable[Step]) -> str:
    lines = [f"  {name}:", *(f"    {line}" for line in head), "    steps:"]
    lines += [f"      {line}" for step in steps for line in step]
    return "\n".join(lines) + "\n"
