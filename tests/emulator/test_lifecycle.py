"""The reference stacks through their whole life: the real CDK CLI, an emulated AWS, and AWS's SDK to read it back.

Values are judged on the templates, elsewhere. What is shown here: everything comes up in an order that works and under
names that AWS takes, an update changes what it has to and nothing else, and what is left after the end is what was
meant to stay. The emulator ignores the deletion protection of load balancers, so production can be destroyed here;
that of clusters is removed by hand first, as on AWS.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.emulator import templates
from tests.emulator.cdk_cli import Assembly
from tests.emulator.clusters import images
from tests.emulator.inventory import READERS
from tests.emulator.life import DEV, Inventory, Life, construct_id

pytestmark = pytest.mark.emulator

# What the emulator cannot do; everything else in the templates is made, changed and removed.
GAPS = {
    "support AWS::ECR::PullThroughCacheRule",
    "support AWS::ECS::ExpressGatewayService",
    "support AWS::ElasticBeanstalk::Application",
    "support AWS::ElasticBeanstalk::ApplicationVersion",
    "support AWS::ElasticBeanstalk::Environment",
    "support AWS::Logs::QueryDefinition",
    "support AWS::S3::BucketPolicy",  # the emulator ignores conditions: a denial of plain HTTP would deny everything
    "deletion AWS::EC2::Route",  # goes with its route table
    "update AWS::ECS::ExpressGatewayService",
}


MOMENTS = ("deployed", "updated")


def sizes(inventory: Inventory) -> dict[str, int]:
    return {kind: len(names) for kind, names in inventory.items() if names}


def described(assembly: Assembly, *, retained: bool = False) -> dict[str, int]:
    """Count the resources in the templates, of the types that the inventory reads."""
    resources = (
        it for it in assembly.resources() if not retained or str(it.get("DeletionPolicy")).startswith("Retain")
    )
    return dict(Counter(it["Type"] for it in resources if it["Type"] in READERS))


def without_task_definitions(inventory: Inventory) -> Inventory:
    return {kind: names for kind, names in inventory.items() if kind != "AWS::ECS::TaskDefinition"}


def scalable(life: Life) -> set[str]:
    targets = life.inventories["deployed"]["AWS::ApplicationAutoScaling::ScalableTarget"]
    return {construct_id(it.split("/")[-1]) for it in targets}


def target_groups(life: Life) -> set[str]:
    """Name the target groups that services are attached to, and those that take turns with them."""
    attached = [it for service in life.services["deployed"].values() for it in service["loadBalancers"]]
    other = [it["advancedConfiguration"]["alternateTargetGroupArn"] for it in attached if "advancedConfiguration" in it]
    return {it["targetGroupArn"] for it in attached if "targetGroupArn" in it} | {*other}


def test_the_account_holds_what_the_templates_describe(life: Life) -> None:
    assert life.stacks["deployed"] == dict.fromkeys(["CDKToolkit", *life.first.stacks], "CREATE_COMPLETE")
    assert sizes(life.inventories["deployed"]) == described(life.first)


def test_services_are_wired_to_what_was_made_for_them(life: Life) -> None:
    made = life.inventories["deployed"]
    found = life.services["deployed"]
    assert set(found) == set(templates.services(life.first))
    assert {it["clusterArn"] for it in found.values()} < set(made["AWS::ECS::Cluster"])
    own_address = {name for name, it in life.task_definitions["deployed"].items() if it["networkMode"] == "awsvpc"}
    assert {name for name, it in found.items() if it.get("networkConfiguration")} == own_address
    for network in (found[name]["networkConfiguration"]["awsvpcConfiguration"] for name in own_address):
        assert network["assignPublicIp"] == "DISABLED"
        assert set(network["subnets"]) < set(made["AWS::EC2::Subnet"])
        assert set(network["securityGroups"]) < set(made["AWS::EC2::SecurityGroup"])
    assert target_groups(life) < set(made["AWS::ElasticLoadBalancingV2::TargetGroup"])
    attached = [it for service in found.values() for it in service["loadBalancers"]]
    classic = [it["loadBalancerName"] for it in attached if "loadBalancerName" in it]
    assert classic == made["AWS::ElasticLoadBalancing::LoadBalancer"]


def test_services_run_the_image_that_they_were_given(life: Life) -> None:
    application = life.rolled
    assert {"web-application/Web", "instances/Api", "connections/Orders"} < application
    own = {moment: {it for it in life.images(moment, *application) if "dkr.ecr" in it} for moment in MOMENTS}
    assert {it.rsplit(":")[-1] for it in own["deployed"]} == {"1.0.0"}
    assert {it.rsplit(":")[-1] for it in own["updated"]} == {"1.1.0"}
    others = set(life.services["deployed"]) - application
    assert life.images("deployed", *others) == life.images("updated", *others)


def test_no_difference_from_what_was_just_deployed(life: Life) -> None:
    assert "Number of stacks with differences: 0" in life.printed["diff with itself"]


def test_the_difference_is_the_image_and_the_count(life: Life) -> None:
    told = re.findall(r"^\[([-+~])\] (AWS::\S+)", life.printed["diff"], flags=re.MULTILINE)
    changed = [kind for _, _, kind in templates.changed(life.first, life.second)]
    assert sorted(told) == sorted(("~", kind) for kind in changed)
    tasks, preview = "AWS::ECS::TaskDefinition", "AWS::ECS::ExpressGatewayService"
    assert set(changed) == {tasks, preview, *(["AWS::ECS::Service"] if life.environment == "dev" else [])}


def test_an_update_rolls_the_services_and_touches_nothing_else(life: Life) -> None:
    before, after = life.inventories["deployed"], life.inventories["updated"]
    assert without_task_definitions(after) == without_task_definitions(before)
    was, now = ({name: it["taskDefinition"] for name, it in life.services[when].items()} for when in MOMENTS)
    assert {name for name in now if now[name] != was[name]} == life.rolled
    unchanged = {name for name, status in life.stacks["updated"].items() if status == "CREATE_COMPLETE"}
    changed = templates.changed_stacks(life.first, life.second)
    assert set(life.stacks["updated"]) - unchanged == changed
    # The images of pods are outputs, which manifests take up.
    in_resources = {f"{life.environment}-{stack}" for stack, _, _ in templates.changed(life.first, life.second)}
    assert changed - in_resources == {f"{life.environment}-registry"}


def test_a_fixed_count_reaches_the_services(life: Life) -> None:
    for moment, assembly in zip(MOMENTS, (life.first, life.second), strict=True):
        told = {name: it["DesiredCount"] for name, it in templates.services(assembly).items() if "DesiredCount" in it}
        assert {name: life.services[moment][name]["desiredCount"] for name in told} == told
        replicas = {name for name, it in life.services[moment].items() if it["schedulingStrategy"] == "REPLICA"}
        assert replicas - set(told) == scalable(life)  # the count of these is Application Auto Scaling's
    web = [life.services[moment]["web-application/Web"]["desiredCount"] for moment in MOMENTS]
    assert web == ([1, 3] if life.environment == "dev" else [0, 0])


def test_deploying_the_same_again_changes_nothing(life: Life) -> None:
    assert life.printed["deploy again"].count("(no changes)") == len(life.second.stacks)


@pytest.mark.parametrize("life", [DEV], indirect=True)
def test_images_are_built_from_the_application_and_pushed(life: Life) -> None:
    builds = [call for call in life.docker if call.startswith("build ")]
    pushed = {call.removeprefix("push ") for call in life.docker if call.startswith("push ")}
    assert {target for call in builds for target in re.findall(r"--target (\S+)", call)} == {"web", "backend"}
    tasks = {it for it in life.images("built", *life.rolled) if "dkr.ecr" in it}
    pods = {it for made in life.manifests["built"].values() for it in images(made).values() if "dkr.ecr" in it}
    assert (len(pushed), len(tasks)) == (4, 2)  # pods on nodes with Graviton have images of their own
    assert pushed == tasks | pods


def test_what_stays_is_what_is_retained(life: Life) -> None:
    left = dict(life.inventories["destroyed"])
    assert life.stacks["destroyed"] == {"CDKToolkit": "CREATE_COMPLETE"}
    revisions = left.pop("AWS::ECS::TaskDefinition")  # CodeDeploy may roll back to each one that an update replaced
    assert [it.split("/")[-1].split("TaskDefinition")[0] for it in revisions] == [
        f"{life.environment}deploymentsReports"
    ] * (2 if life.environment == "dev" else 1)
    assert sizes(left) == described(life.second, retained=True)
    assert all(set(names) <= set(life.inventories["deployed"][kind]) for kind, names in left.items())
    if life.environment == "dev":
        assert set(sizes(left)) == {"AWS::S3::Bucket"}
    else:
        assert {"AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::Logs::LogGroup"} <= set(sizes(left))


def test_the_emulator_lacks_only_what_is_listed(life: Life) -> None:
    assert life.gaps == GAPS
