"""Assemblies written by hand: a manifest and templates, as CDK writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = "aws://111111111111/eu-west-1"
THERE = "aws://222222222222/eu-west-1"
ANYWHERE = "aws://unknown-account/unknown-region"


@dataclass(frozen=True)
class Stack:
    """A stack, in a stage if it has one."""

    name: str
    resources: Mapping[str, Any] = field(default_factory=dict)
    place: str = HERE
    stage: str = ""
    sections: Mapping[str, Any] = field(default_factory=dict)


def assembly(folder: Path, *stacks: Stack) -> Path:
    """Write an assembly, and return its folder."""
    artifacts: dict[str, Any] = {}
    for stage in dict.fromkeys(stack.stage for stack in stacks):
        inner = folder / f"assembly-{stage}" if stage else folder
        _write(inner, {stack.name: _artifact(stack, inner) for stack in stacks if stack.stage == stage and stage})
        if stage:
            artifacts[inner.name] = {
                "type": "cdk:cloud-assembly",
                "properties": {"directoryName": inner.name, "displayName": stage},
            }
    artifacts |= {stack.name: _artifact(stack, folder) for stack in stacks if not stack.stage}
    _write(folder, artifacts)
    return folder


def _artifact(stack: Stack, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    file = f"{stack.name}.template.json"
    (folder / file).write_text(json.dumps({"Resources": stack.resources, **stack.sections}))
    name = f"{stack.stage}-{stack.name}" if stack.stage else stack.name
    return {
        "type": "aws:cloudformation:stack",
        "environment": stack.place,
        "properties": {"templateFile": file, "stackName": name},
        "displayName": f"{stack.stage}/{stack.name}" if stack.stage else stack.name,
    }


def _write(folder: Path, artifacts: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))
