"""Subjects of `workload`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_efs as efs
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    Container,
    DockerOptions,
    DockerVolume,
    EbsVolume,
    EfsVolume,
    EnvironmentFile,
    HealthCheck,
    HostVolume,
    Image,
    LinuxOptions,
    LogDriver,
    Port,
    PortRange,
    Privileged,
    RestartPolicy,
    SharedVolume,
    TaskOptions,
    Tmpfs,
    Ulimit,
    VolumeMount,
)
from cdk_containers.model.workload import RepositoryImage
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    container,
)

from ..making import (
    OFF,
    another_file_system,
    build_context,
    ec2_task,
    either_task,
    fargate_task,
    file_system,
    from_registry,
    key,
    secret,
    without,
)
from ..subject import Change, Subject


def settings(stack: cdk.Stack, name: str = "settings") -> s3.IBucket:
    found = stack.node.try_find_child(name)
    return cast("s3.IBucket", found) if found else s3.Bucket.from_bucket_name(stack, name, name)


SUBJECTS: list[Subject] = [
    Subject(
        Container,
        lambda stack, given: either_task(
            stack,
            given,
            containers=[
                Container(**without(given, "on_ec2")),
                container(name="another", mounts=[VolumeMount(volume="data", path="/data")]),
            ],
            volumes=[SharedVolume(name="data")],
        ),
        lambda _: {"image": IMAGE},
    ),
    Subject(
        Port,
        lambda stack, given: either_task(
            stack,
            given,
            containers=[container(ports=[Port(**without(given, "on_ec2"))])],
            **({"options": TaskOptions(network_mode="bridge")} if given.get("on_ec2") else {}),
        ),
        lambda _: {"number": 80},
    ),
    Subject(
        PortRange,
        lambda stack, given: fargate_task(stack, containers=[container(port_ranges=[PortRange(**given)])]),
        lambda _: {"first": 4000, "last": 4010},
    ),
    Subject(
        DockerOptions,
        lambda stack, given: ec2_task(
            stack,
            containers=[container(docker=DockerOptions(**given)), container(name="another")],
            options=TaskOptions(network_mode="bridge"),
        ),
    ),
    Subject(
        EnvironmentFile,
        lambda stack, given: fargate_task(stack, containers=[container(environment_files=[EnvironmentFile(**given)])]),
        lambda stack: {"bucket": settings(stack), "key": "web.env"},
    ),
    Subject(
        HealthCheck,
        lambda stack, given: fargate_task(stack, containers=[container(health_check=HealthCheck(**given))]),
        lambda _: {"command": "true"},
    ),
    Subject(
        RestartPolicy, lambda stack, given: fargate_task(stack, containers=[container(restart=RestartPolicy(**given))])
    ),
    Subject(
        Tmpfs,
        lambda stack, given: fargate_task(stack, containers=[container(tmpfs=[Tmpfs(**given)])]),
        lambda _: {"path": "/var/cache"},
    ),
    Subject(
        LogDriver,
        lambda stack, given: ec2_task(stack, containers=[container(log_driver=LogDriver(**given))]),
        lambda _: {"name": "splunk"},
    ),
    Subject(
        VolumeMount,
        lambda stack, given: fargate_task(
            stack,
            containers=[
                container(mounts=[VolumeMount(**given)]),
                container(
                    name="b", mounts=[VolumeMount(volume="one", path="/1"), VolumeMount(volume="two", path="/2")]
                ),
            ],
            volumes=[SharedVolume(name="one"), SharedVolume(name="two")],
        ),
        lambda _: {"volume": "one", "path": "/data"},
    ),
    Subject(
        SharedVolume,
        lambda stack, given: fargate_task(
            stack,
            containers=[container(mounts=[VolumeMount(volume=given["name"], path="/data")])],
            volumes=[SharedVolume(**given)],
        ),
        lambda _: {"name": "data"},
    ),
    Subject(
        EfsVolume,
        lambda stack, given: fargate_task(
            stack,
            containers=[container(mounts=[VolumeMount(volume=given["name"], path="/data")])],
            volumes=[EfsVolume(**given)],
        ),
        lambda stack: {"name": "data", "file_system": file_system(stack)},
    ),
    Subject(Image.from_registry, from_registry, lambda _: {"reference": IMAGE}),
    Subject(
        Image.from_asset,
        lambda stack, given: fargate_task(stack, containers=[container(image=Image.from_asset(**given))]),
        lambda _: {"directory": build_context()},
    ),
    Subject(
        RepositoryImage,
        lambda stack, given: fargate_task(stack, containers=[container(image=RepositoryImage(**given))]),
        lambda stack: {"repository": ecr.Repository.from_repository_name(stack, "Images", "shop/web"), "tag": "1.4.2"},
    ),
    Subject(
        Ulimit,
        lambda stack, given: ec2_task(stack, containers=[container(ulimits=[Ulimit(**given)])]),
        lambda _: {"name": "nofile", "soft": 1024, "hard": 4096},
    ),
    Subject(
        LinuxOptions,
        lambda stack, given: ec2_task(stack, containers=[container(linux=LinuxOptions(**given))]),
    ),
    Subject(
        Privileged,
        lambda stack, given: ec2_task(stack, containers=[container(privileged=Privileged(**given))]),
        lambda _: {"reason": REASON},
    ),
    Subject(
        HostVolume,
        lambda stack, given: ec2_task(
            stack,
            containers=[container(mounts=[VolumeMount(volume=given["name"], path="/data")])],
            volumes=[HostVolume(**given)],
        ),
        lambda _: {"name": "data", "host_path": "/mnt/data"},
    ),
    Subject(
        DockerVolume,
        lambda stack, given: ec2_task(
            stack,
            containers=[container(mounts=[VolumeMount(volume=given["name"], path="/data")])],
            volumes=[DockerVolume(**given)],
        ),
        lambda _: {"name": "data", "scope": "shared"},
    ),
    Subject(
        EbsVolume,
        lambda stack, given: backend(
            stack,
            container=container(mounts=[VolumeMount(volume=given["name"], path="/data")]),
            volumes=[EbsVolume(**given)],
        ),
        lambda _: {"name": "data", "size_gib": 20},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
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
        "neuron_devices": Change(1, beside={"on_ec2": True}),
        "version_consistency": OFF,
        "ulimits": [Ulimit(name="nofile", soft=1024, hard=4096)],
        "linux": LinuxOptions(drop_capabilities=["ALL"]),
        "docker": Change(DockerOptions(security_options=["no-new-privileges"]), beside={"on_ec2": True}),
        "port_ranges": [PortRange(first=4000, last=4010)],
        "docker_labels": {"team": "shop"},
        "environment_files": lambda stack: [EnvironmentFile(bucket=settings(stack), key="web.env")],
        "system_controls": {"net.core.somaxconn": "1024"},
        "start_timeout": timedelta(seconds=60),
    },
    "PortRange": {"first": 4001, "last": 4011, "protocol": "udp"},
    "DockerOptions": {
        "hostname": "web",
        "links": ["another"],
        "extra_hosts": {"db.internal": "10.0.0.1"},
        "dns_servers": ["10.0.0.2"],
        "dns_search_domains": ["shop.internal"],
        "security_options": ["no-new-privileges"],
    },
    "EnvironmentFile": {"bucket": lambda stack: settings(stack, "other"), "key": "other.env"},
    "Port": {
        "number": 81,
        "protocol": "udp",
        "name": "web",
        "host_port": Change(8080, beside={"on_ec2": True}),
        "app_protocol": Change("http", beside={"name": "web"}),
    },
    "HealthCheck": {
        "command": "false",
        "interval": timedelta(seconds=20),
        "timeout": timedelta(seconds=7),
        "retries": 5,
        "start_period": timedelta(0),
    },
    "RestartPolicy": {"ignored_exit_codes": [1], "attempt_period": timedelta(seconds=60)},
    "Tmpfs": {
        "path": "/srv/cache",
        "size_mib": 128,
        "uid": 7,
        "gid": 8,
        "mode": "0700",
        "exec": True,
        "options": ["noatime"],
    },
    "LogDriver": {
        "name": "syslog",
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
        "user": "33",
    },
    "Image.from_registry": {
        "reference": "nginx:1.29.2",
        "credentials": secret,
    },
    "Image.from_asset": {
        "file": "Other.Dockerfile",
        "target": "runtime",
        "build_args": {"VERSION": "1"},
        "build_secrets": {"npm": "src=.npmrc"},
        "build_ssh": "default",
        "exclude": ["*.Dockerfile"],
        "network": "host",
    },
    "RepositoryImage": {
        "repository": lambda stack: ecr.Repository.from_repository_name(stack, "Other", "shop/other"),
        "tag": "1.4.3",
        "digest": Change("sha256:" + "0" * 64, along={"tag": None}),
        "cached": True,
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
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "Image.from_registry.pinned": "only lets a reference pass: see test_fargate_task_definition",
    "RepositoryImage.pinned": "only lets a tag pass",
    **dict.fromkeys(
        ["Image.from_asset.cache_from", "Image.from_asset.cache_to"],
        "for the machine that builds, and so in the asset manifest: see test_image_builds",
    ),
    "Image.from_asset.directory": "has to exist; the content is what counts, and the hash of it is CDK's",
}

NOT_A_SUBJECT: dict[str, str] = {
    "HttpCheck": "Kubernetes alone sends it: see tests/eks/rendering",
    "Image": "made by its methods, which are here",
    "NotSecret": "its value is an environment variable; its reason is for who reads the code",
    "Workload": "describes what FargateTaskDefinition takes by the same names",
}
