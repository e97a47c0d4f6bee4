"""From a name in the code to what is deployed: by the assembly, by a deployed stack, by tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Ran, Shell
from tests.operate import shop
from tests.operate.script import ACCOUNT, REGION, Error, Script, Told

Aws = Callable[[Told], Script]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def first_line(ran: Ran) -> str:
    return ran.out.splitlines()[0] if ran.out else ran.err.splitlines()[0].removeprefix("cdk-containers: ")


@pytest.mark.parametrize(
    "name", ["Shop/Web", "Web", "dev-application/Shop/Web", "/dev-application/Shop/Web", "shop/web"]
)
@pytest.mark.usefixtures("app")
def test_a_service_is_found_by_its_path_or_the_end_of_it(shell: Shell, aws: Aws, name: str):
    script = aws(shop.steady())
    assert first_line(shell("status", name)).startswith("Shop/Web  dev  eu-west-1 ")
    assert script.asked("ecs.describe_services") == [{"cluster": shop.CLUSTER, "services": [shop.service_arn("Web")]}]
    assert script.asked("cloudformation.describe_stack_resources") == [
        {"StackName": shop.STACK, "LogicalResourceId": "Web"}
    ]


@pytest.mark.usefixtures("app")
def test_a_name_that_is_not_there_gets_the_nearest_ones(shell: Shell, aws: Aws):
    aws(shop.steady())
    ran = shell("status", "Shop/Wep")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        "cdk-containers: nothing is named 'Shop/Wep'",
        "  did you mean dev-application/Shop/Web?",
    ]
    far = shell("status", "zzz")
    assert "these names exist: dev-application/Kubernetes, dev-application/Shop/Nightly, " in far.err


def test_an_ambiguous_name_gets_its_candidates(shell: Shell, aws: Aws, tmp_path: Path):
    stacks = {name: shop.stack(name=name, environment=name[:3]) for name in ("dev-shop", "prd-shop")}
    shop.assembly(tmp_path / "cdk.out", stacks)
    aws(shop.steady())
    ran = shell("status", "Shop/Web")
    assert ran.code == 3
    assert ran.err.splitlines() == [
        "cdk-containers: 'Shop/Web' is ambiguous",
        "  dev-shop/Shop/Web (service)",
        "  prd-shop/Shop/Web (service)",
    ]
    assert json.loads(shell("status", "Shop/Web", "--json").err)["candidates"] == [
        "dev-shop/Shop/Web",
        "prd-shop/Shop/Web",
    ]
    assert shell("status", "prd-shop/Shop/Web").code == 0
    assert shell("status", "Shop/Web", "--environment", "prd").code == 0
    assert shell("status", "Shop/Web", "--application", "Bakery").code == 3


def test_names_with_odd_characters_are_found_and_quoted_for_the_shell(shell: Shell, aws: Aws, tmp_path: Path):
    path = f"{shop.STACK}/Shöp (new)/Web's & more"
    shop.assembly(tmp_path / "cdk.out", {shop.STACK: {"Web": shop.service(path)}})
    aws(shop.steady(shop.tasks([shop.stopped_task()])))
    ran = shell("status", "Shöp (new)/Web's & more")
    assert first_line(ran).startswith("Shöp (new)/Web's & more  eu-west-1 ")
    assert """`cdk-containers why 'Shöp (new)/Web'"'"'s & more'`""" in ran.out


def test_stages_and_nested_stacks_lead_to_what_is_in_them(shell: Shell, aws: Aws, tmp_path: Path):
    inner = shop.assembly(tmp_path / "cdk.out" / "assembly-Dev", {"Dev-shop": {}})
    nested = shop.resource("AWS::CloudFormation::Stack", "Dev/shop/Inner")
    nested["Metadata"]["aws:asset:path"] = "nested.template.json"
    (inner / "nested.template.json").write_text(json.dumps({"Resources": {"Web": shop.service("Dev/shop/Inner/Web")}}))
    (inner / "Dev-shop.template.json").write_text(json.dumps({"Resources": {"Nested": nested}}))
    manifest = json.loads((inner / "manifest.json").read_text())
    manifest["artifacts"]["Dev-shop"]["displayName"] = "Dev/shop"
    (inner / "manifest.json").write_text(json.dumps(manifest))
    stage = {"Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Dev"}}}
    (tmp_path / "cdk.out" / "manifest.json").write_text(json.dumps({"artifacts": stage}))
    script = aws(shop.steady(shop.found({"Nested": "arn:nested", "Web": shop.service_arn("Web")})))
    assert first_line(shell("status", "Dev/shop/Inner/Web")).startswith("Inner/Web  eu-west-1")
    asked = script.asked("cloudformation.describe_stack_resources")
    assert [it["StackName"] for it in asked] == ["Dev-shop", "arn:nested"]


@pytest.mark.usefixtures("app")
def test_a_stack_that_was_never_deployed_is_said(shell: Shell, aws: Aws):
    missing = Error("ValidationError", "Stack 'dev-application' does not exist")
    aws(shop.steady({"cloudformation.describe_stack_resources": missing}))
    ran = shell("status", "Shop/Web")
    assert ran.code == 3
    assert ran.err.splitlines() == [
        f"cdk-containers: stack dev-application is not deployed in {ACCOUNT}/{REGION}",
        "  deploy it with `cdk deploy dev-application`, or choose another --region or --profile",
    ]


@pytest.mark.usefixtures("app")
def test_an_assembly_of_another_version_than_what_is_deployed_is_said(shell: Shell, aws: Aws):
    aws(shop.steady(shop.found({"Orders": shop.service_arn("Orders")})))
    ran = shell("status", "Shop/Web")
    assert ran.code == 3
    assert "does not contain Shop/Web (Web)" in ran.err
    assert "synthesize the version that is deployed" in ran.err


@pytest.mark.parametrize(
    ("prepare", "code", "told"),
    [
        (lambda folder: folder.mkdir(), 2, "manifest.json"),
        (lambda folder: shop.assembly(folder, {}), 3, "this assembly has no service, job or cluster"),
        (
            lambda folder: shop.assembly(folder, {}, version="99.0.0"),
            3,
            "its version is 99, but the newest that this tool knows is 55",
        ),
        (lambda folder: (shop.assembly(folder) / f"{shop.STACK}.template.json").write_text("{"), 2, "`cdk synth`"),
    ],
    ids=["no assembly", "an empty one", "a newer one", "a broken one"],
)
def test_an_assembly_that_says_nothing_is_said(  # noqa: PLR0917
    shell: Shell, aws: Aws, tmp_path: Path, prepare: Callable[[Path], object], code: int, told: str
):
    aws(shop.steady())
    prepare(tmp_path / "cdk.out")
    ran = shell("status", "Shop/Web")
    assert ran.code == code
    assert told in ran.err


def test_without_an_assembly_a_deployed_stack_has_the_names(shell: Shell, aws: Aws):
    script = aws(
        shop.steady({"cloudformation.get_template": {"TemplateBody": json.dumps({"Resources": shop.stack()})}})
    )
    assert first_line(shell("status", "Shop/Web", "--stack", shop.STACK)).startswith("Shop/Web  dev ")
    assert script.asked("cloudformation.get_template")[0]["StackName"] == shop.STACK
    script.told["cloudformation.get_template"] = Error("ValidationError", "Stack with id x does not exist")
    assert "stack x is not deployed" in shell("status", "Shop/Web", "--stack", "x").err
    script.told["cloudformation.get_template"] = {"TemplateBody": "Resources: {}"}
    assert "not JSON" in shell("status", "Shop/Web", "--stack", "x").err


def tagged(arn: str, component: str, application: str = "Shop", environment: str = "dev") -> dict[str, object]:
    tags = {"component": component, "application": application, "environment": environment}
    return {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items() if value]}


def test_without_an_assembly_tags_have_the_names(shell: Shell, aws: Aws):
    found = [
        tagged(shop.service_arn("Web"), "Web"),
        tagged(shop.service_arn("Web").replace("Web", "Lone"), "Lone", application=""),
        *(tagged(shop.task_definition_arn("nightly", number), "Nightly") for number in (9, 10, 8)),
        tagged(f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/kubernetes", "Kubernetes"),
    ]
    pages = [
        {"ResourceTagMappingList": found[:2], "PaginationToken": "more"},
        {"ResourceTagMappingList": found[2:]},
    ]
    script = aws(shop.steady({"resourcegroupstaggingapi.get_resources": pages * 3}))
    listed = shell("list", "--environment", "dev", "--json").data["resources"]
    assert {(it["name"], it["kind"], it["state"]) for it in listed} == {
        ("Shop/Web", "service", "STEADY"),
        ("Lone", "service", "GONE"),
        ("Shop/Nightly", "job", ""),
        ("Shop/Kubernetes", "EKS cluster", "ACTIVE"),
    }
    (first, *_) = script.asked("resourcegroupstaggingapi.get_resources")
    assert {"Key": "environment", "Values": ["dev"]} in first["TagFilters"]
    assert "Shop/Web" in shell("status", "Shop/Web").out
    script.told["ecs.list_clusters"] = {"clusterArns": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{shop.CLUSTER}"]}
    assert first_line(shell("status", "Shop/Nightly")).endswith("WAITING  rev 10")


def test_without_an_assembly_and_without_tags_it_says_what_to_do(shell: Shell, aws: Aws):
    aws(shop.steady({"resourcegroupstaggingapi.get_resources": {"ResourceTagMappingList": []}}))
    ran = shell("status", "Shop/Web")
    assert ran.code == 3
    assert "has a tag `component`, and this folder has no cdk.out" in ran.err
    assert "--app" in ran.err


def test_a_cluster_that_is_gone_does_not_end_the_list(shell: Shell, aws: Aws, tmp_path: Path):
    shop.assembly(tmp_path / "cdk.out")
    gone = Error("ResourceNotFoundException", "No cluster found for name: kubernetes.")
    aws(shop.steady({"eks.describe_cluster": gone}))
    listed = {it["name"]: it["state"] for it in shell("list", "--json").data["resources"]}
    assert (listed["Kubernetes"], listed["Shop/Web"]) == ("GONE", "STEADY")
    ran = shell("status", "Kubernetes")
    assert (ran.code, "has no EKS cluster" in ran.err) == (3, True)


def test_a_command_for_services_refuses_a_cluster(shell: Shell, aws: Aws, tmp_path: Path):
    shop.assembly(tmp_path / "cdk.out")
    aws(shop.steady())
    ran = shell("scale", "Kubernetes", "3", "--yes")
    assert (ran.code, "has kind EKS cluster" in ran.err) == (2, True)


def test_several_names_are_found_with_one_call_where_they_are_many(shell: Shell, aws: Aws, tmp_path: Path):
    names = [f"S{number}" for number in range(30)]
    resources = {name: shop.service(f"{shop.STACK}/Shop/{name}") for name in names}
    shop.assembly(tmp_path / "cdk.out", {shop.STACK: resources})
    arns = {name: shop.service_arn(name) for name in names}

    def described(asked: object) -> dict[str, object]:
        return {"services": [shop.ecs_service(arn.rpartition("-")[2]) for arn in asked["services"]]}  # type: ignore[index]

    script = aws(shop.steady(shop.found(arns), {"ecs.describe_services": described}))
    listed = shell("list", "--json").data["resources"]
    assert [it["state"] for it in listed] == ["STEADY"] * 30
    assert len(script.asked("cloudformation.list_stack_resources")) == 1
    assert [len(it["services"]) for it in script.asked("ecs.describe_services")] == [10, 10, 10]
