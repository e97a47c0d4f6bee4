"""How a pipeline synthesizes the assembly that it deploys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

from .source_paths import is_source_path

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


@frozen
class Synthesis:
    """How a pipeline synthesizes the app: once for each release, after the images are built and scanned.

    Attributes:
        commands: Commands that create the assembly. Default: `pip` installs `requirements.txt`, then `cdk synth` runs.
        directory: Directory of the app, with its `cdk.json`, relative to the root of the source. Default: the root.
        cli_version: Version of the CDK CLI, which synthesizes, shows changes and updates the pipeline. Give all three
            numbers, so that you decide about new versions. Default: `2.1148.1`, which this library is tested with.
        assets_version: Version of `cdk-assets`, which publishes the assets of stacks. Default: `4.7.3`.

    See https://docs.aws.amazon.com/cdk/v2/guide/cli.html
    """

    commands: Sequence[str] = ("python3 -m pip install -r requirements.txt", "cdk synth --quiet")
    directory: str = "."
    cli_version: str = "2.1148.1"
    assets_version: str = "4.7.3"

    def path(self, name: str) -> str:
        """Return a path in the directory of the app, relative to the root of the source."""
        return str(PurePosixPath(self.directory) / name)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("commands") and not any(command.strip() for command in self.commands):
            found.add("commands", "no command creates the assembly", given=self.commands, allowed="such as cdk synth")
        path = self.directory
        if not found.has("directory") and not is_source_path(path):
            found.add("directory", "not a path in the source", given=path, allowed="a relative path, such as infra")
        for option in ("cli_version", "assets_version"):
            if not found.has(option) and not _VERSION.fullmatch(getattr(self, option)):
                found.add(
                    option,
                    "not an exact version, so builds could differ from day to day",
                    given=getattr(self, option),
                    allowed="a version with three numbers, such as 2.1148.1",
                )
        return list(found)
