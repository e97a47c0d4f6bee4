"""What the readers make of an account: resources in the shape of CloudFormation, judged by the same checks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.session import Session
from moto import mock_aws

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.live import Account, read_account
from cdk_containers.checks.live.policy import allowed_calls
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate, Resource

LIFE_CYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 50},
                "action": {"type": "expire"},
            }
        ]
    }
)

Client = Callable[[str], Any]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        session = Session()
        yield lambda service: session.create_client(service, region_name="eu-west-1")


def read() -> Estate:
    estate = Estate()
    assert read_account(Account(Session(), allowed=allowed_calls(), region="eu-west-1"), estate) == []
    return estate


def only(estate: Estate, type_: str) -> Resource:
    (resource,) = estate.of_type(type_)
    return resource


def verdicts(estate: Estate) -> dict[tuple[str, str], str]:
    return {(it.practice, it.resource): it.verdict for it in run_checks(estate, CHECKS).findings}


def test_repositories(client: Client):
    ecr = client("ecr")
    ecr.create_repository(repositoryName="web", imageTagMutability="IMMUTABLE")
    ecr.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=LIFE_CYCLE)
    ecr.create_repository(repositoryName="old", imageScanningConfiguration={"scanOnPush": True})
    estate = read()
    web, old = estate.of_type("AWS::ECR::Repository")
    assert web.text("LifecyclePolicy", "LifecyclePolicyText") == LIFE_CYCLE
    assert not old.has("LifecyclePolicy")
    found = verdicts(estate)
    assert found["immutable-tags", "web"] == "pass"
    assert found["immutable-tags", "old"] == "fail"
    assert found["scan-on-push", "web"] == "fail"
    assert found["scan-on-push", "old"] == "pass"


def test_log_groups(client: Client):
    logs = client("logs")
    logs.create_log_group(logGroupName="web")
    logs.put_retention_policy(logGroupName="web", retentionInDays=30)
    group = only(read(), "AWS::Logs::LogGroup")
    assert group.number("RetentionInDays") == 30
    assert "web" in group.identifiers


def test_services_and_their_task_definitions(client: Client):
    ecs = client("ecs")
    ecs.create_cluster(clusterName="main", settings=[{"name": "containerInsights", "value": "enabled"}])
    container = {"name": "web", "image": "nginx:1", "readonlyRootFilesystem": True, "memory": 128}
    volume = {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}}
    for family in ("web", "unused"):
        ecs.register_task_definition(
            family=family, networkMode="awsvpc", containerDefinitions=[container], volumes=[volume]
        )
    ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=2)
    estate = read()
    cluster, service = only(estate, "AWS::ECS::Cluster"), only(estate, "AWS::ECS::Service")
    task = only(estate, "AWS::ECS::TaskDefinition")
    assert [it.text("Name") for it in cluster.maps("ClusterSettings")] == ["containerInsights"]
    assert service.number("DesiredCount") == 2
    assert estate.find(service.value("Cluster")) is cluster
    assert estate.find(service.value("TaskDefinition")) is task
    assert service in task.referring("AWS::ECS::Service")
    assert task.logical_id == "web:1"
    assert task.maps("ContainerDefinitions")[0].flag("ReadonlyRootFilesystem")
    assert task.maps("Volumes")[0].text("EFSVolumeConfiguration", "FilesystemId") == "fs-1"
