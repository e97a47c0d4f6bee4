"""Services on EC2 as the emulated account has them: what they need came first, and each is bound to the right one."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.emulator.life import Life, construct_id

pytestmark = pytest.mark.emulator

CAPACITIES = {"instances/OnDemand", "instances/Spot", "instances/Gpu"}
"""The groups that ECS sizes."""

STEADY = "instances/Steady"
"""The group that follows its own load."""

# Capacity provider, base and weight.
STRATEGIES = {
    "instances/Api": [("instances/OnDemand", 1, 1), ("instances/Spot", 0, 3)],
    "instances/Tcp": [("instances/OnDemand", 0, 1)],
    "instances/Legacy": [("instances/OnDemand", 0, 1)],
    "instances/Inference": [("instances/Gpu", 0, 1)],
    "instances/Cache": [("instances/OnDemand", 0, 1)],
    "instances/Thumbnails": [(STEADY, 0, 1)],
    "instances/LogCollector": [],  # wherever there is an instance
    "platforms/Orders": [("platforms/OnDemand", 1, 1), ("platforms/Spot", 0, 3)],
    "platforms/Collector": [],
    "platforms/Uploader": [],
}


def launch_template_of(life: Life, group: dict[str, Any]) -> dict[str, Any]:
    policy = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    used = group.get("LaunchTemplate") or policy["LaunchTemplateSpecification"]
    template: dict[str, Any] = life.capacity["launch templates"][used["LaunchTemplateId"]]
    return template


def cluster_of_instances(life: Life) -> dict[str, Any]:
    (found,) = (it for it in life.capacity["clusters"] if f"{life.environment}-instances" in it["clusterName"])
    return found


def test_each_capacity_is_an_auto_scaling_group(life: Life) -> None:
    groups = life.capacity["groups"]
    assert set(groups) == {*CAPACITIES, STEADY}
    for name, group in groups.items():
        sizes = (2, 2, 6) if name == STEADY else (0, 0, 10)
        assert (group["MinSize"], group["DesiredCapacity"], group["MaxSize"]) == sizes
        assert set(group["VPCZoneIdentifier"].split(",")) < set(life.inventories["deployed"]["AWS::EC2::Subnet"])


def test_spot_instances_are_of_several_types(life: Life) -> None:
    groups = life.capacity["groups"]
    assert {name for name, it in groups.items() if "MixedInstancesPolicy" in it} == {"instances/Spot"}
    policy = groups["instances/Spot"]["MixedInstancesPolicy"]
    assert policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 0
    types = [it["InstanceType"] for it in policy["LaunchTemplate"]["Overrides"]]
    assert types == ["m7i.large", "m6i.large", "m7i-flex.large"]


def test_instances_join_the_cluster_with_the_image_of_ecs(life: Life) -> None:
    templates = {name: launch_template_of(life, it) for name, it in life.capacity["groups"].items()}
    assert all(it["ImageId"].startswith("ami-") for it in templates.values())
    assert templates["instances/OnDemand"]["ImageId"] == templates["instances/Spot"]["ImageId"]
    assert templates["instances/OnDemand"]["ImageId"] != templates["instances/Gpu"]["ImageId"]
    for template in templates.values():
        (interface,) = template["NetworkInterfaces"]
        assert set(interface["Groups"]) < set(life.inventories["deployed"]["AWS::EC2::SecurityGroup"])
        assert template["IamInstanceProfile"]["Arn"] in life.inventories["deployed"]["AWS::IAM::InstanceProfile"]
        assert template["MetadataOptions"]["HttpTokens"] == "required"
        script = base64.b64decode(template["UserData"]).decode().splitlines()
        assert f"ECS_CLUSTER={cluster_of_instances(life)['clusterName']}" in script


def providers_of_groups(life: Life) -> dict[str, dict[str, Any]]:
    return {name: it for name, it in life.capacity["providers"].items() if it.get("autoScalingGroupProvider")}


def test_capacity_providers_size_their_groups(life: Life) -> None:
    providers = providers_of_groups(life)
    assert set(providers) == {*CAPACITIES, STEADY}
    steady = providers.pop(STEADY)["autoScalingGroupProvider"]
    assert steady.get("managedScaling", {}).get("status") != "ENABLED"
    production = life.environment == "prod"
    for name, provider in providers.items():
        own = provider["autoScalingGroupProvider"]
        group = life.capacity["groups"][name]
        assert own["autoScalingGroupArn"] in (group["AutoScalingGroupARN"], group["AutoScalingGroupName"])
        assert (own["managedScaling"]["status"], own["managedScaling"]["targetCapacity"]) == ("ENABLED", 90)
        assert own["managedDraining"] == "ENABLED"
        assert own["managedTerminationProtection"] == ("ENABLED" if production else "DISABLED")
        assert group["NewInstancesProtectedFromScaleIn"] is production


def test_one_group_follows_its_load_and_a_forecast(life: Life) -> None:
    policies = life.capacity["policies"]
    assert {construct_id(it["AutoScalingGroupName"]) for it in policies} == {STEADY}
    assert sorted(it["PolicyType"] for it in policies) == ["PredictiveScaling", "TargetTrackingScaling"]


def test_the_cluster_has_fargate_and_the_groups(life: Life) -> None:
    own = {it["name"] for it in providers_of_groups(life).values()}
    associated = cluster_of_instances(life)["capacityProviders"]
    assert sorted(associated) == sorted({"FARGATE", "FARGATE_SPOT", *own})


def test_each_service_runs_on_the_capacity_that_it_asked_for(life: Life) -> None:
    found = life.services["deployed"]
    for name, expected in STRATEGIES.items():
        strategy = found[name].get("capacityProviderStrategy", [])
        assert [(construct_id(it["capacityProvider"]), it["base"], it["weight"]) for it in strategy] == expected
    daemons = {name for name, it in found.items() if it["schedulingStrategy"] == "DAEMON"}
    assert daemons == {"instances/LogCollector", "platforms/Collector"}
    launched = {name: it["launchType"] for name, it in found.items() if it.get("launchType")}
    assert launched == {
        "instances/LogCollector": "EC2",
        "platforms/Collector": "EXTERNAL",
        "platforms/Uploader": "EXTERNAL",
    }
    elsewhere = [it["capacityProviderStrategy"] for name, it in found.items() if name not in STRATEGIES]
    assert {it["capacityProvider"] for strategy in elsewhere for it in strategy} <= {"FARGATE", "FARGATE_SPOT"}


def test_a_volume_is_attached_to_each_task_of_one_service(life: Life) -> None:
    volumes = {
        name: [it["name"] for deployment in service["deployments"] for it in deployment.get("volumeConfigurations", [])]
        for name, service in life.services["deployed"].items()
    }
    assert {name: names for name, names in volumes.items() if names} == {"instances/Cache": ["data"]}
    (volume,) = life.services["deployed"]["instances/Cache"]["deployments"][0]["volumeConfigurations"]
    assert volume["managedEBSVolume"]["roleArn"] in life.inventories["deployed"]["AWS::IAM::Role"]
    assert volume["managedEBSVolume"]["kmsKeyId"] in life.inventories["deployed"]["AWS::KMS::Key"]


def test_load_balancers_of_three_kinds(life: Life) -> None:
    production = life.environment == "prod"
    assert set(life.balancers["types"]) == {"application", "network"}
    assert set(life.balancers["protected"]) == {str(production).lower()}
    classic = life.balancers["classic"]
    (listener,) = classic["ListenerDescriptions"]
    assert listener["Listener"]["InstancePort"] == 8080
    assert (listener["Listener"]["Protocol"], listener["PolicyNames"]) == (
        ("HTTPS", ["TlsOnly"]) if production else ("HTTP", [])
    )
    assert classic["AccessLog"]["Enabled"] is production
    assert classic["HealthCheck"]["Target"] == "HTTP:8080/healthz"
    assert classic["CrossZoneLoadBalancing"]["Enabled"] is True


def test_the_trail_records(life: Life) -> None:
    made = life.inventories["deployed"]
    assert life.trail["IsLogging"] is True
    assert life.trail["S3BucketName"] in made["AWS::S3::Bucket"]
    assert life.trail["CloudWatchLogsLogGroupArn"].split(":")[6] in made["AWS::Logs::LogGroup"]
    assert life.trail["CloudWatchLogsRoleArn"] in made["AWS::IAM::Role"]
    assert life.trail["KmsKeyId"].split("/")[-1] in made["AWS::KMS::Key"]
    assert [it["ReadWriteType"] for it in life.trail["EventSelectors"]] == ["All"]


def test_policies_for_people_are_not_too_long_for_iam(life: Life) -> None:
    assert len(life.policies) == 4
    assert max(len(it) for it in life.policies) <= 6144
