"""The GitHub Action and the pre-commit hook call the command as it is."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk_containers.cli.main import command_parser
from tests.cli.command import IMMUTABLE, MUTABLE, template

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
ONLY = "--only immutable-tags --only scan-on-push"


def run_action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the last step as GitHub does: bash, which stops at the first error."""
    step = ACTION["runs"]["steps"][-1]
    given = {name: str(declared.get("default", "")) for name, declared in ACTION["inputs"].items()} | inputs
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }
    (folder / "bin").mkdir(exist_ok=True)
    python = folder / "bin" / "python"
    if not python.exists():
        python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT / "constructs"}" exec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        **variables,
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # noqa: S607
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("resource", "inputs", "code"),
    [
        (MUTABLE, {}, 1),
        (MUTABLE, {"fail-on": "critical"}, 0),
        (IMMUTABLE, {}, 0),
    ],
)
def test_the_action_reports_and_fails_as_asked(
    tmp_path: Path, resource: dict[str, Any], inputs: dict[str, str], code: int
):
    template(tmp_path / "cdk.out" / "Shop.template.json", {"A": resource})
    ran = run_action(tmp_path, options=ONLY, sarif="findings.sarif", **inputs)
    assert ran.returncode == code, ran.stderr
    found = resource is MUTABLE
    assert ("immutable-tags" in ran.stdout) == found
    assert ("| high | `A` |" in (tmp_path / "summary.md").read_text()) == found
    assert ('"ruleId": "immutable-tags"' in (tmp_path / "findings.sarif").read_text()) == found


def test_the_action_fails_where_nothing_can_be_read(tmp_path: Path):
    ran = run_action(tmp_path)
    assert ran.returncode == 2
    assert ran.stderr == "cdk-containers: cdk.out: no such file or folder\n"


def test_an_input_of_the_action_is_never_code(tmp_path: Path):
    template(tmp_path / "cdk.out" / "Shop.template.json", {"A": MUTABLE})
    ran = run_action(tmp_path, path="cdk.out;touch$IFS'spoilt'", options="$(touch spoilt)")
    assert ran.returncode == 2
    assert not (tmp_path / "spoilt").exists()
    assert all("${{" not in step["run"] for step in ACTION["runs"]["steps"])


def test_the_hook_calls_check_with_what_looks_like_a_template():
    program, *arguments = shlex.split(HOOK["entry"])
    assert program == "cdk-containers"
    parsed = command_parser({"check"}).parse_args([*arguments, "template.yaml"])
    assert parsed.path == [Path("template.yaml")]
    files = re.compile(HOOK["files"])
    for name in ("template.yaml", "a/template.json", "cdk.out/Shop.template.json", "b.template.yml"):
        assert files.search(name), name
    for name in ("docker-compose.yml", "package.json", "my-template.yaml", "template.yaml.j2"):
        assert not files.search(name), name
