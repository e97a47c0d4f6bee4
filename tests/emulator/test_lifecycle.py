"""The reference stacks through their whole life: the real CDK CLI, an emulated AWS, and AWS's SDK to read it back.

Values are judged on the templates, elsewhere. What is shown here: everything comes up in an order that works and under
names that AWS takes, an update changes what it has to and nothing else, and what is left after the end is what was
meant to stay. The emulator ignores the deletion protection of load balancers, so production can be destroyed here.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.emulator.cdk_cli import Assembly
from tests.emulator.inventory import READERS
from tests.emulator.life import DEV, Inventory, Life, construct_id

pytestmark = pytest.mark.emulator

# By the ids of their constructs: services that run images of the application, those that run somebody else's, and those
# whose tasks have addresses in subnets.
APPLICATION = {"Web", "Backend", "Api", "Tcp", "Legacy", "Cache", "Intranet", "Orders", "Feed", "Reports"}
FOREIGN = {"LogCollector", "Inference"}
SHIFTED = {"Intranet", "Orders", "Feed", "Reports"}
IN_SUBNETS = {"Web", "Backend", "Tcp", "Inference", "Cache", "Intranet", "Orders", "Feed", "Reports"}

# What the emulator cannot do; everything else in the templates is made, changed and removed.
GAPS = {
    "support AWS::CodeDeploy::Application",
    "support AWS::CodeDeploy::DeploymentGroup",
    "support AWS::Logs::QueryDefinition",
    "support AWS::S3::BucketPolicy",  # the emulator ignores conditions: a denial of plain HTTP would deny everything
    "deletion AWS::EC2::Route",  # goes with its route table
}


def sizes(inventory: Inventory) -> dict[str, int]:
    return {kind: len(names) for kind, names in inventory.items() if names}


def described(assembly: Assembly, *, retained: bool = False) -> dict[str, int]:
    """Count the resources in the templates, of the types that the inventory reads."""
    resources = (it for it in assembly.resources() if not retained or it.get("DeletionPolicy") == "Retain")
    return dict(Counter(it["Type"] for it in resources if it["Type"] in READERS))


def without_task_definitions(inventory: Inventory) -> Inventory:
    return {kind: names for kind, names in inventory.items() if kind != "AWS::ECS::TaskDefinition"}


def scalable(life: Life) -> list[str]:
    targets = life.inventories["deployed"]["AWS::ApplicationAutoScaling::ScalableTarget"]
    return [construct_id(it.split("/")[-1]) for it in targets]


def test_the_account_holds_what_the_templates_describe(life: Life) -> None:
    assert life.stacks["deployed"] == dict.fromkeys(["CDKToolkit", *life.first.stacks], "CREATE_COMPLETE")
    assert sizes(life.inventories["deployed"]) == described(life.first)


def test_services_are_wired_to_what_was_made_for_them(life: Life) -> None:
    made = life.inventories["deployed"]
    found = life.services["deployed"]
    assert set(found) == APPLICATION | FOREIGN
    assert {it["clusterArn"] for it in found.values()} == set(made["AWS::ECS::Cluster"])
    assert {name for name, it in found.items() if it.get("networkConfiguration")} == IN_SUBNETS
    for network in (found[name]["networkConfiguration"]["awsvpcConfiguration"] for name in IN_SUBNETS):
        assert network["assignPublicIp"] == "DISABLED"
        assert set(network["subnets"]) < set(made["AWS::EC2::Subnet"])
        assert set(network["securityGroups"]) < set(made["AWS::EC2::SecurityGroup"])
    attached = [it for service in found.values() for it in service["loadBalancers"]]
    target_groups = sorted(it["targetGroupArn"] for it in attached if "targetGroupArn" in it)
    assert set(target_groups) < set(made["AWS::ElasticLoadBalancingV2::TargetGroup"])
    assert len(made["AWS::ElasticLoadBalancingV2::TargetGroup"]) == len(target_groups) + len(SHIFTED)
    classic = [it["loadBalancerName"] for it in attached if "loadBalancerName" in it]
    assert classic == made["AWS::ElasticLoadBalancing::LoadBalancer"]


def test_services_run_the_image_that_they_were_given(life: Life) -> None:
    assert {it.rsplit(":")[-1] for it in life.images("deployed", *APPLICATION)} == {"1.0.0"}
    assert {it.rsplit(":")[-1] for it in life.images("updated", *APPLICATION)} == {"1.1.0"}
    assert life.images("deployed", *FOREIGN) == life.images("updated", *FOREIGN)


def test_no_difference_from_what_was_just_deployed(life: Life) -> None:
    assert "Number of stacks with differences: 0" in life.printed["diff with itself"]


def test_the_difference_is_the_image_and_the_count(life: Life) -> None:
    changed = re.findall(r"^\[([-+~])\] (AWS::\S+)", life.printed["diff"], flags=re.MULTILINE)
    task_definitions = [("~", "AWS::ECS::TaskDefinition")] * len(APPLICATION)
    counts = [("~", "AWS::ECS::Service")] * len(APPLICATION)
    assert sorted(changed) == sorted(task_definitions + (counts if life.environment == "dev" else []))


def test_an_update_rolls_the_services_and_touches_nothing_else(life: Life) -> None:
    before, after = life.inventories["deployed"], life.inventories["updated"]
    assert without_task_definitions(after) == without_task_definitions(before)
    was, now = (
        {name: it["taskDefinition"] for name, it in life.services[when].items()} for when in ("deployed", "updated")
    )
    # CloudFormation changes the count of a service of CodeDeploy, and never what it runs.
    by_codedeploy = now.pop("Reports")
    assert {name for name in now if now[name] != was[name]} == APPLICATION - {"Reports"}
    rest = [arn for arn in after["AWS::ECS::TaskDefinition"] if arn not in now.values()]
    assert rest
    assert all(by_codedeploy.split("/")[-1].split(":")[0] in arn for arn in rest)
    unchanged = {name for name, status in life.stacks["updated"].items() if status == "CREATE_COMPLETE"}
    changed = {f"{life.environment}-{it}" for it in ("web-application", "instances", "deployments")}
    assert set(life.stacks["updated"]) - unchanged == changed


def test_a_fixed_count_reaches_the_services(life: Life) -> None:
    first, second = (
        {name: it["desiredCount"] for name, it in life.services[when].items() if it["schedulingStrategy"] == "REPLICA"}
        for when in ("deployed", "updated")
    )
    if life.environment == "dev":
        assert first == {**dict.fromkeys(APPLICATION, 1), "Inference": 1}
        assert second == {**dict.fromkeys(APPLICATION, 3), "Inference": 1}
    else:  # the count of these two is Application Auto Scaling's
        assert set(scalable(life)) == {"Web", "Backend"}
        fixed = {"Api": 3, "Tcp": 2, "Legacy": 2, "Cache": 2, "Inference": 1, **dict.fromkeys(SHIFTED, 2)}
        assert {name: first[name] for name in fixed} == {name: second[name] for name in fixed} == fixed


def test_deploying_the_same_again_changes_nothing(life: Life) -> None:
    assert life.printed["deploy again"].count("(no changes)") == len(life.second.stacks)


@pytest.mark.parametrize("life", [DEV], indirect=True)
def test_images_are_built_from_the_application_and_pushed(life: Life) -> None:
    builds = [call for call in life.docker if call.startswith("build ")]
    pushed = {call.removeprefix("push ") for call in life.docker if call.startswith("push ")}
    assert {target for call in builds for target in re.findall(r"--target (\S+)", call)} == {"web", "backend"}
    assert len(pushed) == 2
    assert pushed == life.images("built", *APPLICATION)


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
