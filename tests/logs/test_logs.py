import json

import pytest
from aws_cdk import aws_kms as kms

from cdk_containers import Cluster, ConstructError, ContainerLogs, FargateTaskDefinition, Logs, TaskOptions
from tests.toolkit import container, containers, network, new_stack, properties, resource, resources, synth


def test_a_task_logs_to_a_group_of_its_own_that_stays_for_a_year():
    stack = new_stack()
    FargateTaskDefinition(stack, "Task", containers=[container()])
    template = synth(stack)
    group = resource(template, "AWS::Logs::LogGroup")
    assert group["Properties"] == {"RetentionInDays": 365}
    assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == "Retain"
    [name] = resources(template, "AWS::Logs::LogGroup")
    configuration = containers(template)["app"]["LogConfiguration"]
    assert configuration["LogDriver"] == "awslogs"
    assert configuration["Options"]["awslogs-group"] == {"Ref": name}
    assert configuration["Options"]["awslogs-stream-prefix"] == "app"


def test_lines_are_dropped_rather_than_the_application_held_up_and_the_template_says_so():
    stack = new_stack()
    FargateTaskDefinition(stack, "Task", containers=[container()])
    options = containers(synth(stack))["app"]["LogConfiguration"]["Options"]
    assert (options["mode"], options["max-buffer-size"]) == ("non-blocking", f"{25 * 1024 * 1024}b")


def test_logs_that_must_not_be_lost_hold_the_application_up():
    stack = new_stack()
    logs = ContainerLogs(mode="blocking")
    FargateTaskDefinition(stack, "Task", containers=[container()], options=TaskOptions(logs=logs))
    options = containers(synth(stack))["app"]["LogConfiguration"]["Options"]
    assert options["mode"] == "blocking"
    assert "max-buffer-size" not in options


def test_a_key_lets_cloudwatch_logs_of_this_account_use_it_and_is_opened_once():
    stack = new_stack()
    key = kms.Key(stack, "Key")
    for name in ("One", "Two"):
        FargateTaskDefinition(
            stack, name, containers=[container()], options=TaskOptions(logs=ContainerLogs(encryption_key=key))
        )
    Cluster(stack, "Cluster", network=network(stack), encryption_key=key)
    template = synth(stack)
    assert len([g for g in resources(template, "AWS::Logs::LogGroup").values() if "KmsKeyId" in g["Properties"]]) == 3
    policy = properties(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    [statement] = [entry for entry in policy if "logs." in json.dumps(entry["Principal"])]
    assert "ArnLike" in statement["Condition"]
    assert ":log-group:*" in json.dumps(statement["Condition"])
    assert statement["Resource"] == "*"


@pytest.mark.parametrize(
    ("logs", "option", "practice"),
    [
        (ContainerLogs(max_buffer_mib=0), "options.logs.max_buffer_mib", "log-delivery-mode"),
        (ContainerLogs(mode="sometimes"), "options.logs.mode", None),  # type: ignore[arg-type]
        (Logs(), "options.logs", None),
    ],
)
def test_wrong_input(logs: ContainerLogs, option: str, practice: str | None):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        FargateTaskDefinition(stack, "Task", containers=[container()], options=TaskOptions(logs=logs))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert stack.node.try_find_child("Task") is None
