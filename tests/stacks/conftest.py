"""The reference stacks of each environment, synthesized once, by app.py as `cdk synth` runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ("dev", "prod")


@dataclass(frozen=True)
class Assembly:
    """What one run of app.py wrote."""

    environment: str
    folder: Path

    @property
    def template_files(self) -> list[Path]:
        return sorted(self.folder.glob("*.template.json"))

    def template(self, stack: str) -> dict[str, Any]:
        return json.loads((self.folder / f"{self.environment}-{stack}.template.json").read_text())

    @property
    def templates(self) -> dict[str, dict[str, Any]]:
        return {path.name.removesuffix(".template.json"): json.loads(path.read_text()) for path in self.template_files}


def cdk_context(**values: str) -> dict[str, Any]:
    """Return the context as the CDK CLI hands it over: the feature flags of cdk.json, and `-c` values."""
    return {**json.loads((ROOT / "cdk.json").read_text())["context"], **values}


def synthesize(folder: Path, **context: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "CDK_VALIDATION"}
    environment |= {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(cdk_context(**context))}
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, check=True)


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assembly]:
    made = {}
    for name in ENVIRONMENTS:
        folder = tmp_path_factory.mktemp(name)
        synthesize(folder, environment=name)
        made[name] = Assembly(name, folder)
    return made


@pytest.fixture(params=ENVIRONMENTS)
def assembly(request: pytest.FixtureRequest, assemblies: dict[str, Assembly]) -> Assembly:
    return assemblies[request.param]
