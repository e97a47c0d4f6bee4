"""The roles of instances hold what AWS's own managed policies hold, as far as what we configure needs it.

The policies are those that the emulator of AWS carries; when it is updated, an action that AWS added fails here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
import pytest

from cdk_containers import ExternalInstances, ManagedInstancesCapacity
from tests.iam.evaluation import arn_of, aws_policy, who_can, who_surely_can
from tests.iam.symbols import like
from tests.toolkit import Template, capacity, new_stack, own_cluster, resources, synth

EC2_POLICY = "AmazonEC2ContainerServiceforEC2Role"
MANAGED_POLICY = "AmazonECSInstanceRolePolicyForManagedInstances"

NOT_NEEDED: Mapping[str, str] = {
    "ec2:DescribeTags": "the agent reads tags of its instance only when it is told to propagate them",
    "ecr:BatchCheckLayerAvailability": "images are pulled by the execution role of the task",
    "ecr:BatchGetImage": "images are pulled by the execution role of the task",
    "ecr:GetAuthorizationToken": "images are pulled by the execution role of the task",
    "ecr:GetDownloadUrlForLayer": "images are pulled by the execution role of the task",
    "ecs:CreateCluster": "the cluster is there before its instances (ECS_CLUSTER)",
    "ecs:TagResource": "the agent registers its instance without tags",
    "logs:CreateLogStream": "logs are written by the execution role of the task",
    "logs:PutLogEvents": "logs are written by the execution role of the task",
}
"""What AWS's policy allows and our roles do not, and why."""

HERE = "arn:<Partition>:ecs:<Region>:<AccountId>"


@cache
def on_ec2() -> Template:
    stack = new_stack()
    capacity(stack)
    return synth(stack)


@cache
def on_managed_instances(capacity_option: str = "ON_DEMAND") -> Template:
    stack = new_stack()
    ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack), capacity_option=capacity_option)  # type: ignore[arg-type]
    return synth(stack)


@cache
def outside() -> Template:
    stack = new_stack()
    ExternalInstances(stack, "Machines", cluster=own_cluster(stack))
    return synth(stack)


@cache
def _agents_actions() -> list[str]:
    """Return the actions of ECS; three of the agent's are in no SDK."""
    operations = botocore.session.get_session().get_service_model("ecs").operation_names
    return [f"ecs:{name}" for name in (*operations, "Poll", "PutSystemLogEvents", "StartTelemetrySession")]


def allowed_by_aws(policy: str) -> Iterator[tuple[str, str]]:
    """Yield each action of a policy, written out, with the kind of resource that it is allowed on."""
    for statement in aws_policy(policy)["Statement"]:
        for pattern in _list(statement["Action"]):
            named = [it for it in _agents_actions() if like(pattern, it)] if "*" in pattern else [pattern]
            for action in named:
                for resource in _list(statement["Resource"]):
                    yield action, "" if resource == "*" else resource.split(":")[5].split("/")[0]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def in_cluster(template: Template, kind: str, name: str = "") -> str:
    """Return the ARN of something in the cluster of a template, or of another one."""
    [cluster] = resources(template, "AWS::ECS::Cluster")
    name = name or f"<{cluster}>"
    match kind:
        case "cluster":
            return f"{HERE}:cluster/{name}"
        case "task-set":
            return f"{HERE}:task-set/{name}/web/ecs-svc/4711"
        case _:
            return f"{HERE}:{kind or 'container-instance'}/{name}/4711"


OF_A_CLUSTER = {"RegisterContainerInstance", "DeregisterContainerInstance"}


def resource_of(template: Template, action: str, kind: str, name: str = "") -> str:
    """Return what the agent calls an action on, where AWS's policy names no kind."""
    short = action.removeprefix("ecs:")
    if not kind and (short in OF_A_CLUSTER or short.startswith("Submit")):
        kind = "cluster"
    return "*" if short == "DiscoverPollEndpoint" else in_cluster(template, kind, name)


EC2 = [("on_ec2", action, kind) for action, kind in allowed_by_aws(EC2_POLICY) if action not in NOT_NEEDED]
OUTSIDE = [("outside", action, kind) for _, action, kind in EC2]
MANAGED = [("on_managed_instances", action, kind) for action, kind in allowed_by_aws(MANAGED_POLICY)]
MAKERS = {"on_ec2": on_ec2, "outside": outside, "on_managed_instances": on_managed_instances}


def test_the_policies_of_aws_are_read() -> None:
    assert ("ecs:Poll", "task-set") in allowed_by_aws(MANAGED_POLICY)
    assert ("ecs:SubmitTaskStateChange", "") in allowed_by_aws(EC2_POLICY)
    assert {action for action, _ in allowed_by_aws(EC2_POLICY)} >= set(NOT_NEEDED)


@pytest.mark.parametrize(("maker", "action", "kind"), EC2 + OUTSIDE + MANAGED)
def test_the_role_of_instances_has_what_aws_gives_it_in_its_own_cluster_alone(
    maker: str, action: str, kind: str
) -> None:
    template = MAKERS[maker]()
    [cluster] = resources(template, "AWS::ECS::Cluster")
    role = {name for name in resources(template, "AWS::IAM::Role") if "InstanceRole" in name}
    context = {"ecs:cluster": arn_of(template, cluster)}
    assert who_surely_can(template, action, resource_of(template, action, kind), context) == role
    if action != "ecs:DiscoverPollEndpoint":
        elsewhere = {"ecs:cluster": "arn:aws:ecs:eu-west-1:111111111111:cluster/other"}
        assert who_surely_can(template, action, resource_of(template, action, kind, "other"), elsewhere) == set()


@pytest.mark.parametrize("action", NOT_NEEDED)
def test_what_it_does_not_need_it_has_not(action: str) -> None:
    assert who_can(on_ec2(), "ecs:Poll", in_cluster(on_ec2(), "task-set"))
    assert who_can(on_ec2(), action, "*", {"ecs:CreateAction": "RegisterContainerInstance"}) == set()


@pytest.mark.parametrize("maker", ["on_ec2", "on_managed_instances"])
def test_proxies_of_service_connect_poll_and_say_nothing_of_the_cluster(maker: str) -> None:
    template = MAKERS[maker]()
    role = {name for name in resources(template, "AWS::IAM::Role") if "InstanceRole" in name}
    assert who_surely_can(template, "ecs:Poll", in_cluster(template, "task-set"), {}) == role
    assert who_surely_can(template, "ecs:Poll", in_cluster(template, "task-set", "other"), {}) == set()


def test_the_infrastructure_role_of_managed_instances_holds_its_instance_role_and_may_begin_with_spot() -> None:
    template = on_managed_instances("SPOT")
    [infrastructure] = [name for name in resources(template, "AWS::IAM::Role") if "InfrastructureRole" in name]
    [instance] = [name for name in resources(template, "AWS::IAM::Role") if "InstanceRole" in name]
    to_ec2 = {"iam:PassedToService": "ec2.amazonaws.com"}
    assert who_surely_can(template, "iam:PassRole", arn_of(template, instance), to_ec2) == {infrastructure}
    assert who_surely_can(template, "iam:PassRole", arn_of(template, infrastructure), to_ec2) == set()
    spot = "arn:<Partition>:iam::<AccountId>:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
    assert who_surely_can(template, "iam:CreateServiceLinkedRole", spot) == {infrastructure}
