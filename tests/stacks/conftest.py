"""The reference stacks of each environment, synthesized once: by `cdk synth`, and by app.py as that runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from scripts.summarize_assembly import stacks
from stacks.reference import add_reference_stacks
from tests.iam.evaluation import Policies

ROOT = Path(__file__).parents[2]
CLI = ROOT / "node_modules/.bin/cdk"
ENVIRONMENTS = ("dev", "prod")


@dataclass(frozen=True)
class Assembly:
    """What one run of app.py wrote."""

    environment: str
    folder: Path

    @cached_property
    def files(self) -> dict[str, Path]:
        """The template of each stack, those of stages included."""
        return dict(stacks(self.folder))

    @property
    def template_files(self) -> list[Path]:
        return sorted(self.files.values())

    def template(self, stack: str) -> dict[str, Any]:
        return json.loads(self.files[f"{self.environment}-{stack}"].read_text())

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """The templates. All tests share them, so do not change them."""
        return {name: json.loads(path.read_text()) for name, path in sorted(self.files.items())}

    @cached_property
    def policies(self) -> Policies:
        return Policies(self.templates)


def cdk_context(**values: str) -> dict[str, Any]:
    """Return the context as the CDK CLI hands it over: the feature flags of cdk.json, and `-c` values."""
    return {**json.loads((ROOT / "cdk.json").read_text())["context"], **values}


def synthesize(folder: Path, name: str) -> None:
    """Run app.py as `cdk synth` does."""
    environment = {key: value for key, value in os.environ.items() if key != "CDK_VALIDATION"}
    environment |= {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(cdk_context(environment=name))}
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, check=True)


def cdk_synth(folder: Path, name: str) -> None:
    """Run `cdk synth` as users do, without what the tests set for jsii."""
    ours = ("CDK_VALIDATION", "JSII_RUNTIME", "JSII_PROGRAM", "NODE_OPTIONS")
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    environment["PATH"] = os.pathsep.join([str(ROOT / ".venv/node/bin"), environment["PATH"]])
    # The command would add metadata, which the golden templates leave out.
    without = ["--no-path-metadata", "--no-asset-metadata", "--no-version-reporting"]
    command = [CLI, "synth", "--quiet", *without, "--output", folder, "--context", f"environment={name}"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


@cache
def app_here(environment: str) -> cdk.App:
    """The same app in this process."""
    app = cdk.App(context=cdk_context(environment=environment))
    add_reference_stacks(app)
    return app


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assembly]:
    made = {}
    for name in ENVIRONMENTS:
        folder = tmp_path_factory.mktemp(name)
        (cdk_synth if name == "dev" else synthesize)(folder, name)
        made[name] = Assembly(name, folder)
    return made


@pytest.fixture(params=ENVIRONMENTS)
def assembly(request: pytest.FixtureRequest, assemblies: dict[str, Assembly]) -> Assembly:
    return assemblies[request.param]
