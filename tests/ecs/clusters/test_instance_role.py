"""The role of instances is the agent's: what a task may do is its task role's, whatever the network mode."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from cdk_containers import Ec2Capacity
from cdk_containers.model.instances import NetworkMode
from tests.iam.evaluation import arn_of, who_can, who_surely_can
from tests.toolkit import Template, backend, capacity, new_stack, on_ec2, properties, resources, synth

AGENT_ACTIONS = {
    "ecs:DeregisterContainerInstance",
    "ecs:DiscoverPollEndpoint",
    "ecs:ListTagsForResource",
    "ecs:Poll",
    "ecs:RegisterContainerInstance",
    "ecs:StartTelemetrySession",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
    "ecs:UpdateContainerInstancesState",
}
"""What the agent calls, without the log groups that ECS makes in CDK's stead, and without pulling images."""

MODES: list[NetworkMode] = ["awsvpc", "bridge", "host"]


def table_in(stack: cdk.Stack) -> dynamodb.Table:
    return dynamodb.Table(
        stack, "Orders", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )


def roles(template: Template, like: str) -> set[str]:
    return {name for name in resources(template, "AWS::IAM::Role") if like in name}


@pytest.mark.parametrize("mode", MODES)
def test_the_task_role_reads_the_table_and_the_instance_role_does_not(mode: NetworkMode):
    stack = new_stack()
    service = backend(stack, **on_ec2(stack, mode, 8080))
    table_in(stack).grant_read_data(service)
    template = synth(stack)
    [name] = resources(template, "AWS::DynamoDB::Table")
    table = arn_of(template, name)
    task_role = roles(template, "BackendTaskTaskRole")
    assert len(task_role) == len(roles(template, "InstanceRole")) == 1
    for action in ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"):
        assert who_surely_can(template, action, table) == task_role == who_can(template, action, table), action
    for action in ("dynamodb:PutItem", "dynamodb:DeleteTable"):
        assert who_can(template, action, table) == set(), action


@pytest.mark.parametrize("mode", MODES)
def test_images_are_pulled_and_logs_written_by_the_execution_role_alone(mode: NetworkMode):
    stack = new_stack()
    backend(stack, **on_ec2(stack, mode, 8080))
    template = synth(stack)
    [group] = [name for name in resources(template, "AWS::Logs::LogGroup") if "Backend" in name]
    log_group = arn_of(template, group)
    assert who_can(template, "logs:PutLogEvents", log_group) == roles(template, "BackendTaskExecutionRole")


def test_the_instance_role_holds_what_the_agent_and_session_manager_need_and_nothing_else():
    stack = new_stack()
    capacity(stack)
    template = synth(stack)
    role = properties(template, "AWS::IAM::Role")
    statements = [entry for policy in role["Policies"] for entry in policy["PolicyDocument"]["Statement"]]
    actions = {
        action
        for entry in statements
        for action in ([entry["Action"]] if isinstance(entry["Action"], str) else entry["Action"])
    }
    assert {action for action in actions if not action.startswith(("ssm:", "ssmmessages:"))} == AGENT_ACTIONS
    assert not any("*" in action for action in actions)
    assert {entry["Effect"] for entry in statements} == {"Allow"}


def test_the_agent_of_one_cluster_does_not_act_for_another():
    stack = new_stack()
    capacity(stack)
    template = synth(stack)
    [name] = resources(template, "AWS::ECS::Cluster")
    own = arn_of(template, name)
    other = "arn:aws:ecs:eu-west-1:111111111111:cluster/other"
    assert who_surely_can(template, "ecs:RegisterContainerInstance", own) == roles(template, "InstanceRole")
    assert who_can(template, "ecs:RegisterContainerInstance", other) == set()
    instance = "arn:aws:ecs:eu-west-1:111111111111:container-instance/other/1"
    assert who_surely_can(template, "ecs:Poll", instance, {"ecs:cluster": other}) == set()


# ---- nothing gets in


