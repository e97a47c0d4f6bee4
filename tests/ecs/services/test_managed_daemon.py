"""Agents on every instance of Managed Instances."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from cdk_containers import (
    ConstructError,
    Disabled,
    EfsVolume,
    HostVolume,
    ManagedDaemon,
    ManagedInstancesCapacity,
    VolumeMount,
)
from tests.subjects.making import alarm, file_system
from tests.toolkit import (
    IMAGE,
    REASON,
    container,
    new_stack,
    opt_outs,
    own_cluster,
    properties,
    resource,
    resources,
    statements,
    synth,
)

DAEMON, DEFINITION = "AWS::ECS::Daemon", "AWS::ECS::DaemonTaskDefinition"


def instances(stack: cdk.Stack, id: str = "Managed", cluster: str = "Own") -> ManagedInstancesCapacity:  # noqa: A002
    return ManagedInstancesCapacity(stack, id, cluster=own_cluster(stack, cluster))


def daemon(stack: cdk.Stack, **options: Any) -> ManagedDaemon:
    if "container" not in options:
        options.setdefault("image", IMAGE)
    if "capacity" not in options:
        options["capacity"] = [instances(stack)]
    return ManagedDaemon(stack, "Agent", **options)


def problems(stack: cdk.Stack, **options: Any) -> dict[str, str]:
    with pytest.raises(ConstructError) as error:
        daemon(stack, **options)
    return {problem.option: problem.what for problem in error.value.problems}


def test_it_runs_on_every_instance_of_its_capacities():
    stack = new_stack()
    daemon(stack, capacity=[instances(stack), instances(stack, "Second")])
    template = synth(stack)
    made = properties(template, DAEMON)
    [cluster] = resources(template, "AWS::ECS::Cluster")
    assert made["ClusterArn"] == {"Fn::GetAtt": [cluster, "Arn"]}
    for arn, provider in zip(
        made["CapacityProviderArns"], resources(template, "AWS::ECS::CapacityProvider"), strict=True
    ):
        assert ":capacity-provider/" in str(arn)
        assert {"Ref": provider} in arn["Fn::Join"][1]
    [definition] = resources(template, DEFINITION)
    assert made["DaemonTaskDefinitionArn"] == {"Fn::GetAtt": [definition, "DaemonTaskDefinitionArn"]}


def test_its_defaults_are_written_down():
    stack = new_stack()
    daemon(stack)
    made = properties(synth(stack), DAEMON)
    assert made["Critical"] is True
    assert made["DeploymentConfiguration"] == {"DrainPercent": 25}
    assert (made["EnableECSManagedTags"], made["PropagateTags"]) == (True, "DAEMON")
    assert made["DaemonName"] == "ShopAgent" + made["DaemonName"].removeprefix("ShopAgent")


def test_its_container_is_as_safe_as_others():
    stack = new_stack()
    daemon(stack)
    template = synth(stack)
    definition = properties(template, DEFINITION)
    [one] = definition["ContainerDefinitions"]
    assert one["User"] == "1000:1000"
    assert one["ReadonlyRootFilesystem"] is True
    assert one["LinuxParameters"]["InitProcessEnabled"] is True
    assert "uid=1000" in one["LinuxParameters"]["Tmpfs"][0]["MountOptions"], "a root that is read-only leaves this"
    assert one["LogConfiguration"]["LogDriver"] == "awslogs"
    assert (definition["Cpu"], definition["Memory"]) == ("256", "512")
    assert definition["Family"]
    assert resources(template, "AWS::ECS::TaskDefinition") == {}
    assert resources(template, "AWS::ECS::Service") == {}


def test_a_default_of_its_container_can_be_switched_off():
    stack = new_stack()
    daemon(stack, container=container(user=Disabled(REASON)))
    template = synth(stack)
    assert "User" not in properties(template, DEFINITION)["ContainerDefinitions"][0]
    assert opt_outs(template) == {DEFINITION: {"non-root-user": REASON}}


def test_it_mounts_a_directory_of_the_instance():
    stack = new_stack()
    mounting = container(mounts=[VolumeMount(volume="logs", path="/logs", read_only=True)])
    daemon(stack, container=mounting, volumes=[HostVolume(name="logs", host_path="/var/log")])
    assert properties(synth(stack), DEFINITION)["Volumes"] == [{"Name": "logs", "Host": {"SourcePath": "/var/log"}}]


def test_it_waits_for_the_rights_of_its_roles():
    stack = new_stack()
    made = daemon(stack)
    sqs.Queue(stack, "Queue").grant_send_messages(made)
    template = synth(stack)
    waits = resource(template, DAEMON)["DependsOn"]
    assert any("ExecutionRoleDefaultPolicy" in name for name in waits)
    assert any("TaskRoleDefaultPolicy" in name for name in waits)
    assert any("sqs:SendMessage" in statement["Action"] for statement in statements(template, "TaskRole"))


def test_how_a_deployment_goes():
    stack = new_stack()
    daemon(stack, drain_percent=50, bake_time=timedelta(minutes=15), alarms=alarm(stack), critical=False)
    made = properties(synth(stack), DAEMON)
    assert made["Critical"] is False
    assert made["DeploymentConfiguration"] == {
        "DrainPercent": 50,
        "BakeTimeInMinutes": 15,
        "Alarms": {"AlarmNames": ["orders"], "Enable": True},
    }


def test_all_that_is_wrong_is_said_at_once():
    stack = new_stack()
    efs = EfsVolume(name="files", file_system=file_system(stack))
    mounting = container(ports=[8080], mounts=[VolumeMount(volume="files", path="/files")])
    found = problems(stack, container=mounting, volumes=[efs], drain_percent=0, capacity=[])
    assert {"container.ports", "volumes[0]", "drain_percent", "capacity"} <= found.keys()


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"drain_percent": 101}, "drain_percent"),
        ({"bake_time": timedelta(seconds=30)}, "bake_time"),
        ({"image": None}, "image"),
        ({"container": container(gpus=1), "image": None}, "container.gpus"),
        ({"capacity": ["Managed"]}, "capacity[0]"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str):
    assert option in problems(new_stack(), **options)


def test_it_is_in_one_cluster():
    stack = new_stack()
    found = problems(stack, capacity=[instances(stack), instances(stack, "Second", "Other")])
    assert found == {"capacity": "a daemon belongs to only one cluster"}
