"""The reference stacks through their whole life: the real CDK CLI, an emulated AWS, and AWS's SDK to read it back.

Values are judged on the templates, elsewhere. What is shown here: everything comes up in an order that works and under
names that AWS takes, an update changes what it has to and nothing else, and what is left after the end is what was
meant to stay. The emulator ignores the deletion protection of load balancers, so production can be destroyed here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.emulator.cdk_cli import Assembly, Emulator, run_emulator
from tests.emulator.inventory import READERS, services, take_inventory

DOMAIN = "shop.example.com"

pytestmark = pytest.mark.emulator

Inventory = dict[str, list[str]]

# What the emulator cannot do; everything else in the templates is made, changed and removed.
GAPS = {
    "support AWS::S3::BucketPolicy",
    "support AWS::SNS::TopicPolicy",
    "deletion AWS::EC2::Route",  # goes with its route table
}

FIRST = {"image_tag": "1.0.0"}
SECOND = {"dev": {"image_tag": "1.1.0", "desired_count": "3"}, "prod": {"image_tag": "1.1.0"}}


@dataclass
class Life:
    """What was seen on the way from `cdk bootstrap` to `cdk destroy`."""

    environment: str
    first: Assembly
    second: Assembly
    printed: dict[str, str] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    services: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    docker: list[str] = field(default_factory=list)
    gaps: set[str] = field(default_factory=set)

    def look(self, moment: str, emulator: Emulator) -> None:
        ecs = emulator.client("ecs")
        found = emulator.client("cloudformation").describe_stacks()["Stacks"]
        self.stacks[moment] = {it["StackName"]: it["StackStatus"] for it in found}
        self.inventories[moment] = take_inventory(emulator)
        self.services[moment] = services(ecs)
        running = (ecs.describe_task_definition(taskDefinition=it["taskDefinition"]) for it in self.services[moment])
        self.images[moment] = sorted(
            container["image"] for it in running for container in it["taskDefinition"]["containerDefinitions"]
        )


def live(emulator: Emulator, environment: str) -> Life:
    zone = emulator.client("route53").create_hosted_zone(Name=DOMAIN, CallerReference=environment)
    context = {
        "environment": environment,
        "domain": DOMAIN,
        "hosted_zone_id": zone["HostedZone"]["Id"].rsplit("/", 1)[-1],
    }
    life = Life(
        environment,
        first=emulator.synthesize("first", **context, **FIRST),
        second=emulator.synthesize("second", **context, **SECOND[environment]),
    )
    life.printed["bootstrap"] = emulator.bootstrap(life.first)
    life.printed["deploy"] = emulator.deploy(life.first)
    life.look("deployed", emulator)
    life.printed["diff with itself"] = emulator.diff(life.first)
    life.printed["diff"] = emulator.diff(life.second)
    life.printed["update"] = emulator.deploy(life.second)
    life.look("updated", emulator)
    life.printed["deploy again"] = emulator.deploy(life.second)
    if environment == "dev":
        emulator.deploy(emulator.synthesize("built", **context))
        life.look("built", emulator)
        life.docker = emulator.docker_calls()
    life.printed["destroy"] = emulator.destroy(life.second)
    life.look("destroyed", emulator)
    life.gaps = emulator.gaps()
    return life


# Each environment has an account, an emulator and a test worker of its own.
DEV, PROD = (pytest.param(it, marks=pytest.mark.xdist_group(f"emulator-{it}")) for it in ("dev", "prod"))


@pytest.fixture(scope="session", params=[DEV, PROD])
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    with run_emulator(tmp_path_factory.mktemp(f"emulator-{request.param}")) as emulator:
        return live(emulator, request.param)


def sizes(inventory: Inventory) -> dict[str, int]:
    return {kind: len(names) for kind, names in inventory.items() if names}


def described(assembly: Assembly, *, retained: bool = False) -> dict[str, int]:
    """Count the resources in the templates, of the types that the inventory reads."""
    resources = (it for it in assembly.resources() if not retained or it.get("DeletionPolicy") == "Retain")
    return dict(Counter(it["Type"] for it in resources if it["Type"] in READERS))


def without_task_definitions(inventory: Inventory) -> Inventory:
    return {kind: names for kind, names in inventory.items() if kind != "AWS::ECS::TaskDefinition"}


def test_the_account_holds_what_the_templates_describe(life: Life) -> None:
    assert life.stacks["deployed"] == dict.fromkeys(["CDKToolkit", *life.first.stacks], "CREATE_COMPLETE")
    assert sizes(life.inventories["deployed"]) == described(life.first)


def test_services_are_wired_to_what_was_made_for_them(life: Life) -> None:
    made = life.inventories["deployed"]
    found = life.services["deployed"]
    assert len(found) == 2
    for service in found:
        assert service["clusterArn"] in made["AWS::ECS::Cluster"]
        network = service["networkConfiguration"]["awsvpcConfiguration"]
        assert network["assignPublicIp"] == "DISABLED"
        assert set(network["subnets"]) < set(made["AWS::EC2::Subnet"])
        assert set(network["securityGroups"]) < set(made["AWS::EC2::SecurityGroup"])
    attached = sorted(it["targetGroupArn"] for service in found for it in service["loadBalancers"])
    assert attached == made["AWS::ElasticLoadBalancingV2::TargetGroup"]
    assert {image.rsplit(":")[-1] for image in life.images["deployed"]} == {"1.0.0"}


def test_no_difference_from_what_was_just_deployed(life: Life) -> None:
    assert "Number of stacks with differences: 0" in life.printed["diff with itself"]


def test_the_difference_is_the_image_and_the_count(life: Life) -> None:
    changed = re.findall(r"^\[([-+~])\] (AWS::\S+)", life.printed["diff"], flags=re.MULTILINE)
    task_definitions = [("~", "AWS::ECS::TaskDefinition")] * 2
    counts = [("~", "AWS::ECS::Service")] * 2
    assert sorted(changed) == sorted(task_definitions + (counts if life.environment == "dev" else []))


def test_an_update_rolls_the_services_and_touches_nothing_else(life: Life) -> None:
    before, after = life.inventories["deployed"], life.inventories["updated"]
    assert without_task_definitions(after) == without_task_definitions(before)
    assert not set(before["AWS::ECS::TaskDefinition"]) & set(after["AWS::ECS::TaskDefinition"])
    assert sorted(it["taskDefinition"] for it in life.services["updated"]) == after["AWS::ECS::TaskDefinition"]
    assert {image.rsplit(":")[-1] for image in life.images["updated"]} == {"1.1.0"}
    unchanged = {name for name, status in life.stacks["updated"].items() if status == "CREATE_COMPLETE"}
    assert set(life.stacks["updated"]) - unchanged == {f"{life.environment}-web-application"}


def test_a_fixed_count_reaches_the_services(life: Life) -> None:
    if life.environment == "dev":
        assert [it["desiredCount"] for it in life.services["deployed"]] == [1, 1]
        assert [it["desiredCount"] for it in life.services["updated"]] == [3, 3]
    else:  # the count is Application Auto Scaling's
        assert len(life.inventories["deployed"]["AWS::ApplicationAutoScaling::ScalableTarget"]) == 2


def test_deploying_the_same_again_changes_nothing(life: Life) -> None:
    assert life.printed["deploy again"].count("(no changes)") == len(life.second.stacks)


@pytest.mark.parametrize("life", [DEV], indirect=True)
def test_images_are_built_from_the_application_and_pushed(life: Life) -> None:
    builds = [call for call in life.docker if call.startswith("build ")]
    pushed = {call.removeprefix("push ") for call in life.docker if call.startswith("push ")}
    assert {target for call in builds for target in re.findall(r"--target (\S+)", call)} == {"web", "backend"}
    assert len(pushed) == 2
    assert pushed == set(life.images["built"])


def test_what_stays_is_what_is_retained(life: Life) -> None:
    left = life.inventories["destroyed"]
    assert life.stacks["destroyed"] == {"CDKToolkit": "CREATE_COMPLETE"}
    assert sizes(left) == described(life.second, retained=True)
    assert all(set(names) <= set(life.inventories["deployed"][kind]) for kind, names in left.items())
    if life.environment == "dev":
        assert sizes(left) == {}
    else:
        assert {"AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::Logs::LogGroup"} <= set(sizes(left))


def test_the_emulator_lacks_only_what_is_listed(life: Life) -> None:
    assert life.gaps == GAPS
