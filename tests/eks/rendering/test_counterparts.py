"""Every option of a workload is rendered, or said to be lost: none is lost in silence."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_containers import (
    Container,
    Disabled,
    DockerOptions,
    DockerVolume,
    EbsVolume,
    EfsVolume,
    EnvironmentFile,
    HealthCheck,
    HostVolume,
    HttpCheck,
    Image,
    LinuxOptions,
    LogDriver,
    Port,
    PortRange,
    Privileged,
    RestartPolicy,
    SharedVolume,
    Tmpfs,
    Ulimit,
    VolumeMount,
    Workload,
)
from cdk_containers.eks.rendering import ClusterFacts, JobFacts, Peer, ServiceFacts, render_job, render_service
from cdk_containers.eks.rendering.counterparts import COUNTERPARTS
from cdk_containers.model import workload as model
from cdk_containers.model.workload import RepositoryImage
from tests.eks.manifest_checks import check

from .making import NAMESPACE, FileSystem, Secret, container, service, workload

OFF = Disabled("the example is without it")


class Login:
    secret_arn = "arn"  # noqa: S105


class Repository:
    repository_uri_for_tag = None


class Key:
    key_arn = "${Token[Shop.Key.5]}"


class Bucket:
    bucket_arn = ""
    arn_for_objects = None


def test_the_table_has_every_option_that_there_is():
    described = {
        value for name in model.__all__ if isinstance(value := getattr(model, name), type) and is_dataclass(value)
    } - {model.Image, model.Volume, model.WorkloadInput}
    assert Container in described
    assert set(COUNTERPARTS) == described
    for kind, options in COUNTERPARTS.items():
        assert set(options) == {field.name for field in fields(kind)}, kind.__name__


# ---- each option changes what is rendered, or is a loss

OTHER: dict[type, dict[str, Any]] = {
    Workload: {
        "containers": [container(name="b"), container(name="app", memory_limit_mib=64, essential=False)],
        "volumes": [SharedVolume(name="data"), SharedVolume(name="more")],
        "cpu": 1024,
        "memory_limit_mib": 2048,
        "shared_address": False,
    },
    Container: {
        "image": "nginx:1.29.2",
        "name": "other",
        "ports": [8080],
        "environment": {"MODE": "fast"},
        "secrets": {"PASSWORD": Secret()},
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
        "restart": RestartPolicy(attempt_period=timedelta(seconds=60)),
        "stop_timeout": timedelta(seconds=60),
        "mounts": [VolumeMount(volume="data", path="/data")],
        "log_driver": LogDriver(name="splunk"),
        "privileged": Privileged("loads programs into the kernel"),
        "gpus": 1,
        "neuron_devices": 1,
        "version_consistency": OFF,
        "ulimits": [Ulimit(name="nofile", soft=1024, hard=4096)],
        "linux": LinuxOptions(shared_memory_mib=128),
        "docker": DockerOptions(hostname="web"),
        "port_ranges": [PortRange(first=4000, last=4010)],
        "docker_labels": {"team": "shop"},
        "environment_files": [EnvironmentFile(bucket=Bucket(), key="web.env")],  # type: ignore[arg-type]
        "system_controls": {"net.ipv4.tcp_syncookies": "1"},
        "start_timeout": timedelta(seconds=60),
    },
    Port: {
        "number": 81,
        "protocol": "udp",
        "name": "web",
        "host_port": 8080,
        "app_protocol": "http",
    },
    PortRange: {"first": 4001, "last": 4011, "protocol": "udp"},
    HealthCheck: {
        "command": "false",
        "interval": timedelta(seconds=20),
        "timeout": timedelta(seconds=7),
        "retries": 5,
        "start_period": timedelta(0),
    },
    HttpCheck: {
        "path": "/other",
        "port": 8081,
        "https": True,
        "interval": timedelta(seconds=20),
        "timeout": timedelta(seconds=7),
        "retries": 5,
        "start_period": timedelta(0),
    },
    RestartPolicy: {"ignored_exit_codes": [1], "attempt_period": timedelta(seconds=60)},
    Tmpfs: {
        "path": "/srv/cache",
        "size_mib": 128,
        "uid": 7,
        "gid": 8,
        "mode": "0700",
        "exec": True,
        "options": ["noatime"],
    },
    VolumeMount: {"volume": "two", "path": "/other", "read_only": True},
    LinuxOptions: {
        "add_capabilities": ["NET_ADMIN"],
        "shared_memory_mib": 128,
        "max_swap_mib": 64,
        "swappiness": 10,
    },
    SharedVolume: {"name": "other"},
    EfsVolume: {"name": "other"},
    EbsVolume: {
        "name": "other",
        "size_gib": 30,
        "volume_type": "gp2",
        "iops": 4000,
        "throughput_mib": 250,
        "snapshot_id": "snap-0123456789abcdef0",
        "file_system": "ext4",
        "encryption_key": Key(),
    },
    HostVolume: {"name": "other", "host_path": "/mnt/other"},
    DockerVolume: {
        "name": "other",
        "driver": "rexray/ebs",
        "scope": "shared",
        "autoprovision": False,
        "driver_options": {"type": "tmpfs"},
        "labels": {"team": "shop"},
    },
}

SAME_BY_NATURE = {
    (LinuxOptions, "drop_capabilities"): "all of them are dropped anyhow",
    (EfsVolume, "file_system"): "the construct makes the handle of it",
    (EfsVolume, "access_point"): "the construct makes the handle of it",
    (EfsVolume, "path"): "the construct makes the handle of it",
    (EfsVolume, "user"): "the construct makes the handle of it",
}

PARTS: dict[type, Any] = {
    Port: lambda part: container(ports=[part]),
    PortRange: lambda part: container(port_ranges=[part]),
    HealthCheck: lambda part: container(health_check=part),
    HttpCheck: lambda part: container(health_check=part),
    RestartPolicy: lambda part: container(restart=part),
    Tmpfs: lambda part: container(tmpfs=[part]),
    VolumeMount: lambda part: container(mounts=[part]),
    LinuxOptions: lambda part: container(linux=part),
}
BASES: dict[type, dict[str, Any]] = {
    Container: {"image": "nginx:1.29.1"},
    Port: {"number": 80},
    PortRange: {"first": 4000, "last": 4010},
    HealthCheck: {"command": "true"},
    HttpCheck: {"path": "/healthz", "port": 8080},
    Tmpfs: {"path": "/cache"},
    VolumeMount: {"volume": "one", "path": "/data"},
    EfsVolume: {"name": "data", "file_system": FileSystem()},
    EbsVolume: {"name": "data", "size_gib": 20},
    HostVolume: {"name": "data", "host_path": "/mnt/data"},
    DockerVolume: {"name": "data"},
    SharedVolume: {"name": "data"},
}


def of(kind: type, **options: Any) -> Workload:
    """Return a workload with something of a kind in it, which has these options."""
    given = BASES.get(kind, {}) | options
    another = container(name="another", memory_limit_mib=64, mounts=[VolumeMount(volume="data", path="/data")])
    if kind is Workload:
        base: dict[str, Any] = {"containers": [container()], "cpu": 512, "memory_limit_mib": 1024}
        return Workload(**base | given)
    if kind is Container:
        return workload(container(**given), another, volumes=[SharedVolume(name="data")])
    if kind in PARTS:
        return workload(PARTS[kind](kind(**given)), volumes=[SharedVolume(name="one"), SharedVolume(name="two")])
    mounting = container(mounts=[VolumeMount(volume=given["name"], path="/data")])
    return workload(mounting, volumes=[kind(**given)])


def rendered(given: Workload) -> tuple[Any, ...]:
    cluster = ClusterFacts(version="1.36", network_policy=True, secrets="SECRETS_STORE")
    options = ServiceFacts(
        callers=[Peer(name="caller")], volume_handles={"data": "fs-1::fsap-1", "other": "fs-1::fsap-1"}
    )
    found = render_service(given, name="web", namespace="shop", facts=cluster, options=options)
    return found.manifests, found.losses


@pytest.mark.parametrize(
    ("kind", "option"), [(kind, option) for kind, options in OTHER.items() for option in options], ids=str
)
def test_an_option_changes_objects_or_is_a_loss(kind: type, option: str):
    value = OTHER[kind][option]
    plain, changed = of(kind), of(kind, **{option: value})
    assert plain != changed
    assert rendered(plain) != rendered(changed)


def test_those_that_do_neither_are_known():
    shown = {(kind, option) for kind, options in OTHER.items() for option in options}
    all_options = {(kind, field.name) for kind in OTHER for field in fields(kind)}  # type: ignore[arg-type]
    assert all_options - shown == SAME_BY_NATURE.keys()


@pytest.mark.parametrize(
    ("changes", "option", "kind"),
    [
        ({"user": "app"}, "user", "refused"),
        ({"user": OFF}, "user", "approximated"),
        ({"privileged": Privileged("loads programs into the kernel")}, "privileged", "refused"),
        ({"linux": LinuxOptions(add_capabilities=["SYS_PTRACE"])}, "linux.add_capabilities", "refused"),
        ({"linux": LinuxOptions(max_swap_mib=64)}, "linux.max_swap_mib", "refused"),
        ({"system_controls": {"net.core.somaxconn": "1024"}}, "system_controls['net.core.somaxconn']", "refused"),
        ({"ports": [Port(number=80, host_port=80)]}, "ports[0].host_port", "refused"),
        ({"ulimits": [Ulimit(name="nofile", soft=1, hard=2)]}, "ulimits", "refused"),
        ({"log_driver": LogDriver(name="splunk")}, "log_driver", "refused"),
        ({"docker": DockerOptions(hostname="web")}, "docker", "refused"),
        ({"docker_labels": {"a": "b"}}, "docker_labels", "refused"),
        ({"neuron_devices": "ALL"}, "neuron_devices", "refused"),
        ({"restart": RestartPolicy(ignored_exit_codes=[0])}, "restart.ignored_exit_codes", "refused"),
        ({"image": "nginx:1.29.1"}, "version_consistency", "approximated"),
        ({"image": Image.from_registry("nginx:1.29.1", credentials=Login())}, "image.credentials", "refused"),  # type: ignore[arg-type]
        ({"image": RepositoryImage(repository=Repository(), tag="1")}, "image", "refused"),
        ({"image": RepositoryImage(repository=Repository(), tag="1")}, "version_consistency", "platform"),
        ({"start_timeout": timedelta(seconds=60)}, "start_timeout", "approximated"),
        ({"tmpfs": [Tmpfs(path="/a", mode="0700")]}, "tmpfs[0].mode", "approximated"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else str(value),
)
def test_what_is_lost_is_named(changes: dict[str, Any], option: str, kind: str):
    found = {loss.option: loss for loss in service(workload(container(**changes))).losses}
    assert found[f"containers[0].{option}"].kind == kind
    assert f"containers[0].{option}" not in {loss.option for loss in service(workload()).losses if loss.kind == kind}
    assert all(loss.instead for loss in found.values())


def test_an_ordinary_workload_loses_nothing_of_weight():
    assert {loss.kind for loss in service(workload(container(ports=[8080], environment={"A": "b"}))).losses} == {
        "platform"
    }


@pytest.mark.parametrize(
    "volume",
    [HostVolume(name="data", host_path="/mnt"), DockerVolume(name="data", scope="shared")],
    ids=lambda volume: type(volume).__name__,
)
def test_volumes_of_nodes_are_refused(volume: Any):
    mounting = workload(container(mounts=[VolumeMount(volume="data", path="/data")]), volumes=[volume])
    assert {loss.option for loss in service(mounting).losses if loss.kind == "refused"} == {"volumes[0]"}


def test_without_a_size_a_pod_is_refused():
    without = replace(workload(), cpu=None, memory_limit_mib=None)
    refused = {loss.option for loss in service(without).losses if loss.kind == "refused"}
    assert refused == {"cpu", "memory_limit_mib"}


# ---- whatever is described

NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
WORDS = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3)


@st.composite
def any_containers(draw: st.DrawFn) -> list[Container]:
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    found: list[Container] = []
    for index, name in enumerate(names):
        others = {other: draw(st.sampled_from(["START", "COMPLETE", "SUCCESS", "HEALTHY"])) for other in names[:index]}
        checks = st.none() | st.builds(HealthCheck, command=WORDS, retries=st.integers(-1, 20))
        found.append(
            container(
                name=name,
                ports=draw(st.lists(st.builds(Port, number=st.integers(1, 65535)), max_size=2)),
                user=draw(st.sampled_from(["1000", "app", "2000:3000", OFF])),
                essential=draw(st.booleans()),
                depends_on=draw(st.sampled_from([{}, others])),
                health_check=draw(checks | st.builds(HttpCheck, path=st.just("/"), port=st.integers(1, 65535))),
                memory_limit_mib=draw(st.none() | st.integers(6, 512)),
                cpu=draw(st.none() | st.integers(0, 512)),
                stop_timeout=draw(st.none() | st.timedeltas(timedelta(0), timedelta(hours=1))),
                gpus=draw(st.integers(0, 1)),
                command=draw(st.none() | WORDS),
                tmpfs=draw(st.sampled_from([None, (), [Tmpfs(path="/a", size_mib=8)]])),
            )
        )
    return found


@given(
    containers=any_containers(),
    cpu=st.none() | st.integers(256, 4096),
    compute=st.sampled_from(["NODES", "AUTO", "FARGATE"]),
)
@settings(max_examples=60)
def test_any_workload_is_rendered_or_its_losses_are_said(containers: list[Container], cpu: int | None, compute: Any):
    given_workload = Workload(containers=containers, cpu=cpu, memory_limit_mib=2048)
    if given_workload.problems():
        return
    cluster = ClusterFacts(version="1.36", compute=compute, network_policy=True)
    for found in (
        render_service(given_workload, name="web", namespace="shop", facts=cluster, options=ServiceFacts()),
        render_job(given_workload, name="web", namespace="shop", facts=cluster, options=JobFacts()),
    ):
        assert found.manifests
        assert len({loss.option for loss in found.losses}) == len(found.losses)
        if all(loss.kind != "refused" for loss in found.losses):
            rooted = any(loss.option.endswith(".user") for loss in found.losses)
            check(
                [*NAMESPACE[1:], *found.manifests],
                "1.36",
                compute=compute,
                level="baseline" if rooted else "restricted",
            )
