from typing import Any

import pytest
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import ConstructError, FargateTaskDefinition, PullThroughCache
from tests.toolkit import container, containers, new_stack, properties, statements, synth


def test_it_makes_a_rule():
    stack = new_stack()
    PullThroughCache(stack, "Cache", upstream="public.ecr.aws", prefix="public")
    assert properties(synth(stack), "AWS::ECR::PullThroughCacheRule") == {
        "EcrRepositoryPrefix": "public",
        "UpstreamRegistryUrl": "public.ecr.aws",
    }


def test_a_registry_that_wants_a_login_gets_one():
    stack = new_stack()
    secret = secretsmanager.Secret.from_secret_complete_arn(
        stack, "Login", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/hub-AbCdEf"
    )
    PullThroughCache(stack, "Cache", upstream="registry-1.docker.io", prefix="hub", credentials=secret)
    rule = properties(synth(stack), "AWS::ECR::PullThroughCacheRule")
    assert rule["CredentialArn"].endswith("ecr-pullthroughcache/hub-AbCdEf")


def test_a_task_may_pull_its_image_and_have_ecr_fetch_it():
    stack = new_stack()
    cache = PullThroughCache(stack, "Cache", upstream="public.ecr.aws", prefix="public")
    FargateTaskDefinition(stack, "Task", containers=[container(image=cache.image("nginx/nginx", "1.29.1"))])
    template = synth(stack)
    image = containers(template)["app"]["Image"]["Fn::Join"][1]
    assert image[-1].endswith("/public/nginx/nginx:1.29.1")
    by_action = {
        action: entry["Resource"]
        for entry in statements(template, "ExecutionRole")
        for action in ([entry["Action"]] if isinstance(entry["Action"], str) else entry["Action"])
    }
    for action in ("ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"):
        assert by_action[action]["Fn::Join"][1][-1] == ":repository/public/nginx/nginx"


def test_two_tags_of_one_image_are_one_repository():
    stack = new_stack()
    cache = PullThroughCache(stack, "Cache", upstream="public.ecr.aws", prefix="public")
    one, two = cache.image("nginx/nginx", "1.29.1"), cache.image("nginx/nginx", "1.29.2")
    assert one.repository.repository_arn == two.repository.repository_arn


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"upstream": "example.com", "prefix": "example"}, "upstream", "'quay.io'"),
        ({"upstream": "quay.io", "prefix": "q"}, "prefix", "2–30"),
        ({"upstream": "quay.io", "prefix": "Quay"}, "prefix", "lowercase"),
        ({"upstream": "ghcr.io", "prefix": "ghcr"}, "credentials", "ecr-pullthroughcache/"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        PullThroughCache(stack, "Cache", **options)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Cache") is None
