"""Subjects of `services`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs

from cdk_containers import (
    Alarms,
    AlbExposure,
    BackendService,
    CloudMap,
    ContainerLogs,
    DaemonService,
    ExpressService,
    ExternalDaemonService,
    ExternalService,
    FargateCapacity,
    Logs,
    ManagedDaemon,
    ManagedInstancesCapacity,
    PlacementConstraint,
    PlacementStrategy,
    Rolling,
    ServiceConnect,
    ServiceScaling,
    TaskOptions,
    WebService,
    WorkerAlarms,
    WorkerService,
    WorkQueue,
)
from tests.toolkit import (
    IMAGE,
    capacity,
    certificate,
    cluster,
    container,
    own_cluster,
)

from ..making import OFF, alarm, another_cluster, either_service, secret, security_group
from ..subject import Change, Subject
from .discovery import PORTS, namespace

NETWORK: dict[str, Any] = {
    "security_groups": lambda stack: [security_group(stack)],
    "vpc_subnets": ec2.SubnetSelection(availability_zones=["eu-west-1a"]),
    "service_name": "shop",
}

SERVICE: dict[str, Any] = {
    "cluster": another_cluster,
    "image": "nginx:1.29.2",
    "container": Change(
        container(ports=[8080], environment={"MODE": "fast"}),
        beside={"image": None, "container": container(ports=[8080])},
    ),
    "sidecars": [container(name="b")],
    "cpu": Change(512, beside={"memory_limit_mib": 1024}),
    "memory_limit_mib": 1024,
    "task": TaskOptions(architecture="ARM64"),
    "exposure": lambda stack: AlbExposure(port=9090, certificate=certificate(stack, "Other")),
    "service_connect": Change(
        lambda stack: ServiceConnect(namespace=namespace(stack)),
        beside={"image": None, "container": container(ports=PORTS)},
    ),
    "cloud_map": lambda stack: CloudMap(namespace=namespace(stack), name="orders"),
    "desired_count": 3,
    "scaling": ServiceScaling(min_tasks=1, max_tasks=2),
    "deployment": Rolling(min_healthy_percent=50),
    "capacity": [FargateCapacity.spot()],
    "alarms": Alarms(cpu_percent=80),
    "enable_execute_command": Change(
        value=True,
        beside={"image": None, "container": container(ports=[8080], readonly_root_filesystem=OFF)},
    ),
    "placement_strategies": Change([PlacementStrategy.random()], beside={"on_ec2": True}),
    "placement_constraints": Change([PlacementConstraint.distinct_instance()], beside={"on_ec2": True}),
    **NETWORK,
}


def managed(stack: cdk.Stack, id: str = "Managed") -> ManagedInstancesCapacity:  # noqa: A002
    found = stack.node.try_find_child(id)
    if isinstance(found, ManagedInstancesCapacity):
        return found
    return ManagedInstancesCapacity(stack, id, cluster=own_cluster(stack))


SUBJECTS: list[Subject] = [
    Subject(
        ManagedDaemon,
        lambda stack, given: ManagedDaemon(stack, "Daemon", **given),
        lambda stack: {"capacity": [managed(stack)], "image": IMAGE},
    ),
    Subject(
        WebService,
        lambda stack, given: WebService(stack, "Web", **either_service(stack, given)),
        lambda stack: {
            "cluster": cluster(stack),
            "image": IMAGE,
            "exposure": AlbExposure(port=8080, certificate=certificate(stack)),
        },
    ),
    Subject(
        BackendService,
        lambda stack, given: BackendService(stack, "Backend", **either_service(stack, given)),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE},
    ),
    Subject(
        DaemonService,
        lambda stack, given: DaemonService(stack, "Daemon", **given),
        lambda stack: {"cluster": capacity(stack) and own_cluster(stack), "image": IMAGE},
    ),
    Subject(
        WorkerService,
        lambda stack, given: WorkerService(stack, "Worker", **either_service(stack, given)),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE},
    ),
    Subject(
        ExpressService,
        lambda stack, given: ExpressService(stack, "Express", **given),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE},
    ),
    Subject(
        ExternalService,
        lambda stack, given: ExternalService(stack, "External", **given),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE},
    ),
    Subject(
        ExternalDaemonService,
        lambda stack, given: ExternalDaemonService(stack, "Daemon", **given),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE},
    ),
]

EXTERNAL_DAEMON: dict[str, Any] = {
    "cluster": another_cluster,
    "image": "nginx:1.29.2",
    "container": Change(container(environment={"MODE": "fast"}), beside={"image": None, "container": container()}),
    "sidecars": [container(name="b")],
    "cpu": 128,
    "memory_limit_mib": 256,
    "task": TaskOptions(network_mode="host"),
    "deployment": Rolling(circuit_breaker=OFF),
    "placement_constraints": [PlacementConstraint.member_of("attribute:rack == r1")],
    "alarms": Alarms(cpu_percent=80),
    "enable_execute_command": Change(
        value=True, beside={"image": None, "container": container(readonly_root_filesystem=OFF)}
    ),
}

_REFUSED = "refused: see test_external_services"

CHANGES: dict[str, dict[str, Any]] = {
    "WebService": SERVICE | {"health_check_grace_period": timedelta(seconds=300)},
    "BackendService": SERVICE,
    "ExpressService": {
        "image": "nginx:1.29.2",
        "cluster": another_cluster,
        "port": 9090,
        "health_check_path": "/healthz",
        "command": ["serve"],
        "environment": {"MODE": "fast"},
        "secrets": lambda stack: {"LOGIN": secret(stack)},
        "cpu": Change(512, beside={"memory_limit_mib": 1024}),
        "memory_limit_mib": 1024,
        "scaling": ServiceScaling(min_tasks=1, max_tasks=2),
        "internet_facing": True,
        "security_groups": lambda stack: [ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789")],
        "logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "service_name": "shop",
        "tags": {"team": "shop"},
    },
    "ExternalService": EXTERNAL_DAEMON
    | {
        "service_name": "shop",
        "desired_count": 3,
        "placement_strategies": [PlacementStrategy.spread_across_instances()],
    },
    "ExternalDaemonService": EXTERNAL_DAEMON | {"service_name": "shop"},
    "DaemonService": {
        "cluster": lambda stack: cluster(stack, "Other"),
        "image": "nginx:1.29.2",
        "container": Change(container(environment={"MODE": "fast"}), beside={"image": None, "container": container()}),
        "sidecars": [container(name="b")],
        "cpu": 128,
        "memory_limit_mib": 256,
        "task": TaskOptions(network_mode="host"),
        "exposure": lambda stack: AlbExposure(port=9090, certificate=certificate(stack, "Other")),
        "service_connect": lambda stack: ServiceConnect(namespace=namespace(stack)),
        "cloud_map": lambda stack: CloudMap(namespace=namespace(stack), name="orders"),
        "deployment": Rolling(circuit_breaker=OFF),
        "placement_constraints": [PlacementConstraint.member_of("attribute:rack == r1")],
        "alarms": Alarms(cpu_percent=80),
        "enable_execute_command": Change(
            value=True, beside={"image": None, "container": container(readonly_root_filesystem=OFF)}
        ),
        **NETWORK,
    },
    "ManagedDaemon": {
        "capacity": lambda stack: [managed(stack, "Other")],
        "image": "nginx:1.29.2",
        "container": Change(container(environment={"MODE": "fast"}), beside={"image": None, "container": container()}),
        "sidecars": [container(name="b")],
        "cpu": 512,
        "memory_limit_mib": 1024,
        "logs": ContainerLogs(mode="blocking"),
        "critical": False,
        "drain_percent": 50,
        "bake_time": timedelta(minutes=15),
        "alarms": alarm,
    },
    "WorkerService": {
        "cluster": another_cluster,
        "image": "nginx:1.29.2",
        "container": Change(container(environment={"MODE": "fast"}), beside={"image": None, "container": container()}),
        "sidecars": [container(name="b")],
        "cpu": Change(512, beside={"memory_limit_mib": 1024}),
        "memory_limit_mib": 1024,
        "task": TaskOptions(architecture="ARM64"),
        "queue": lambda stack: WorkQueue(stack, "Orders"),
        "processing_time": timedelta(seconds=60),
        "desired_count": 3,
        "scaling": ServiceScaling(min_tasks=1, max_tasks=2),
        "deployment": Rolling(min_healthy_percent=50),
        "capacity": [FargateCapacity.spot()],
        "placement_strategies": SERVICE["placement_strategies"],
        "placement_constraints": SERVICE["placement_constraints"],
        "alarms": WorkerAlarms(dead_letters=5),
        "task_protection": True,
        "enable_execute_command": Change(
            value=True, beside={"image": None, "container": container(readonly_root_filesystem=OFF)}
        ),
        **NETWORK,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "ManagedDaemon.volumes": "wants a mount as well: see test_managed_daemon",
    "BackendService.health_check_grace_period": "wants an exposure as well: see WebService",
    "ExternalService.volumes": "wants a mount as well: see test_volumes_of_the_machine",
    "ExternalDaemonService.volumes": "wants a mount as well: see test_volumes_of_the_machine",
    "ExternalDaemonService.desired_count": _REFUSED,
    "ExternalDaemonService.placement_strategies": _REFUSED,
    **{
        f"{kind}.{option}": _REFUSED
        for kind in ("ExternalService", "ExternalDaemonService")
        for option in (
            "exposure",
            "service_connect",
            "cloud_map",
            "scaling",
            "capacity",
            "health_check_grace_period",
            "security_groups",
            "vpc_subnets",
        )
    },
    "DaemonService.desired_count": "refused: see test_bad_input_on_ec2",
    "DaemonService.scaling": "refused: see test_bad_input_on_ec2",
    "DaemonService.capacity": "refused: see test_bad_input_on_ec2",
    "DaemonService.placement_strategies": "refused: see test_bad_input_on_ec2",
    "DaemonService.health_check_grace_period": "wants an exposure as well: see WebService",
    "DaemonService.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "WebService.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "BackendService.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "WorkerService.volumes": "wants a mount as well: see test_a_volume_is_rendered",
}

NOT_A_SUBJECT: dict[str, str] = {}