def test_a_grant_to_the_capacity_is_an_error_that_names_the_task_role():
    """The error comes back out of CDK's process, so it is no `ConstructError`; the text is the same."""
    stack = new_stack()
    made, table = capacity(stack), table_in(stack)
    with pytest.raises(RuntimeError) as raised:
        table.grant_read_data(made)
    message = str(raised.value)
    assert message.startswith("Shop/Instances: 1 problem with the arguments")
    assert "grant to the service, which has its own task role: table.grant_read_data(service)" in message
    assert "practice: instance-role-is-the-agents" in message
    assert "jsii" not in message
    assert not resources(synth(stack), "AWS::IAM::Policy")


def statement() -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])


def managed(scope: cdk.Stack, made: Ec2Capacity) -> object:
    return iam.ManagedPolicy(scope, "Managed", statements=[statement()], roles=[made.instance_role])


WAYS: dict[str, Callable[[cdk.Stack, Ec2Capacity], object]] = {
    "a grant to the group": lambda stack, made: table_in(stack).grant_read_data(made.auto_scaling_group),
    "a grant to the launch template": lambda stack, made: table_in(stack).grant_read_data(made.launch_template),
    "a grant to the role": lambda stack, made: table_in(stack).grant_read_data(made.instance_role),
    "a statement": lambda _, made: made.instance_role.add_to_principal_policy(statement()),
    "a statement by way of the group": lambda _, made: made.auto_scaling_group.add_to_role_policy(statement()),
    "a managed policy of AWS": lambda _, made: made.instance_role.add_managed_policy(
        iam.ManagedPolicy.from_aws_managed_policy_name("AmazonS3ReadOnlyAccess")
    ),
    "a managed policy that names the role": managed,
    "an inline policy that names the role": lambda stack, made: iam.Policy(
        stack, "Inline", statements=[statement()], roles=[made.instance_role]
    ),
    "an inline policy that is attached": lambda stack, made: made.instance_role.attach_inline_policy(
        iam.Policy(stack, "Inline", statements=[statement()])
    ),
    "a policy in the words of CloudFormation": lambda stack, made: iam.CfnRolePolicy(
        stack, "Plain", role_name=made.instance_role.role_name, policy_name="Plain", policy_document={}
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_added_to_the_role_is_refused_when_the_app_is_synthesized(way: str):
    stack = new_stack()
    WAYS[way](stack, capacity(stack))
    with pytest.raises(RuntimeError) as raised:
        synth(stack)
    message = str(raised.value)
    assert "[Shop/Instances/InstanceRole] permissions were added to the role of container instances" in message
    assert "table.grant_read_data(service)" in message
    assert "instance-role-is-the-agents" in message


def test_what_is_added_between_two_syntheses_is_refused_for_the_role_that_got_it():
    stack = new_stack()
    first, second = capacity(stack), capacity(stack, "Others")
    app = cast("cdk.App", stack.node.root)
    app.synth()
    second.instance_role.add_to_principal_policy(statement())
    for _ in range(2):
        with pytest.raises(RuntimeError) as raised:
            app.synth(force=True)
        assert "[Shop/Others/InstanceRole] permissions were added" in str(raised.value)
        assert "Shop/Instances/" not in str(raised.value)
    first.instance_role.add_to_principal_policy(statement())
    with pytest.raises(RuntimeError, match=r"Shop/Instances/InstanceRole\] permissions were added"):
        app.synth(force=True)


def test_with_cdks_own_capacity_every_task_can_read_the_table():
    """What the naive version does: the grant to the capacity is taken, and lands on the role of all instances."""
    stack = new_stack()
    group = autoscaling.AutoScalingGroup(
        stack,
        "Group",
        vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1),
        instance_type=ec2.InstanceType("m7i.large"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(),
    )
    table_in(stack).grant_read_data(group)
    template = synth(stack)
    [name] = resources(template, "AWS::DynamoDB::Table")
    able = who_surely_can(template, "dynamodb:GetItem", arn_of(template, name))
    assert able == roles(template, "GroupInstanceRole") != set()
    assert "HttpTokens" not in json.dumps(template)
