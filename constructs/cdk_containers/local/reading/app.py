"""A CDK app, read from its assembly: its templates, and the images that it builds from folders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.templates import Estate
from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import Build, LocalError

_OPTIONS = {"dockerBuildTarget": "--target", "dockerFile": "--file", "platform": "--platform"}
_DEFAULT_REGION = "us-east-1"


@frozen
class Asset:
    """An image that the app builds.

    Attributes:
        build: How to build it locally.
        left_out: Build options that are ignored.
    """

    build: Build
    left_out: tuple[str, ...] = ()


@frozen(eq=False)
class App:
    """An app.

    Attributes:
        folder: Folder of its assembly.
        estate: Its templates.
        assets: Images by hash.
    """

    folder: Path
    estate: Estate
    assets: Mapping[str, Asset]


def read_app(folder: Path, parameters: Mapping[str, str], pseudo_parameters: Mapping[str, str]) -> App:
    """Read an assembly.

    Args:
        folder: Folder of the assembly, such as `cdk.out`, or a template.
        parameters: Values of template parameters, by name.
        pseudo_parameters: Known pseudo parameters, such as `AWS::Region`.

    Raises:
        LocalError: There is no template.
    """
    estate = Estate(
        assume_defaults=True,
        pseudo_parameters={"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", **pseudo_parameters},
    )
    if not folder.exists():
        raise LocalError(f"--app: {folder} does not exist; `cdk synth` writes it")
    skipped = read_estate([folder], estate, arguments=parameters)
    if not estate.templates:
        raise LocalError(*(f"--app: {line}" for line in skipped or [f"{folder}: no template in this folder"]))
    return App(folder=folder, estate=estate, assets=dict(_assets(folder)) if folder.is_dir() else {})


def _assets(folder: Path) -> Iterator[tuple[str, Asset]]:
    for file in sorted(folder.rglob("*.assets.json")):
        try:
            images = json.loads(file.read_text(encoding="utf-8")).get("dockerImages", {})
        except (OSError, ValueError) as error:
            raise LocalError(f"--app: {file}: {error}") from None
        for key, image in images.items():
            yield key, _asset(key, image["source"], file.parent)


def _asset(key: str, source: Mapping[str, Any], folder: Path) -> Asset:
    arguments: list[str] = []
    left = dict(source)
    directory = left.pop("directory", None)
    for option, flag in _OPTIONS.items():
        if value := left.pop(option, None):
            arguments += [flag, str(folder / directory / value) if option == "dockerFile" else str(value)]
    for name, value in (left.pop("dockerBuildArgs", None) or {}).items():
        arguments += ["--build-arg", f"{name}={value}"]
    for name, value in (left.pop("dockerBuildSecrets", None) or {}).items():
        arguments += ["--secret", f"id={name},{value}"]
    for option, flag in (("networkMode", "--network"), ("dockerBuildSsh", "--ssh")):
        if value := left.pop(option, None):
            arguments += [flag, str(value)]
    place = str(folder / directory) if directory else ""
    return Asset(build=Build(key=key, directory=place, arguments=tuple(arguments)), left_out=tuple(sorted(left)))
