"""Subjects of `tasks`."""

from __future__ import annotations

from typing import Any

from cdk_containers import (
    ContainerLogs,
    Ec2TaskDefinition,
    ExternalTaskDefinition,
    FargateTaskDefinition,
    ManagedInstancesTaskDefinition,
    TaskOptions,
)
from tests.toolkit import (
    container,
)

from .making import ec2_task, fargate_task, role, without
from .model import Change, Subject

SUBJECTS: list[Subject] = [
    Subject(
        FargateTaskDefinition,
        lambda stack, given: FargateTaskDefinition(stack, "Task", **given),
        lambda _: {"containers": [container()]},
    ),
    Subject(
        TaskOptions,
        lambda stack, given: (
            ec2_task(stack, options=TaskOptions(**without(given, "on_ec2")))
            if given.get("on_ec2")
            else fargate_task(stack, cpu=1024, memory_limit_mib=2048, options=TaskOptions(**given))
        ),
    ),
    Subject(
        Ec2TaskDefinition,
        lambda stack, given: Ec2TaskDefinition(stack, "Task", **given),
        lambda _: {"containers": [container(memory_limit_mib=256)]},
    ),
    Subject(
        ExternalTaskDefinition,
        lambda stack, given: ExternalTaskDefinition(stack, "Task", **given),
        lambda _: {"containers": [container(memory_limit_mib=256)]},
    ),
    Subject(
        ManagedInstancesTaskDefinition,
        lambda stack, given: ManagedInstancesTaskDefinition(stack, "Task", **given),
        lambda _: {"containers": [container(memory_limit_mib=256)]},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "FargateTaskDefinition": {
        "containers": [container(name="other")],
        "cpu": Change(512, beside={"memory_limit_mib": 1024}),
        "memory_limit_mib": 1024,
        "options": TaskOptions(ephemeral_storage_gib=50),
    },
    "TaskOptions": {
        "family": "shop",
        "network_mode": Change("bridge", beside={"on_ec2": True}),
        "architecture": "ARM64",
        "operating_system": "WINDOWS_SERVER_2022_CORE",
        "ephemeral_storage_gib": 50,
        "task_role": role,
        "execution_role": role,
        "logs": ContainerLogs(mode="blocking"),
    },
    "ExternalTaskDefinition": {
        "containers": [container(name="other", memory_limit_mib=256)],
        "cpu": 512,
        "memory_limit_mib": 1024,
        "options": TaskOptions(network_mode="host"),
    },
    "ManagedInstancesTaskDefinition": {
        "containers": [container(name="other", memory_limit_mib=256)],
        "cpu": 512,
        "memory_limit_mib": 1024,
        "options": TaskOptions(network_mode="host"),
    },
    "Ec2TaskDefinition": {
        "containers": [container(name="other", memory_limit_mib=256)],
        "cpu": 512,
        "memory_limit_mib": 1024,
        "options": TaskOptions(network_mode="host"),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "ExternalTaskDefinition.volumes": "wants a mount as well: see test_volumes_of_the_machine",
    "ManagedInstancesTaskDefinition.volumes": "wants a mount as well: see test_volumes_that_it_has",
    "Ec2TaskDefinition.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "FargateTaskDefinition.volumes": "wants a mount as well: see test_a_volume_is_rendered",
}

NOT_A_SUBJECT: dict[str, str] = {}
