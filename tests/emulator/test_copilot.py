"""The workspace of Copilot in tests/copilot/bakery, from its manifests to `cdk destroy`, by the commands of users.

The real CDK CLI synthesizes and deploys the converted app. Then a person changes a line of it, and deploys again.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers.cli.main import main
from tests.copilot.converting.apps import BAKERY, imported
from tests.emulator.cdk_cli import ACCOUNT, REGION, Assembly, Emulator, run_emulator
from tests.emulator.inventory import READERS, services, take_inventory
from tests.remembering import forgetting

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-copilot")]

ENVIRONMENT = "prod"
STACK = f"bakery-{ENVIRONMENT}"

# What the emulator cannot do; everything else in the templates is made, changed and removed.
GAPS = {
    "support AWS::ECS::ExpressGatewayService",
    "support AWS::S3::BucketPolicy",  # the emulator ignores conditions: a denial of plain HTTP would deny everything
    "deletion AWS::EC2::Route",  # goes with its route table
}

# What has data in it, and outlives its stack.
DATA = {"AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket"}

PACKAGED = ("brochure", "catalogue", "labels", "mailer", "shop", "stocktake")
"""A workload of each type."""

PLAIN = ("--no-version-reporting", "--no-path-metadata", "--no-asset-metadata")
"""Leaves out of templates what the CLI adds to them."""

Inventory = dict[str, list[str]]


@dataclass
class Moved:
    """What was seen on the way from manifests to the end of what they became."""

    folder: Path
    packaged: dict[str, Any]
    plan: dict[str, Any]
    first: Assembly
    second: Assembly
    printed: dict[str, str]
    inventories: dict[str, Inventory]
    running: dict[str, dict[str, str]]
    """The task definition of each service, by moment and Copilot's name of the workload."""
    files: list[str]
    docker: list[str]
    gaps: set[str]


def package(folder: Path) -> dict[str, Any]:
    """Package a workload of each type alone, and return the templates by stack."""
    for name in PACKAGED:
        manifest = BAKERY / "copilot" / name / "manifest.yml"
        options = ["--app", "bakery", "--env", ENVIRONMENT, "--output-dir", str(folder / name)]
        assert main(["copilot", "package", str(manifest), *options]) == 0
    return {
        it.name.removesuffix(".template.json"): json.loads(it.read_text()) for it in folder.glob(f"*/{STACK}*.json")
    }


def change(app: Path) -> None:
    """Change a line, as a person does that owns the app."""
    module = app / "stacks" / "shop.py"
    text = module.read_text()
    line = '"LOG_LEVEL": NotSecret("info",'
    assert text.count(line) == 1
    module.write_text(text.replace(line, line.replace("info", "debug")))


def synthesize_here(app: Path, folder: Path) -> Assembly:
    """Synthesize a converted app in this process, which has loaded CDK."""
    with imported(app) as module:
        made = cdk.App(outdir=str(folder), analytics_reporting=False)
        module.add_stacks(made)
        made.synth()
    return Assembly(folder)


def bootstrap(emulator: Emulator) -> None:
    """Make what `cdk bootstrap` makes, as far as a deployment needs it; the lives of environments run the command."""
    for name in ("assets", "container-assets"):
        full = f"cdk-hnb659fds-{name}-{ACCOUNT}-{REGION}"
        if name == "assets":
            emulator.client("s3").create_bucket(Bucket=full)
        else:
            emulator.client("ecr").create_repository(repositoryName=full)
    emulator.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")


def running(emulator: Emulator) -> dict[str, str]:
    ecs = emulator.client("ecs")
    found = (ecs.describe_task_definition(taskDefinition=it["taskDefinition"]) for it in services(ecs))
    definitions = [it["taskDefinition"] for it in found]
    return {it["containerDefinitions"][0]["name"]: it["taskDefinitionArn"] for it in definitions}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Moved:
    folder = tmp_path_factory.mktemp("emulator-copilot")
    app = folder / "app"
    with forgetting(), run_emulator(folder) as emulator, pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: said.append(" ".join(map(str, words))))
        packaged = package(folder / "packaged")
        assert main(["copilot", "convert", str(BAKERY), "--output", str(app), "--env", ENVIRONMENT]) == 0
        said.clear()
        assert main(["copilot", "check", str(BAKERY), "--env", ENVIRONMENT, "--json"]) == 1
        plan = json.loads("\n".join(said))
        patch.undo()
        first = Assembly(folder / "first")
        bootstrap(emulator)
        printed = {
            "synth": emulator.cdk(
                *("synth", "--quiet", "--output", str(first.folder), "--app", f"{sys.executable} app.py", *PLAIN),
                folder=app,
            ),
            "deploy": emulator.deploy(first),
        }
        kinds = described(first)
        inventories, tasks = {"deployed": take_inventory(emulator, kinds)}, {"deployed": running(emulator)}
        s3 = emulator.client("s3")
        site = next(it for it in inventories["deployed"]["AWS::S3::Bucket"] if "brochure" in it)
        files = [it["Key"] for it in s3.list_objects_v2(Bucket=site)["Contents"]]
        change(app)
        second = synthesize_here(app, folder / "second")
        printed["update"] = emulator.deploy(second, f"bakery/{STACK}-shop")
        inventories["updated"], tasks["updated"] = take_inventory(emulator, kinds), running(emulator)
        printed["destroy"] = emulator.destroy(second)
        inventories["destroyed"] = take_inventory(emulator, kinds)
        docker, gaps = emulator.docker_calls(), emulator.gaps()
    return Moved(folder, packaged, plan, first, second, printed, inventories, tasks, files, docker, gaps)


