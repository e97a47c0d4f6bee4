"""Ten projects in the style of public ones: each converts, reads well and synthesizes.

`--update-snapshots` rewrites the sources in `golden/`; read the difference.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from cdk_containers import Environment
from cdk_containers.cli.compose import _write
from cdk_containers.compose.converting import convert
from tests.compose.projects import CHOICES, conversion, project

GOLDEN = Path(__file__).parent / "golden"

SERVICES = {
    # services, jobs, load balancers, file systems, images that are built
    "airflow": (4, 0, 1, 1),
    "django": (5, 0, 1, 1),
    "elastic": (3, 0, 1, 1),
    "ghost": (3, 0, 1, 1),
    "gitea": (2, 0, 2, 1),
    "nextcloud": (3, 0, 1, 1),
    "plausible": (3, 0, 1, 1),
    "rails": (2, 1, 1, 1),
    "voting": (5, 0, 1, 1),
    "wordpress": (2, 0, 1, 1),
}
"""ECS services, schedules, load balancers and file systems of each."""


@pytest.mark.parametrize("name", CHOICES)
def test_a_project_becomes_the_source_that_was_reviewed(name: str, request: pytest.FixtureRequest):
    [source] = [text for path, text in conversion(name).files.items() if path.endswith("_stack.py")]
    source = source.replace(str(Path(__file__).parents[2].relative_to("/")), "srv/repository")
    golden = GOLDEN / f"{name}_stack.txt"
    if request.config.getoption("--update-snapshots"):
        golden.write_text(source, encoding="utf-8")
    assert source == golden.read_text(encoding="utf-8")


def test_the_source_is_formatted_and_has_no_loose_ends(tmp_path: Path):
    for name in CHOICES:
        folder = tmp_path / name
        folder.mkdir()
        _write(conversion(name), folder)
        (tmp_path / "pyproject.toml").write_text((folder / "pyproject.toml").read_text())
    for command in (["format", "--check"], ["check", "--select", "E,F,W,I,UP,B,RUF", "--config", "src=['*']"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@cache
def _template(name: str, folder: Path) -> dict[str, Any]:
    made = convert(project(name), CHOICES[name], output=folder, file="compose.yaml")
    _write(made, folder)
    [path] = folder.glob("stacks/*_stack.py")
    spec = importlib.util.spec_from_file_location(f"converted_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    [stack] = [value for key, value in vars(module).items() if key.endswith("Stack")]
    made_stack = stack(cdk.App(), name.title(), environment=Environment())
    template: dict[str, Any] = Template.from_stack(made_stack).to_json()
    return template


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("apps")


def _counted(template: dict[str, Any]) -> tuple[int, ...]:
    counts = Counter(resource["Type"] for resource in template["Resources"].values())
    kinds = ("ECS::Service", "Scheduler::Schedule", "ElasticLoadBalancingV2::LoadBalancer", "EFS::FileSystem")
    return tuple(counts[f"AWS::{kind}"] for kind in kinds)


@pytest.mark.parametrize("name", CHOICES)
def test_a_project_synthesizes(name: str, apps: Path):
    folder = apps / name
    folder.mkdir(exist_ok=True)
    template = _template(name, folder)
    assert _counted(template) == SERVICES[name]
