"""An app that is written from manifests makes the templates that they make, and needs none of them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdk_containers.copilot.converting import Converted, convert
from cdk_containers.copilot.manifests import ManifestError
from tests.copilot.converting.apps import BAKERY, templates_of, write
from tests.remembering import forgetting

MANIFESTS = sorted((Path(__file__).parents[1] / "manifests").glob("*.yml"))


@pytest.fixture(scope="module", autouse=True)
def as_users_ask() -> Iterator[None]:
    """Ask CDK each time, as users do: the converter reads what was asked."""
    with forgetting():
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("converted")


@pytest.fixture(scope="module")
def made(folder: Path) -> Converted:
    converted = convert(BAKERY, folder, variables={})
    write(converted, folder)
    return converted


def test_it_makes_the_same_templates(made: Converted, folder: Path) -> None:
    found = templates_of(folder)
    assert len(found) == 3 * 11
    assert sorted(found) == sorted(made.templates)
    assert not [name for name in found if json.dumps(found[name]) != json.dumps(made.templates[name])]


def test_environments_share_a_class_each_with_settings(made: Converted) -> None:
    shop = made.files["stacks/shop.py"]
    assert shop.count("(cdk.Stack)") == 1
    assert '"prod": Settings(' in shop
    assert 'if environment == "prod":' in shop
    assert "scale_on_cpu_utilization(" in shop


def test_it_needs_no_manifest(made: Converted) -> None:
    code = "".join(text for name, text in made.files.items() if name.endswith(".py"))
    assert "WebService(" in code
    assert "manifest.yml" not in code
    assert "from_workspace" not in code
    assert "copilot.manifests" not in code


def test_addons_become_templates_of_its_own(made: Converted) -> None:
    assert "Cakes" in json.loads(made.files["templates/catalogue.addons.json"])["Resources"]
    assert 'TEMPLATES / "catalogue.addons.json"' in made.files["stacks/catalogue.py"]


def test_its_python_is_formatted_and_every_name_is_used(made: Converted, folder: Path) -> None:
    for name, text in made.files.items():
        if name.endswith(".py"):
            ast.parse(text)
    ruff = [sys.executable, "-m", "ruff"]
    shown = subprocess.run(
        [*ruff, "format", "--check", "--isolated", "--line-length=100", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not shown.returncode, shown.stdout
    shown = subprocess.run(
        [*ruff, "check", "--isolated", "--select=F,E9", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    assert not shown.returncode, shown.stdout


def test_its_golden_templates_are_those_of_the_manifests(made: Converted) -> None:
    golden = json.loads(made.files["tests/golden/bakery-prod-catalogue.json"])
    assert golden["Resources"].keys() == made.templates["bakery-prod-catalogue"]["Resources"].keys()


def test_notes_say_what_was_not_applied(made: Converted) -> None:
    (note,) = made.notes["bakery-prod-shop"]
    assert "EnvControllerAction" in note
    assert note in made.files["README.md"]


def test_each_override_is_applied_or_named(made: Converted) -> None:
    (baker,) = (it for it in made.notes["bakery-prod-baker"] if "overrides" in it)
    assert "copilot/baker/overrides has CDK overrides, which change EventsQueue, Service" in baker
    (environment,) = (it for it in made.notes["bakery-test"] if "patch" in it)
    assert "patch 2" in environment
    assert "EnvironmentManagerRole" in environment
    vpc = made.templates["bakery-test"]["Resources"]["VPC"]
    assert vpc["Properties"]["Tags"][-1] == {"Key": "team", "Value": "bread"}


def test_each_pipeline_is_described(made: Converted) -> None:
    first, second = made.notes["pipeline-bakery-release"]
    assert "`Pipeline` of cdk_containers" in first
    assert "GitHub github.com/example/bakery, branch main" in second
    assert "stages test, stage, prod after an approval" in second
    assert first in made.files["README.md"]


@pytest.mark.parametrize("zones", [False, True], ids=["domain", "certificates"])
def test_all_kinds_of_manifests(zones: bool, tmp_path: Path) -> None:  # noqa: FBT001
    copilot = tmp_path / "copilot"
    manifests = [file for file in MANIFESTS if ("hosted_zone" in file.read_text()) is zones]
    assert manifests
    for file in manifests:
        (copilot / file.stem).mkdir(parents=True)
        (copilot / file.stem / "manifest.yml").write_text(file.read_text())
    (copilot / ".workspace").write_text("application: acme\n")
    for name in ("prod", "test"):
        (copilot / "environments" / name).mkdir(parents=True)
        (copilot / "environments" / name / "manifest.yml").write_text(f"name: {name}\ntype: Environment\n")
    arn = "arn:aws:acm:us-west-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    arns = {name: [arn] for name in ("prod", "test")} if zones else None
    converted = convert(tmp_path, tmp_path / "app", variables={}, domain="example.com", certificate_arns=arns)
    write(converted, tmp_path / "app")
    found = templates_of(tmp_path / "app")
    assert len(found) == 2 * (len(manifests) + 1)
    assert not [name for name in found if json.dumps(found[name]) != json.dumps(converted.templates[name])]


def test_code_of_addons_is_uploaded_as_before(tmp_path: Path) -> None:
    addons = tmp_path / "copilot" / "job" / "addons"
    (addons / "handler").mkdir(parents=True)
    (addons / "handler" / "index.py").write_text("def handler(event, context): ...\n")
    (addons / "function.yml").write_text(
        "Resources:\n  Handler:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: handler\n"
        "      Handler: index.handler\n      Runtime: python3.13\n      Role: arn:aws:iam::123456789012:role/handler\n"
    )
    (addons.parent / "manifest.yml").write_text(
        "name: job\ntype: Scheduled Job\nimage: {location: busybox}\non: {schedule: '@daily'}\n"
    )
    (tmp_path / "copilot" / "environments" / "test").mkdir(parents=True)
    (tmp_path / "copilot" / "environments" / "test" / "manifest.yml").write_text("name: test\ntype: Environment\n")
    (tmp_path / "copilot" / ".workspace").write_text("application: acme\n")
    converted = convert(tmp_path, tmp_path / "app", variables={})
    write(converted, tmp_path / "app")
    assert "@1@" in converted.files["templates/job.addons.json"]
    assert json.dumps(templates_of(tmp_path / "app")) == json.dumps(converted.templates)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "no workspace"),
        ({".workspace": "application: acme\n"}, "has no environments"),
        (
            {".workspace": "application: acme\n", "environments/test/manifest.yml": "name: test\ntype: Environment\n"},
            "has no workloads",
        ),
        (
            {
                ".workspace": "application: acme\n",
                "environments/test/manifest.yml": "name: test\ntype: Environment\n",
                "api/manifest.yml": "name: api\ntype: Backend Service\ncoun: 3\n",
            },
            "did you mean 'count'?",
        ),
    ],
    ids=["no-workspace", "no-environments", "no-workloads", "refused"],
)
def test_what_cannot_be_converted(files: dict[str, str], told: str, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / "copilot" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copilot" / name).write_text(text)
    with pytest.raises(ManifestError, match=told.replace("?", r"\?")):
        convert(tmp_path, tmp_path / "app", variables={})
