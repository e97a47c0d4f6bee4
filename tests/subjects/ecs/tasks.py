"""Subjects of `tasks`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    CloudWatchLogsOutput,
    ContainerLogs,
    Ec2TaskDefinition,
    ExternalTaskDefinition,
    FargateTaskDefinition,
    FirehoseOutput,
    FireLens,
    FluentBitOutput,
    LogDriver,
    Logs,
    ManagedInstancesTaskDefinition,
    OpenTelemetry,
    S3ConfigFile,
    SharedVolume,
    TaskOptions,
    VolumeMount,
)
from tests.toolkit import (
    IMAGE,
    container,
)

from ..making import OFF, ec2_task, fargate_task, role, secret, without
from ..subject import Change, Subject


def log_group(stack: cdk.Stack) -> aws_logs.ILogGroup:
    return aws_logs.LogGroup.from_log_group_name(stack, "Elsewhere", "elsewhere")


def stream(stack: cdk.Stack, name: str = "stream") -> firehose.CfnDeliveryStream:
    return firehose.CfnDeliveryStream(stack, name, delivery_stream_name=name)


def bucket(stack: cdk.Stack, name: str = "configuration") -> s3.IBucket:
    return s3.Bucket.from_bucket_name(stack, name, name)


def config_file(**options: Any) -> FireLens:
    return FireLens(config_file=S3ConfigFile(**options))


def routed(stack: cdk.Stack, given: dict[str, Any]) -> Any:
    router = FireLens(**without(given, "on_ec2"))
    if given.get("on_ec2"):
        beside = container(name="cache", log_driver=LogDriver(name="json-file"))
        options = TaskOptions(log_router=router, network_mode="bridge")
        return ec2_task(stack, containers=[container(), beside], options=options)
    return fargate_task(stack, **with_volume(), options=TaskOptions(log_router=router))


def with_volume() -> dict[str, Any]:
    mounting = container(mounts=[VolumeMount(volume="buffers", path="/buffers")])
    return {"containers": [mounting], "volumes": [SharedVolume(name="buffers")]}


SUBJECTS: list[Subject] = [
    Subject(FireLens, routed),
    Subject(
        S3ConfigFile,
        lambda stack, given: ec2_task(stack, options=TaskOptions(log_router=config_file(**given))),
        lambda stack: {"bucket": bucket(stack), "key": "extra.conf"},
    ),
    Subject(
        CloudWatchLogsOutput,
        lambda stack, given: fargate_task(
            stack, options=TaskOptions(log_router=FireLens(output=CloudWatchLogsOutput(**given)))
        ),
    ),
    Subject(
        FirehoseOutput,
        lambda stack, given: fargate_task(
            stack, options=TaskOptions(log_router=FireLens(output=FirehoseOutput(**given)))
        ),
        lambda stack: {"delivery_stream": stream(stack)},
    ),
    Subject(
        FluentBitOutput,
        lambda stack, given: fargate_task(
            stack, options=TaskOptions(log_router=FireLens(output=FluentBitOutput(**given)))
        ),
        lambda _: {"name": "datadog"},
    ),
    Subject(
        OpenTelemetry,
        lambda stack, given: fargate_task(
            stack, **with_volume(), options=TaskOptions(telemetry=OpenTelemetry(**given))
        ),
    ),
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
        "pid_mode": "task",
        "ipc_mode": Change("task", beside={"on_ec2": True}),
        "fault_injection": True,
        "logs": ContainerLogs(mode="blocking"),
        "log_router": FireLens(),
        "telemetry": OpenTelemetry(),
    },
    "FireLens": {
        "output": FluentBitOutput(name="stdout"),
        "outputs": {"app": FluentBitOutput(name="stdout")},
        "config_file": "/extra.conf",
        "ecs_metadata": False,
        "buffer_mib": 2,
        "image": IMAGE,
        "type": Change(
            "fluentd",
            beside={"image": IMAGE, "health_check": OFF, "output": FluentBitOutput(name="stdout")},
        ),
        "command": ["run"],
        "entry_point": ["/start"],
        "mounts": [VolumeMount(volume="buffers", path="/buffers")],
        "ports": [5170],
        "links": Change(["cache"], beside={"on_ec2": True}),
        "memory_limit_mib": 200,
        "environment": {"LEVEL": "debug"},
        "secrets": lambda stack: {"API_KEY": secret(stack)},
        "memory_reservation_mib": 100,
        "essential": False,
        "health_check": OFF,
        "user": "2000",
        "readonly_root_filesystem": OFF,
    },
    "S3ConfigFile": {"bucket": lambda stack: bucket(stack, "other"), "key": "other.conf"},
    "CloudWatchLogsOutput": {"log_group": log_group},
    "FirehoseOutput": {"delivery_stream": lambda stack: stream(stack, "other")},
    "FluentBitOutput": {
        "name": "splunk",
        "options": {"host": "logs.example.com"},
        "secret_options": lambda stack: {"apikey": secret(stack)},
    },
    "OpenTelemetry": {
        "traces": False,
        "metrics": False,
        "logs": True,
        "sampling": "xray",
        "propagators": ["tracecontext", "xray"],
        "protocol": "grpc",
        "service_name": "orders",
        "resource_attributes": {"team": "shop"},
        "metrics_logs": Logs(retention=aws_logs.RetentionDays.ONE_WEEK),
        "config": "receivers: {}",
        "mounts": [VolumeMount(volume="buffers", path="/buffers")],
        "memory_limit_mib": 200,
        "image": IMAGE,
        "environment": {"LEVEL": "debug"},
        "secrets": lambda stack: {"API_KEY": secret(stack)},
        "memory_reservation_mib": 100,
        "essential": True,
        "health_check": OFF,
        "user": "2000",
        "readonly_root_filesystem": OFF,
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
