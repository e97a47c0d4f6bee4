"""What a task definition on EC2 is by itself; services have the rest."""

from __future__ import annotations

import pytest

from cdk_containers import Disabled, Ec2TaskDefinition, TaskOptions
from cdk_containers.model.instances import NetworkMode
from tests.iam.evaluation import who_surely_can
from tests.toolkit import container, containers, new_stack, opt_outs, properties, resources, synth


@pytest.mark.parametrize("mode", ["awsvpc", "bridge", "host"])
def test_it_has_the_same_safe_defaults_as_on_fargate(mode: NetworkMode):
    stack = new_stack()
    Ec2TaskDefinition(
        stack, "Task", containers=[container()], memory_limit_mib=512, options=TaskOptions(network_mode=mode)
    )
    template = synth(stack)
    task = properties(template, "AWS::ECS::TaskDefinition")
    assert (task["NetworkMode"], task["RequiresCompatibilities"], task["Memory"]) == (mode, ["EC2"], "512")
    app = containers(template)["app"]
    assert app["ReadonlyRootFilesystem"] is True
    assert app["User"] == "1000:1000"
    assert app["LinuxParameters"]["InitProcessEnabled"] is True
    assert "Privileged" not in app
    assert app["Memory"] == 512


def test_one_practice_that_is_off_for_two_reasons_has_both():
    stack = new_stack()
    Ec2TaskDefinition(
        stack,
        "Task",
        memory_limit_mib=512,
        containers=[
            container(user=Disabled("binds port 80 itself")),
            container(name="b", user=Disabled("reads the log of the kernel")),
            container(name="c", user=Disabled("binds port 80 itself")),
        ],
    )
    assert opt_outs(synth(stack)) == {
        "AWS::ECS::TaskDefinition": {"non-root-user": "binds port 80 itself; reads the log of the kernel"}
    }


def test_an_address_in_ecr_may_be_pulled_by_the_execution_role():
    stack = new_stack()
    Ec2TaskDefinition(
        stack,
        "Task",
        memory_limit_mib=512,
        containers=[container(image="111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4.2")],
    )
    template = synth(stack)
    image = "arn:aws:ecr:eu-west-1:111111111111:repository/shop/web"
    [execution_role] = [name for name in resources(template, "AWS::IAM::Role") if "ExecutionRole" in name]
    assert who_surely_can(template, "ecr:BatchGetImage", image) == {execution_role}
    assert who_surely_can(template, "ecr:GetAuthorizationToken", "*") == {execution_role}
    assert who_surely_can(template, "ecr:BatchGetImage", f"{image}-two") == set()
