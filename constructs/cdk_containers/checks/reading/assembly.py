"""The stacks of a CDK assembly and its stages, with their metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cdk_containers.checks.templates import AppMetadata
from cdk_containers.core.frozen import frozen


@frozen(kw_only=False)
class StackFile:
    """A template file, with its stack if an assembly lists it.

    Attributes:
        path: The file.
        stack_name: Name of the stack.
        metadata: File with the metadata of the app.
        place: Account and region, such as `aws://111111111111/eu-west-1`.
        construct_path: Path of the stack in the app, such as `prod/Shop`.
        stage: Path of its stage; empty outside of stages.
        lookup_role: Lookup role of CDK for that account.
    """

    path: Path
    stack_name: str = ""
    metadata: Path | None = None
    place: str = ""
    construct_path: str = ""
    stage: str = ""
    lookup_role: str = ""

    @cache  # noqa: B019  (it is read once, and only where something was found)
    def app_metadata(self) -> AppMetadata:
        """Return the app's metadata of the template; empty if the file is missing or broken."""
        paths: dict[str, str] = {}
        acknowledged: dict[str, dict[str, str]] = {}
        try:
            content = json.loads(self.metadata.read_text(encoding="utf-8")) if self.metadata else {}
            for slashed, entries in content.items():
                path = slashed.removeprefix("/")
                for entry in entries:
                    if entry["type"] == "aws:cdk:logicalId":
                        paths[entry["data"]] = path
                    elif entry["type"] == "aws:cdk:acknowledged-rules":
                        acknowledged.setdefault(path, {}).update(entry["data"])
        except (AttributeError, KeyError, OSError, TypeError, ValueError):
            return AppMetadata()
        return AppMetadata(paths, acknowledged)


def stacks_of(folder: Path, skipped: list[str]) -> list[StackFile] | None:
    """Return the templates of an assembly; None if the folder's manifest has another format."""
    artifacts = _artifacts(folder / "manifest.json", skipped)
    return None if artifacts is None else list(_stacks(folder, artifacts, skipped, (folder.resolve(),)))


def _artifacts(manifest: Path, skipped: list[str]) -> Mapping[str, Any] | None:
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, RecursionError, ValueError) as error:
        skipped.append(f"{manifest}: {error}")
        return None
    artifacts = content.get("artifacts") if isinstance(content, Mapping) else None
    return artifacts if isinstance(artifacts, Mapping) else None


def _stacks(
    folder: Path, artifacts: Mapping[str, Any], skipped: list[str], above: tuple[Path, ...], stage: str = ""
) -> Iterator[StackFile]:
    for name, artifact in artifacts.items():
        match artifact:
            case {"type": "aws:cloudformation:stack", "properties": {"templateFile": str(file), **others}}:
                metadata = artifact.get("additionalMetadataFile")
                metadata_file = folder / metadata if isinstance(metadata, str) else None
                match others.get("lookupRole"):
                    case {"arn": str(role)}:
                        pass
                    case _:
                        role = ""
                yield StackFile(
                    folder / file,
                    str(others.get("stackName", name)),
                    metadata_file,
                    place=str(artifact.get("environment", "")),
                    construct_path=str(artifact.get("displayName", name)),
                    stage=stage,
                    lookup_role=role,
                )
            case {"type": "cdk:cloud-assembly", "properties": {"directoryName": str(directory), **others}}:
                inner = folder / directory
                if inner.resolve() in above:
                    skipped.append(f"{inner}: the assembly contains itself")
                else:
                    inside = _artifacts(inner / "manifest.json", skipped) or {}
                    its_name = str(others.get("displayName", directory))
                    yield from _stacks(inner, inside, skipped, (*above, inner.resolve()), its_name)
            case {"type": "aws:cloudformation:stack" | "cdk:cloud-assembly"}:
                skipped.append(f"{folder / 'manifest.json'}: the artifact {name} has no path")