def described(assembly: Assembly) -> dict[str, int]:
    """Count the resources of all templates, also of nested ones, of the types that the inventory reads."""
    templates = (json.loads(it.read_text()) for it in assembly.folder.glob("*.template.json"))
    kinds = (it["Type"] for template in templates for it in template["Resources"].values())
    return dict(Counter(it for it in kinds if it in READERS))


def without_hashes(template: Any) -> Any:
    return json.loads(re.sub("[0-9a-f]{64}", "0" * 64, json.dumps(template)))


def test_each_workload_packaged_alone_is_that_of_the_application(moved: Moved) -> None:
    golden = {it.stem: json.loads(it.read_text()) for it in (moved.folder / "app/tests/golden").glob("*.json")}
    assert len(golden) == 11
    for name in (STACK, *(f"{STACK}-{it}" for it in PACKAGED)):
        assert without_hashes(moved.packaged[name])["Resources"].keys() == golden[name]["Resources"].keys()


def test_the_cdk_cli_makes_of_the_app_what_the_manifests_make(moved: Moved) -> None:
    assert "Successfully synthesized" in moved.printed["synth"] or not moved.printed["synth"].strip()
    templates = [json.loads(it.read_text()) for it in moved.first.folder.glob("*[0-9A-F].template.json")]
    golden = [json.loads(it.read_text()) for it in (moved.folder / "app/tests/golden").glob("*.json")]
    assert len(templates) == len(golden)
    made = {json.dumps(without_hashes(it["Resources"]), sort_keys=True) for it in templates}
    assert made == {json.dumps(it["Resources"], sort_keys=True) for it in golden}


def test_the_plan_knows_every_resource(moved: Moved) -> None:
    kept = [it for it in moved.plan["resources"] if it["action"] == "kept"]
    assert {"AWS::ECS::Service", "AWS::EC2::VPC", "AWS::SQS::Queue"} <= {it["type"] for it in kept}
    assert not [it for it in moved.plan["resources"] if it["action"] in ("replaced", "imported")]


def test_the_account_holds_what_the_manifests_describe(moved: Moved) -> None:
    made = {kind: len(names) for kind, names in moved.inventories["deployed"].items() if names}
    assert made == described(moved.first)
    assert moved.running["deployed"].keys() == {"admin", "baker", "catalogue", "mailer", "orders", "shop"}


def test_sources_are_built_and_files_copied(moved: Moved) -> None:
    assert len({it for it in moved.docker if it.startswith("push ")}) == 6
    assert moved.files == ["index.html"]


def test_a_second_deployment_replaces_nothing(moved: Moved) -> None:
    before, after = moved.inventories["deployed"], moved.inventories["updated"]
    tasks = "AWS::ECS::TaskDefinition"
    assert {kind for kind in before if before[kind] != after[kind]} == {tasks}
    was, now = moved.running["deployed"], moved.running["updated"]
    assert {name for name in now if now[name] != was[name]} == {"shop"}
    first, second = moved.first.templates(), moved.second.templates()
    changed = [(stack, name) for stack in first for name in first[stack] if first[stack][name] != second[stack][name]]
    assert [name for _, name in changed] == ["TaskDefinition"]


def test_data_outlives_the_stacks(moved: Moved) -> None:
    left = {kind: names for kind, names in moved.inventories["destroyed"].items() if names}
    assert left.keys() == DATA
    assert all(set(names) <= set(moved.inventories["deployed"][kind]) for kind, names in left.items())
    for kind in ("AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::S3::Bucket"):
        assert left[kind] == moved.inventories["deployed"][kind]


def test_the_emulator_lacks_only_what_is_listed(moved: Moved) -> None:
    assert moved.gaps == GAPS
