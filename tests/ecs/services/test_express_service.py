"""One container on ECS Express Mode."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import (
    ConstructError,
    ExpressService,
    Image,
    PredictiveServiceScaling,
    PullThroughCache,
    Repository,
    ScheduledScaling,
    ServiceScaling,
)
from tests.toolkit import (
    IMAGE,
    Template,
    cluster,
    network,
    new_stack,
    own_cluster,
    properties,
    resource,
    resources,
    statements,
    synth,
)

EXPRESS = "AWS::ECS::ExpressGatewayService"
ROLE = "AWS::IAM::Role"


def express(stack: cdk.Stack, **options: Any) -> ExpressService:
    return ExpressService(stack, "Express", **{"cluster": cluster(stack), "image": IMAGE} | options)


def made(**options: Any) -> Template:
    stack = new_stack()
    express(stack, **options)
    return synth(stack)


def actions(template: Template, like: str) -> dict[str, Any]:
    return {
        action: entry["Resource"]
        for entry in statements(template, like)
        for action in ([entry["Action"]] if isinstance(entry["Action"], str) else entry["Action"])
    }


# ---- what is made


def test_its_defaults():
    service = properties(made(), EXPRESS)
    assert (service["Cpu"], service["Memory"], service["HealthCheckPath"]) == ("256", "512", "/")
    assert service["PrimaryContainer"]["Image"] == IMAGE
    assert service["PrimaryContainer"]["ContainerPort"] == 8080
    assert service["ScalingTarget"] == {
        "AutoScalingMetric": "AVERAGE_CPU",
        "AutoScalingTargetValue": 60,
        "MinTaskCount": 2,
        "MaxTaskCount": 4,
    }


def test_it_is_in_private_subnets_unless_it_faces_the_internet():
    private = properties(made(), EXPRESS)["NetworkConfiguration"]
    public = properties(made(internet_facing=True), EXPRESS)["NetworkConfiguration"]
    assert private == {"Subnets": ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]}
    assert public == {"Subnets": ["subnet-0bbbbbbbbbbbbbbb1", "subnet-0bbbbbbbbbbbbbbb2"]}


def test_ecs_makes_what_is_around_it_with_a_role_for_just_that():
    role = resource(made(), ROLE, like="InfrastructureRole")["Properties"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ecs.amazonaws.com"}
    [policy] = role["ManagedPolicyArns"]
    assert policy["Fn::Join"][1][-1] == (
        ":iam::aws:policy/service-role/AmazonECSInfrastructureRoleforExpressGatewayServices"
    )


def test_its_execution_role_writes_its_log_and_nothing_else():
    template = made()
    [log] = resources(template, "AWS::Logs::LogGroup")
    assert properties(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 365
    container = properties(template, EXPRESS)["PrimaryContainer"]
    assert container["AwsLogsConfiguration"] == {"LogGroup": {"Ref": log}, "LogStreamPrefix": "ecs"}
    assert sorted(actions(template, "ExecutionRole")) == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_it_waits_for_roles_policies_and_the_capacity_of_its_cluster():
    stack = new_stack()
    express(stack, cluster=own_cluster(stack))
    waits = resource(synth(stack), EXPRESS)["DependsOn"]
    for name in ("OwnCapacityProviders", "ExpressExecutionRoleDefaultPolicy", "ExpressInfrastructureRole"):
        assert any(waited.startswith(name) for waited in waits)


def test_a_grant_goes_to_its_task_role():
    stack = new_stack()
    dynamodb.TableV2.from_table_name(stack, "Table", "orders").grant_read_data(express(stack))
    template = synth(stack)
    assert "dynamodb:GetItem" in actions(template, "TaskRole")
    assert properties(template, EXPRESS)["TaskRoleArn"]["Fn::GetAtt"][0].startswith("ExpressTaskRole")


def test_its_address_can_be_passed_on():
    stack = new_stack()
    cdk.CfnOutput(stack, "Address", value=express(stack).endpoint)
    [output] = synth(stack)["Outputs"].values()
    assert output["Value"]["Fn::GetAtt"][1] == "Endpoint"


def test_its_tags_are_those_that_it_was_given():
    """Others would replace it, and so move it to another address."""
    stack = new_stack()
    express(stack, tags={"team": "shop"})
    cdk.Tags.of(cdk.App.of(stack) or stack).add("cost", "1")
    cdk.Tags.of(stack).add("team", "another")
    template = synth(stack)
    assert properties(template, EXPRESS)["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert {"Key": "cost", "Value": "1"} in properties(template, "AWS::Logs::LogGroup")["Tags"]


def test_a_service_without_tags_gets_none():
    stack = new_stack()
    express(stack)
    cdk.Tags.of(stack).add("cost", "1")
    template = synth(stack)
    assert "Tags" not in properties(template, EXPRESS)
    assert {"Key": "cost", "Value": "1"} in properties(template, "AWS::Logs::LogGroup")["Tags"]


def test_settings_and_secrets():
    stack = new_stack()
    login = secretsmanager.Secret.from_secret_complete_arn(
        stack, "Login", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/login-AbCdEf"
    )
    express(stack, environment={"MODE": "fast"}, secrets={"LOGIN": login})
    template = synth(stack)
    container = properties(template, EXPRESS)["PrimaryContainer"]
    assert container["Environment"] == [{"Name": "MODE", "Value": "fast"}]
    assert container["Secrets"] == [{"Name": "LOGIN", "ValueFrom": login.secret_arn}]
    assert actions(template, "ExecutionRole")["secretsmanager:GetSecretValue"] == login.secret_arn


@pytest.mark.parametrize(
    ("options", "metric", "target"),
    [
        ({"cpu_percent": 40}, "AVERAGE_CPU", 40),
        ({"memory_percent": 70}, "AVERAGE_MEMORY", 70),
        ({"requests_per_target": 1000}, "REQUEST_COUNT_PER_TARGET", 1000),
    ],
)
def test_it_follows_one_metric(options: dict[str, int], metric: str, target: int):
    scaling = properties(made(scaling=ServiceScaling(min_tasks=1, max_tasks=8, **options)), EXPRESS)["ScalingTarget"]
    assert scaling == {
        "AutoScalingMetric": metric,
        "AutoScalingTargetValue": target,
        "MinTaskCount": 1,
        "MaxTaskCount": 8,
    }


# ---- images


def test_an_image_of_ecr_may_be_pulled():
    stack = new_stack()
    images = Repository.from_attributes(stack, "Images", repository_name="shop")
    express(stack, image=images.image("1.4.2"))
    template = synth(stack)
    assert properties(template, EXPRESS)["PrimaryContainer"]["Image"]["Fn::Join"][1][-1] == "/shop:1.4.2"
    assert actions(template, "ExecutionRole")["ecr:BatchGetImage"]["Fn::Join"][1][-1] == ":repository/shop"


def test_an_image_by_digest():
    stack = new_stack()
    digest = "sha256:" + "a" * 64
    images = Repository.from_attributes(stack, "Images", repository_name="shop")
    express(stack, image=images.image(digest=digest))
    assert properties(synth(stack), EXPRESS)["PrimaryContainer"]["Image"]["Fn::Join"][1][-1] == f"/shop@{digest}"


def test_an_image_that_ecr_has_to_fetch_first():
    stack = new_stack()
    cache = PullThroughCache(stack, "Cache", upstream="public.ecr.aws", prefix="public")
    express(stack, image=cache.image("nginx/nginx", "1.29.1"))
    assert "ecr:BatchImportUpstreamImage" in actions(synth(stack), "ExecutionRole")


def test_an_image_that_is_built(tmp_path: Path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    template = made(image=Image.from_asset(str(tmp_path)))
    assert "container-assets" in str(properties(template, EXPRESS)["PrimaryContainer"]["Image"])
    assert "ecr:BatchGetImage" in actions(template, "ExecutionRole")


def test_a_registry_with_a_login():
    stack = new_stack()
    login = secretsmanager.Secret.from_secret_complete_arn(
        stack, "Login", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:registry-AbCdEf"
    )
    express(stack, image=Image.from_registry("registry.example.com/shop:1.4.2", credentials=login))
    template = synth(stack)
    container = properties(template, EXPRESS)["PrimaryContainer"]
    assert container["RepositoryCredentials"] == {"CredentialsParameter": login.secret_arn}
    assert actions(template, "ExecutionRole")["secretsmanager:GetSecretValue"] == login.secret_arn


# ---- what is refused


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"image": ecs.ContainerImage.from_registry(IMAGE)}, "image", "Image.from_asset"),
        ({"image": "nginx:latest"}, "image", "digest"),
        ({"port": 0}, "port", "1–65535"),
        ({"health_check_path": "healthz"}, "health_check_path", "/healthz"),
        ({"cpu": 300}, "cpu", "512 with 1024"),
        ({"tags": {"aws:cost": "1"}}, "tags['aws:cost']", "aws: is reserved"),
        ({"tags": {"": "1"}}, "tags['']", "1–128"),
        ({"tags": {"team": "<shop>"}}, "tags['team']", "letters"),
        ({"tags": {f"key{number}": "1" for number in range(51)}}, "tags", "up to 50"),
        ({"environment": {"PASSWORD": "aB3$kd83jdD0"}}, "environment['PASSWORD']", "NotSecret"),
        (
            {"scaling": ServiceScaling(min_tasks=1, max_tasks=2, cpu_percent=50, memory_percent=50)},
            "scaling.memory_percent",
            "one of them",
        ),
        (
            {"scaling": ServiceScaling(min_tasks=1, max_tasks=2, scale_in_cooldown=timedelta(minutes=1))},
            "scaling.scale_in_cooldown",
            "WebService",
        ),
        ({"scaling": ServiceScaling(min_tasks=4, max_tasks=2)}, "scaling.max_tasks", "more than 4"),
        (
            {"scaling": ServiceScaling(min_tasks=1, max_tasks=2, messages_per_task=5)},
            "scaling.messages_per_task",
            "cpu_percent",
        ),
        (
            {
                "scaling": ServiceScaling(
                    min_tasks=1, max_tasks=2, schedules=[ScheduledScaling(schedule="rate(1 day)", min_tasks=2)]
                )
            },
            "scaling.schedules",
            "WebService",
        ),
        (
            {"scaling": ServiceScaling(min_tasks=1, max_tasks=2, predictive=PredictiveServiceScaling())},
            "scaling.predictive",
            "WebService",
        ),
        ({"service_name": "my shop"}, "service_name", "hyphens"),
    ],
)
def test_bad_input(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        express(stack, **options)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Express") is None


def test_the_internet_wants_public_subnets():
    stack = new_stack()
    inside = type(network(stack)).from_attributes(
        stack,
        "Inside",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-1"],
    )
    with pytest.raises(ConstructError) as raised:
        express(stack, cluster=cluster(stack, "InsideCluster", network=inside), internet_facing=True)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("internet_facing", "private-subnets")
