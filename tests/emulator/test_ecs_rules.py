"""The emulator's ECS refuses what AWS refuses, or the order of a deployment would prove nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.cdk_cli import Emulator, run_emulator

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-rules")]

STRATEGY = [{"capacityProvider": "big", "weight": 1}]
GROUP = {"autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/a"}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with run_emulator(tmp_path_factory.mktemp("emulator-rules")) as running:
        ecs = running.client("ecs")
        container = {"name": "app", "image": "app", "memory": 64}
        ecs.register_task_definition(family="app", containerDefinitions=[container])
        ecs.create_capacity_provider(name="big", autoScalingGroupProvider=GROUP)
        ecs.create_cluster(clusterName="empty")
        ecs.create_cluster(clusterName="main")
        associate(ecs, "big")
        service(ecs, "main", "running", capacityProviderStrategy=STRATEGY)
        yield running


@pytest.fixture
def ecs(emulator: Emulator) -> Any:
    return emulator.client("ecs")


def associate(ecs: Any, *names: str) -> None:
    ecs.put_cluster_capacity_providers(
        cluster="main", capacityProviders=list(names), defaultCapacityProviderStrategy=[]
    )


def service(ecs: Any, cluster: str, name: str, **options: Any) -> None:
    ecs.create_service(cluster=cluster, serviceName=name, taskDefinition="app", desiredCount=1, **options)


def test_a_service_cannot_use_a_capacity_provider_that_its_cluster_lacks(ecs: Any) -> None:
    with pytest.raises(ClientError, match=r"not associated with cluster empty: \['big'\]"):
        service(ecs, "empty", "web", capacityProviderStrategy=STRATEGY)


def test_a_service_cannot_use_a_target_group_before_a_listener_does(emulator: Emulator, ecs: Any) -> None:
    vpc = emulator.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    options = {"Name": "targets", "Protocol": "HTTP", "Port": 80, "VpcId": vpc}
    target_group = emulator.client("elbv2").create_target_group(**options)["TargetGroups"][0]["TargetGroupArn"]
    attached = {"targetGroupArn": target_group, "containerName": "app", "containerPort": 80}
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        service(ecs, "main", "web", loadBalancers=[attached])


def test_a_cluster_cannot_get_a_capacity_provider_that_does_not_exist(ecs: Any) -> None:
    with pytest.raises(ClientError, match=r"no such capacity provider: \['small'\]"):
        associate(ecs, "FARGATE", "big", "small")


def test_a_cluster_cannot_lose_a_capacity_provider_that_a_service_uses(ecs: Any) -> None:
    with pytest.raises(ClientError, match=r"services of cluster main use \['big'\]"):
        associate(ecs, "FARGATE")


def test_a_capacity_provider_cannot_go_before_its_association(ecs: Any) -> None:
    with pytest.raises(ClientError, match=r"big is associated with \['main'\]"):
        ecs.delete_capacity_provider(capacityProvider="big")
