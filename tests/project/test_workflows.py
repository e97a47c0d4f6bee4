"""The workflows of this project follow what it asks of others: pinned actions, no rights by default, limits of time."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def read(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text())
    assert isinstance(content, dict)
    return content


def test_there_are_workflows() -> None:
    assert {path.name for path in WORKFLOWS} >= {"ci.yml", "release.yml"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in path.read_text().splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not _PINNED.match(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_has_the_rights_that_it_names_and_ends(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert "write-all" not in str(job["permissions"])
        assert 0 < job["timeout-minutes"] <= 60
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_only_the_job_that_publishes_gets_an_identity() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    with_identity = [name for name, job in jobs.items() if "id-token" in job["permissions"]]
    assert with_identity == ["publish"]
    assert jobs["publish"]["environment"] == "pypi"
    assert not [step for step in jobs["publish"]["steps"] if "run" in step]


def test_a_script_takes_values_of_events_from_its_environment_only() -> None:
    for path in [*WORKFLOWS, ROOT / "action.yml"]:
        content = read(path)
        jobs = content.get("jobs", {"action": content.get("runs", {})})
        scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
        assert scripts
        assert [script for script in scripts if "${{" in script] == []


def by_schema(name: str, *paths: Path) -> tuple[int, str]:
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", f"vendor.{name}", *map(str, paths)])
    return done.exit_code, done.output


def test_what_github_reads_has_its_schemas(tmp_path: Path) -> None:
    github = ROOT / ".github"
    forms = [path for path in (github / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert len(forms) >= 2
    ok = (0, "ok -- validation done\n")
    assert by_schema("github-workflows", *WORKFLOWS) == ok
    assert by_schema("github-actions", ROOT / "action.yml") == ok
    assert by_schema("dependabot", github / "dependabot.yml") == ok
    assert by_schema("github-issue-forms", *forms) == ok
    assert by_schema("github-issue-config", github / "ISSUE_TEMPLATE" / "config.yml") == ok
    broken = tmp_path / "ci.yml"
    broken.write_text(WORKFLOWS[0].read_text().replace("runs-on:", "runs-at:"))
    assert by_schema("github-workflows", broken)[0] == 1
