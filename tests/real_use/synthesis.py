"""What an app synthesizes: the templates of its stacks, and what CDK warns of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import ConstructError
from tests.toolkit import Template

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Synthesized:
    """The folder that `cdk synth` writes."""

    folder: Path

    @cached_property
    def files(self) -> dict[str, Path]:
        """The template of each stack by its name, those of stages included."""
        return {
            artifact["properties"].get("stackName", name): folder / artifact["properties"]["templateFile"]
            for folder, name, artifact in _stacks(self.folder)
        }

    @cached_property
    def templates(self) -> dict[str, Template]:
        return {name: json.loads(path.read_text()) for name, path in self.files.items()}

    @cached_property
    def warnings(self) -> list[str]:
        """What CDK warns of, each with the path of its construct."""
        return [
            f"{path}: {message['data']}"
            for folder, _, artifact in _stacks(self.folder)
            for path, messages in _metadata(folder, artifact).items()
            for message in messages
            if message["type"] == "aws:cdk:warning"
        ]


def synthesize(app: cdk.App) -> Synthesized:
    return Synthesized(Path(app.synth().directory))


def _stacks(folder: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, artifact in manifest.get("artifacts", {}).items():
        if artifact["type"] == "aws:cloudformation:stack":
            yield folder, name, artifact
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / artifact["properties"]["directoryName"])


def _metadata(folder: Path, artifact: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = dict(artifact.get("metadata", {}))
    if "additionalMetadataFile" in artifact:
        found |= json.loads((folder / artifact["additionalMetadataFile"]).read_text())
    return found


def statements_of(template: Template, role: str) -> list[Statement]:
    """Return what the roles may do whose logical id contains `role`, from policies beside them and inside them."""
    found: list[Statement] = []
    for name, entry in template["Resources"].items():
        properties = entry.get("Properties", {})
        if entry["Type"] == "AWS::IAM::Policy" and any(role in str(given) for given in properties.get("Roles", ())):
            found += properties["PolicyDocument"]["Statement"]
        elif entry["Type"] == "AWS::IAM::Role" and role in name:
            found += [s for policy in properties.get("Policies", ()) for s in policy["PolicyDocument"]["Statement"]]
    return found


def actions_of(template: Template, role: str) -> set[str]:
    """Return all actions that the roles are allowed whose logical id contains `role`."""
    found: set[str] = set()
    for statement in statements_of(template, role):
        if statement["Effect"] == "Allow":
            listed = statement["Action"]
            found |= {listed} if isinstance(listed, str) else set(listed)
    return found


def the_problem(make: Callable[[], object]) -> str:
    """Return the only problem of a call, as its error words it."""
    with pytest.raises(ConstructError) as raised:
        make()
    assert len(raised.value.problems) == 1, str(raised.value)
    return str(raised.value)


STRONG_REFERENCES = "@aws-cdk/core:crossStackReferencesDefaultStrong"
"""CDK asks every app of several stacks to choose how they refer to each other: `several-stacks.md` says how."""
