"""Changing any option of anything changes the template: no option is forgotten on its way.

The options are read from the signatures, so an option that is new fails here until the table knows a value for it. A
value comes with what it takes to be valid at all, such as a second container to wait for; both templates get that, and
everything that making the value leaves in the stack, so the difference is the option's own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

import cdk_containers
from cdk_containers import (
    AccessLogs,
    Alarms,
    AlbExposure,
    ApplicationLoadBalancer,
    Cluster,
    Disabled,
    ExecuteCommandAccess,
    FargateCapacity,
    GroupScaling,
    HealthCheck,
    InstanceOptions,
    LinuxOptions,
    ListenerRule,
    LogDriver,
    Logs,
    NatGateways,
    NetworkLoadBalancer,
    PlacementConstraint,
    PlacementStrategy,
    PredictiveScaling,
    Privileged,
    RestartPolicy,
    Rolling,
    ServiceScaling,
    SharedVolume,
    Spot,
    SshKey,
    TargetHealthCheck,
    TaskOptions,
    Tmpfs,
    Ulimit,
    VolumeMount,
)
from cdk_containers.logs import ContainerLogs
from tests.subjects import SUBJECTS, Subject, key_pair
from tests.toolkit import (
    REASON,
    backend,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    own_cluster,
    synth,
)

OFF = Disabled(REASON)

Value = Callable[[cdk.Stack], Any]
"""Makes the other value of an option in a stack."""


@dataclass(frozen=True)
class Change:
    """Another value for an option, and the options that it needs: in both templates, or only along with it."""

    value: Any
    beside: Mapping[str, Any] = field(default_factory=dict)
    along: Mapping[str, Any] = field(default_factory=dict)


def key(name: str) -> Value:
    return lambda stack: kms.Key.from_key_arn(
        stack, name, f"arn:aws:kms:eu-west-1:111111111111:key/{name.lower()}-00000000"
    )


def secret(stack: cdk.Stack) -> secretsmanager.ISecret:
    return secretsmanager.Secret.from_secret_complete_arn(
        stack, "Login", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/login-AbCdEf"
    )


def role(stack: cdk.Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/shop", mutable=False)


def alarm(stack: cdk.Stack) -> list[cloudwatch.IAlarm]:
    arn = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:orders"
    return [cloudwatch.Alarm.from_alarm_arn(stack, "Orders", arn)]


def another_file_system(stack: cdk.Stack) -> efs.IFileSystem:
    group = ec2.SecurityGroup.from_security_group_id(stack, "OtherGroup", "sg-0aaaaaaaaaaaaaaaa")
    return efs.FileSystem.from_file_system_attributes(
        stack, "OtherFiles", file_system_id="fs-0aaaaaaaaaaaaaaaa", security_group=group
    )


def shared(stack: cdk.Stack) -> ApplicationLoadBalancer:
    return ApplicationLoadBalancer(
        stack, "Shared", network=network(stack, "SharedNetwork"), certificates=[certificate(stack, "SharedCertificate")]
    )


def another_cluster(stack: cdk.Stack) -> Cluster:
    return Cluster.from_attributes(stack, "Other", cluster_name="other", network=network(stack, "OtherNetwork"))


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
}

LOGS: dict[str, Any] = {
    "retention": aws_logs.RetentionDays.ONE_MONTH,
    "encryption_key": key("LogKey"),
    "removal_policy": cdk.RemovalPolicy.DESTROY,
}

CHANGES: dict[str, dict[str, Any]] = {
    "Network": {
        "cidr": "10.1.0.0/16",
        "max_azs": 2,
        "nat_gateways": NatGateways.SINGLE,
        "isolated_subnets": True,
        "interface_endpoints": True,
        "flow_logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
    },
    "Repository": {
        "repository_name": "shop/web",
        "immutable_tags": OFF,
        "scan_on_push": OFF,
        "encryption_key": key("ImageKey"),
        "keep_images": 5,
        "untagged_days": 1,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "outputs": False,
    },
    "PullThroughCache": {"upstream": "quay.io", "prefix": "other", "credentials": secret},
    "Cluster": {
        "network": None,
        "capacity": [FargateCapacity.spot()],
        "container_insights": ecs.ContainerInsights.ENABLED,
        "execute_command_logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "encryption_key": key("SessionKey"),
        "cluster_name": "shop",
    },
    "FargateCapacity": {"base": 1, "weight": 2, "interruptible": True},
    "Logs": LOGS,
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
    "ContainerLogs": LOGS | {"mode": "blocking", "max_buffer_mib": 50},
    "Container": {
        "image": "nginx:1.29.2",
        "name": "other",
        "ports": [8080],
        "environment": {"MODE": "fast"},
        "secrets": lambda stack: {"PASSWORD": secret(stack)},
        "command": ["serve"],
        "entry_point": ["/bin/app"],
        "working_directory": "/srv",
        "user": "2000",
        "readonly_root_filesystem": OFF,
        "tmpfs": [Tmpfs(path="/var/cache")],
        "init_process": OFF,
        "cpu": 128,
        "memory_limit_mib": 256,
        "memory_reservation_mib": 128,
        "essential": False,
        "depends_on": {"another": "START"},
        "health_check": HealthCheck(command="true"),
        "restart": RestartPolicy(),
        "stop_timeout": timedelta(seconds=60),
        "mounts": [VolumeMount(volume="data", path="/data")],
        "log_driver": LogDriver(name="splunk"),
        "privileged": Change(Privileged(REASON), beside={"on_ec2": True}),
        "gpus": Change(1, beside={"on_ec2": True}),
        "ulimits": [Ulimit(name="nofile", soft=1024, hard=4096)],
        "linux": LinuxOptions(drop_capabilities=["ALL"]),
    },
    "Port": {
        "number": 81,
        "protocol": "udp",
        "name": "web",
        "host_port": Change(8080, beside={"on_ec2": True}),
    },
    "HealthCheck": {
        "command": "false",
        "interval": timedelta(seconds=20),
        "timeout": timedelta(seconds=7),
        "retries": 5,
        "start_period": timedelta(0),
    },
    "RestartPolicy": {"ignored_exit_codes": [1], "attempt_period": timedelta(seconds=60)},
    "Tmpfs": {"path": "/srv/cache", "size_mib": 128},
    "LogDriver": {
        "name": "awsfirelens",
        "options": {"splunk-url": "https://splunk.example"},
        "secret_options": lambda stack: {"splunk-token": secret(stack)},
    },
    "VolumeMount": {"volume": "two", "path": "/other", "read_only": True},
    "SharedVolume": {"name": "other"},
    "EfsVolume": {
        "name": "other",
        "file_system": another_file_system,
        "access_point": lambda stack: efs.AccessPoint.from_access_point_id(stack, "Point", "fsap-0aaaaaaaaaaaaaaaa"),
        "path": "/shop",
    },
    "Image.from_registry": {
        "reference": "nginx:1.29.2",
        "credentials": secret,
    },
    "Image.from_asset": {
        "file": "Other.Dockerfile",
        "target": "runtime",
        "build_args": {"VERSION": "1"},
    },
    "RepositoryImage": {
        "repository": lambda stack: ecr.Repository.from_repository_name(stack, "Other", "shop/other"),
        "tag": "1.4.3",
        "digest": Change("sha256:" + "0" * 64, along={"tag": None}),
        "cached": True,
    },
    "ApplicationLoadBalancer": {
        "network": lambda stack: ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-0aaaaaaaaaaaaaaaa",
            availability_zones=["eu-west-1a"],
            public_subnet_ids=["subnet-0ccccccccccccccc1"],
        ),
        "certificates": lambda stack: [certificate(stack, "Other")],
        "https": Change(OFF, along={"certificates": []}),
        "redirect_http": False,
        "internet_facing": False,
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "access_logs": AccessLogs(retention_days=30),
        "deletion_protection": OFF,
        "tls_policy": elbv2.SslPolicy.TLS13_13,
        "idle_timeout": timedelta(seconds=30),
    },
    "AccessLogs": {
        "bucket": lambda stack: s3.Bucket.from_bucket_name(stack, "Central", "central-logs"),
        "prefix": "shop",
        "retention_days": 30,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
    },
    "AlbExposure": {
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "load_balancer": Change(shared, along={"certificate": None}),
        "certificate": lambda stack: certificate(stack, "Other"),
        "https": Change(OFF, along={"certificate": None}),
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "rule": ListenerRule(paths=["/shop/*"]),
        "health_check_path": "/healthz",
        "health_check": TargetHealthCheck(healthy_codes="204"),
        "deregistration_delay": timedelta(seconds=60),
        "target_protocol": "HTTPS",
        "protocol_version": "HTTP2",
    },
    "ListenerRule": {
        "paths": ["/shop/*"],
        "hosts": ["shop.example.com"],
        "headers": {"X-Version": ["2"]},
        "methods": ["GET"],
        "source_ips": ["203.0.113.0/24"],
        "priority": 7,
    },
    "TargetHealthCheck": {
        "interval": timedelta(seconds=20),
        "timeout": timedelta(seconds=7),
        "healthy_threshold": 5,
        "unhealthy_threshold": 5,
        "healthy_codes": "204",
    },
    "ServiceScaling": {
        "min_tasks": 3,
        "max_tasks": 30,
        "cpu_percent": 50,
        "memory_percent": 50,
        "requests_per_target": 500,
        "scale_out_cooldown": timedelta(seconds=30),
        "scale_in_cooldown": timedelta(seconds=30),
    },
    "Rolling": {
        "min_healthy_percent": 50,
        "max_healthy_percent": 150,
        "circuit_breaker": OFF,
        "alarm_rollback": OFF,
        "alarms": alarm,
    },
    "Alarms": {
        "topic": lambda stack: sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms"),
        "server_error_percent": 1,
        "cpu_percent": 80,
        "memory_percent": 80,
        "response_time": timedelta(seconds=1),
    },
    "WebService": SERVICE | {"health_check_grace_period": timedelta(seconds=300)},
    "BackendService": SERVICE,
    "AlarmTopic": {"encryption_key": key("TopicKey"), "email_addresses": ["team@example.com"]},
    "AuditTrail": {
        "multi_region": OFF,
        "logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "data_events_of": lambda stack: [s3.Bucket.from_bucket_name(stack, "Data", "shop-data")],
        "encryption_key": key("TrailKey"),
        "bucket": lambda stack: s3.Bucket.from_bucket_name(stack, "Central", "central-logs"),
        "retention_days": 30,
        "trail_name": "shop",
        "removal_policy": cdk.RemovalPolicy.DESTROY,
    },
    "ClusterAccess.read": {"cluster": another_cluster, "tags": {"team": "shop"}},
    "ClusterAccess.operate": {
        "cluster": another_cluster,
        "task_families": ["shop"],
        "pass_roles": lambda stack: [role(stack)],
        "execute_command": ExecuteCommandAccess(reason=REASON),
        "tags": {"team": "shop"},
    },
    "ExecuteCommandAccess": {
        "reason": "another reason that a reviewer understands",
        "containers": ["app"],
        "encryption_key": key("SessionKey"),
    },
    "Ec2Capacity": {
        "cluster": lambda stack: own_cluster(stack, "Other"),
        "instance_types": ["m7i.xlarge"],
        "max_instances": 5,
        "min_instances": 1,
        "spot": Spot(),
        "instances": InstanceOptions(root_volume_gib=100),
        "scaling": GroupScaling(),
        "max_instance_lifetime": timedelta(days=7),
        "notification_topic": lambda stack: sns.Topic.from_topic_arn(
            stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:instances"
        ),
    },
    "InstanceOptions": {
        "machine_image": "BOTTLEROCKET",
        "root_volume_gib": 100,
        "encryption_key": key("VolumeKey"),
        "user_data": ["echo ready"],
        "attributes": {"team": "shop"},
        "nitro_only": OFF,
        "ssh_key": lambda stack: SshKey(key_pair=key_pair(stack), reason=REASON),
    },
    "SshKey": {
        "key_pair": lambda stack: ec2.KeyPair.from_key_pair_name(stack, "OtherKeyPair", "others"),
        "reason": "another reason that a reviewer understands",
    },
    "Spot": {"on_demand_base": 1, "on_demand_percent": 50},
    "ManagedScaling": {
        "target_capacity_percent": 80,
        "minimum_step": 2,
        "maximum_step": 4,
        "instance_warmup": timedelta(seconds=60),
        "termination_protection": OFF,
        "draining": OFF,
    },
    "GroupScaling": {"cpu_percent": 40, "predictive": PredictiveScaling()},
    "PredictiveScaling": {"cpu_percent": 40, "forecast_only": True, "buffer": timedelta(seconds=60)},
    "Ec2TaskDefinition": {
        "containers": [container(name="other", memory_limit_mib=256)],
        "cpu": 512,
        "memory_limit_mib": 1024,
        "options": TaskOptions(network_mode="host"),
    },
    "Ulimit": {"name": "nproc", "soft": 512, "hard": 8192},
    "LinuxOptions": {
        "add_capabilities": ["NET_ADMIN"],
        "drop_capabilities": ["ALL"],
        "shared_memory_mib": 128,
        "max_swap_mib": 64,
        "swappiness": Change(10, beside={"max_swap_mib": 64}),
    },
    "Privileged": {"reason": "another reason that a reviewer understands"},
    "HostVolume": {"name": "other", "host_path": "/mnt/other"},
    "DockerVolume": {
        "name": "other",
        "driver": "rexray/ebs",
        "scope": "task",
        "autoprovision": False,
        "driver_options": {"type": "tmpfs"},
        "labels": {"team": "shop"},
    },
    "EbsVolume": {
        "name": "other",
        "size_gib": 30,
        "volume_type": "gp2",
        "iops": 4000,
        "throughput_mib": 250,
        "snapshot_id": "snap-0123456789abcdef0",
        "file_system": "ext4",
        "encryption_key": key("TaskVolumeKey"),
    },
    "PlacementStrategy": {"type": Change("random", along={"field": None}), "field": "attribute:rack"},
    "PlacementConstraint": {
        "type": Change("distinctInstance", along={"expression": None}),
        "expression": "attribute:rack == r1",
    },
    "DaemonService": {
        "cluster": lambda stack: cluster(stack, "Other"),
        "image": "nginx:1.29.2",
        "container": Change(container(environment={"MODE": "fast"}), beside={"image": None, "container": container()}),
        "sidecars": [container(name="b")],
        "cpu": 128,
        "memory_limit_mib": 256,
        "task": TaskOptions(network_mode="host"),
        "exposure": lambda stack: AlbExposure(port=9090, certificate=certificate(stack, "Other")),
        "deployment": Rolling(circuit_breaker=OFF),
        "placement_constraints": [PlacementConstraint.member_of("attribute:rack == r1")],
        "alarms": Alarms(cpu_percent=80),
        "enable_execute_command": Change(
            value=True, beside={"image": None, "container": container(readonly_root_filesystem=OFF)}
        ),
    },
    "NetworkLoadBalancer": {
        "network": lambda stack: ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-0aaaaaaaaaaaaaaaa",
            availability_zones=["eu-west-1a"],
            public_subnet_ids=["subnet-0ccccccccccccccc1"],
        ),
        "internet_facing": False,
        "access_logs": AccessLogs(retention_days=30),
        "deletion_protection": OFF,
        "cross_zone": False,
    },
    "NlbExposure": {
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "protocol": Change("TCP", along={"certificate": None}),
        "listener_port": 8443,
        "load_balancer": lambda stack: NetworkLoadBalancer(stack, "Shared", network=network(stack, "SharedNetwork")),
        "certificate": lambda stack: certificate(stack, "Other"),
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "health_check_path": "/healthz",
        "health_check_port": 9090,
        "deregistration_delay": timedelta(seconds=60),
        "preserve_client_ip": False,
    },
    "ClassicExposure": {
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "certificate": lambda stack: certificate(stack, "Other"),
        "https": Change(OFF, along={"certificate": None}),
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "health_check_path": "/healthz",
        "access_logs": AccessLogs(retention_days=30),
    },
    "ServiceDashboard": {"services": lambda stack: [backend(stack, "Other")]},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "Image.from_registry.pinned": "only lets a reference pass: see test_fargate_task_definition",
    "RepositoryImage.pinned": "only lets a tag pass",
    "Image.from_asset.directory": "has to exist; the content is what counts, and the hash of it is CDK's",
    "InstanceOptions.eni_trunking": "a setting of the account; only tells what fits: see test_ec2_services",
    "NetworkLoadBalancer.ingress": "opens a port for each listener: see test_network_load_balancer",
    "BackendService.health_check_grace_period": "wants an exposure as well: see WebService",
    "DaemonService.desired_count": "refused: see test_bad_input_on_ec2",
    "DaemonService.scaling": "refused: see test_bad_input_on_ec2",
    "DaemonService.capacity": "refused: see test_bad_input_on_ec2",
    "DaemonService.placement_strategies": "refused: see test_bad_input_on_ec2",
    "DaemonService.health_check_grace_period": "wants an exposure as well: see WebService",
    "DaemonService.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "Ec2TaskDefinition.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "FargateTaskDefinition.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "WebService.volumes": "wants a mount as well: see test_a_volume_is_rendered",
    "BackendService.volumes": "wants a mount as well: see test_a_volume_is_rendered",
}
"""Options that no template shows, with the reason."""

NOT_A_SUBJECT: dict[str, str] = {
    "ConstructError": "an error",
    "Problem": "part of an error",
    "Practice": "data of the catalogue",
    "Disabled": "the word of an opt-out: each has a test that looks for the reason",
    "Image": "made by its methods, which are here",
    "ClusterAccess": "made by its methods, which are here",
    "ContainerInstance": "an instance of the placement simulator",
    "NotSecret": "its value is an environment variable; its reason is for who reads the code",
    "Workload": "describes what FargateTaskDefinition takes by the same names",
}
"""Public classes without options of their own that a template could show, with the reason."""

BY_NAME: dict[str, Subject] = {subject.name: subject for subject in SUBJECTS}


def options() -> list[tuple[str, str]]:
    return [(name, option) for name, subject in BY_NAME.items() for option in subject.options]


@pytest.mark.parametrize(("name", "option"), options(), ids=lambda part: part)
def test_changing_an_option_changes_the_template(name: str, option: str):
    if f"{name}.{option}" in NOT_IN_THE_TEMPLATE:
        return
    changes = CHANGES.get(name, {})
    assert option in changes, f"give {name}.{option} another value in CHANGES, or a reason in NOT_IN_THE_TEMPLATE"
    change = changes[option] if isinstance(changes[option], Change) else Change(changes[option])
    assert template_with(name, option, change) != template_without(name, change)


def template_with(name: str, option: str, change: Change) -> Any:
    stack = new_stack(region="eu-west-1")
    value = change.value(stack) if inspect.isfunction(change.value) else change.value
    BY_NAME[name].build(stack, **{**change.beside, option: value, **change.along})
    return synth(stack)


def template_without(name: str, change: Change) -> Any:
    if not change.beside and not inspect.isfunction(change.value):
        return default_template(name)
    stack = new_stack(region="eu-west-1")
    if inspect.isfunction(change.value):
        change.value(stack)  # what it makes in the stack is not the option's doing
    BY_NAME[name].build(stack, **change.beside)
    return synth(stack)


@cache
def default_template(name: str) -> Any:
    stack = new_stack(region="eu-west-1")
    BY_NAME[name].build(stack)
    return synth(stack)


def test_the_table_has_no_option_that_is_gone():
    known = {f"{name}.{option}" for name, option in options()}
    listed = {f"{name}.{option}" for name, changes in CHANGES.items() for option in changes}
    assert listed | NOT_IN_THE_TEMPLATE.keys() == known
    assert not listed & NOT_IN_THE_TEMPLATE.keys()


def test_everything_public_that_takes_options_is_in_the_table():
    public = {name: getattr(cdk_containers, name) for name in cdk_containers.__all__}
    with_options = {
        name
        for name, value in public.items()
        if inspect.isclass(value) and (is_dataclass(value) or issubclass(value, Construct))
    }
    assert "WebService" in with_options
    assert with_options - BY_NAME.keys() - NOT_A_SUBJECT.keys() == set(), "add them to tests/subjects.py"
    assert not NOT_A_SUBJECT.keys() & BY_NAME.keys()
    assert NOT_A_SUBJECT.keys() <= public.keys()


@pytest.mark.parametrize(
    "name", ["FargateTaskDefinition", "Ec2TaskDefinition", "WebService", "BackendService", "DaemonService"]
)
def test_a_volume_is_rendered(name: str):
    stack = new_stack()
    mounting = container(memory_limit_mib=256, ports=[8080], mounts=[VolumeMount(volume="data", path="/data")])
    given = {"containers": [mounting]} if name.endswith("TaskDefinition") else {"container": mounting, "image": None}
    BY_NAME[name].build(stack, volumes=[SharedVolume(name="data")], **given)
    assert "{'Name': 'data'}" in str(synth(stack)["Resources"])
