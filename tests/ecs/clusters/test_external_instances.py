"""What machines outside AWS need to join a cluster."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_dynamodb as dynamodb

from cdk_containers import ConstructError, ExternalInstances
from tests.toolkit import Template, new_stack, own_cluster, resource, synth


def made(**options: Any) -> Template:
    stack = new_stack()
    ExternalInstances(stack, "Machines", cluster=own_cluster(stack), **options)
    return synth(stack)


def output(template: Template, like: str) -> str:
    [value] = [entry["Value"] for name, entry in template["Outputs"].items() if like in name]
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in value["Fn::Join"][1])


def test_only_systems_manager_of_this_account_and_region_gives_the_role_out():
    role = resource(made(), "AWS::IAM::Role", like="Machines")["Properties"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Join"][1][2] == ":ssm:"


def test_the_role_holds_what_the_agents_need_and_no_policy_of_aws():
    """Those of AWS's tutorial read every parameter of the account, and pull every image."""
    role = resource(made(), "AWS::IAM::Role", like="Machines")["Properties"]
    assert "ManagedPolicyArns" not in role
    actions = {
        action
        for statement in role["Policies"][0]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {"ecs:RegisterContainerInstance", "ssm:UpdateInstanceInformation"} <= actions
    assert {action.partition(":")[0] for action in actions} == {"ecs", "ssm", "ssmmessages"}


def test_the_commands_are_outputs():
    template = made(registration_limit=20)
    activation = output(template, "Activation")
    assert activation.startswith("aws ssm create-activation --region <AWS::Region> --iam-role <MachinesInstanceRole")
    assert activation.endswith(" --registration-limit 20")
    registration = output(template, "Registration")
    assert "--cluster <OwnCluster" in registration
    assert registration.endswith('--activation-id "$ACTIVATION_ID" --activation-code "$ACTIVATION_CODE"')
    assert "ExternalInstances" not in str(template)


def test_gpus_are_told_to_the_script():
    assert output(made(gpus=True), "Registration").endswith(" --enable-gpu")


def test_a_grant_to_the_machines_is_an_error():
    stack = new_stack()
    machines = ExternalInstances(stack, "Machines", cluster=own_cluster(stack))
    with pytest.raises(RuntimeError, match="grant to the service"):
        dynamodb.TableV2.from_table_name(stack, "Table", "orders").grant_read_data(machines)


@pytest.mark.parametrize("limit", [0, 1001])
def test_bad_input(limit: int):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        ExternalInstances(stack, "Machines", cluster=own_cluster(stack), registration_limit=limit)
    [problem] = raised.value.problems
    assert (problem.option, problem.allowed, problem.practice) == (
        "registration_limit",
        "1–1000",
        "external-activation",
    )
