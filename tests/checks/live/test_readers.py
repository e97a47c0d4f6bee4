"""What the readers make of an account: resources in the shape of CloudFormation, judged by the same checks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.policy import allowed_calls
from cdk_containers.checks.live.read import read_account
from cdk_containers.checks.live.readers import READERS
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate, Resource
from tests.checks.live.answers import SESSION

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
    with mock_aws():
        yield lambda service: SESSION.create_client(service, region_name="eu-west-1")


def read(*types: str) -> Estate:
    """Read what finds resources of some types."""
    estate = Estate()
    readers = [it for it in READERS if set(types) & set(it.types)]
    assert read_account(Account(SESSION, allowed=allowed_calls(), region="eu-west-1"), estate, readers) == []
    return estate


def named(estate: Estate, type_: str, name: str) -> Resource:
    (resource,) = [it for it in estate.of_type(type_) if it.logical_id.endswith(name)]
    return resource


def only(estate: Estate, type_: str) -> Resource:
    (resource,) = estate.of_type(type_)
    return resource


def verdicts(estate: Estate) -> dict[tuple[str, str], str]:
    return {(it.practice, re.split("[:/]", it.resource)[-1]): it.verdict for it in run_checks(estate, CHECKS).findings}


def test_pipelines_and_their_projects(client: Client):
    client("codebuild").create_project(
        name="build",
        source={"type": "CODEPIPELINE", "location": "x", "buildspec": "phases: {build: {commands: [docker build .]}}"},
        artifacts={"type": "CODEPIPELINE", "location": "x"},
        environment={"type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"}
        | {"privilegedMode": True},
        serviceRole="arn:aws:iam::123456789012:role/service-role/build",
    )
    client("iam").create_role(
        RoleName="deliver",
        AssumeRolePolicyDocument=json.dumps(
            {"Statement": [{"Action": "sts:AssumeRole", "Principal": {"Service": "codepipeline.amazonaws.com"}}]}
        ),
    )
    client("codepipeline").create_pipeline(
        pipeline={
            "name": "shop",
            "roleArn": "arn:aws:iam::123456789012:role/deliver",
            "artifactStore": {"type": "S3", "location": "artifacts", "encryptionKey": {"id": "key", "type": "KMS"}},
            "stages": [
                {"name": "Source", "actions": [action_of("Source", "S3", {})]},
                {"name": "Build", "actions": [action_of("Build", "CodeBuild", {"ProjectName": "build"})]},
                {"name": "prod", "actions": [action_of("Deploy", "ECS", {"ClusterName": "shop"})]},
            ],
        }
    )
    found = verdicts(read("AWS::CodePipeline::Pipeline", "AWS::CodeBuild::Project"))
    assert found["pipeline-artifacts-encrypted", "shop"] == "pass"
    assert found["build-once", "shop"] == "pass"
    assert found["unprivileged-image-build", "build"] == "fail"
    for practice in ("scan-gate", "approval-before-production", "stage-rollback", "no-deploy-outside-cloudformation"):
        assert found[practice, "shop"] == "fail", practice


def action_of(category: str, provider: str, configuration: dict[str, str]) -> dict[str, Any]:
    type_ = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": provider, "actionTypeId": type_, "runOrder": 1, "configuration": configuration}


def test_repositories(client: Client):
    ecr = client("ecr")
    ecr.create_repository(repositoryName="web", imageTagMutability="IMMUTABLE")
    ecr.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=LIFE_CYCLE)
    ecr.create_repository(repositoryName="old", imageScanningConfiguration={"scanOnPush": True})
    estate = read("AWS::ECR::Repository", "AWS::ECR::RegistryScanningConfiguration")
    web, old = (named(estate, "AWS::ECR::Repository", name) for name in ("/web", "/old"))
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
    group = only(read("AWS::Logs::LogGroup"), "AWS::Logs::LogGroup")
    assert group.number("RetentionInDays") == 30
    assert group.text("LogGroupName") == "web"


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
    estate = read("AWS::ECS::Cluster", "AWS::ECS::Service")
    cluster, service = only(estate, "AWS::ECS::Cluster"), only(estate, "AWS::ECS::Service")
    task = only(estate, "AWS::ECS::TaskDefinition")
    assert [it.text("Name") for it in cluster.maps("ClusterSettings")] == ["containerInsights"]
    assert service.number("DesiredCount") == 2
    assert estate.find(service.value("Cluster")) is cluster
    assert estate.find(service.value("TaskDefinition")) is task
    assert service in task.referring("AWS::ECS::Service")
    assert task.logical_id.endswith(":task-definition/web:1")
    assert task.maps("ContainerDefinitions")[0].flag("ReadonlyRootFilesystem")
    assert task.maps("Volumes")[0].text("EFSVolumeConfiguration", "FilesystemId") == "fs-1"
