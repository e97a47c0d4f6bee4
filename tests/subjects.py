"""Everything that a caller can give options to, with the least that makes one, for tests that go over all of it.

`options_of` reads the options from the signature, so that a new option is found without anybody remembering to add it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_efs as efs

from cdk_containers import (
    AccessLogs,
    Alarms,
    AlarmTopic,
    AlbExposure,
    ApplicationLoadBalancer,
    AuditTrail,
    BackendService,
    ClassicExposure,
    Cluster,
    ClusterAccess,
    Container,
    ContainerLogs,
    DaemonService,
    DockerVolume,
    EbsVolume,
    Ec2Capacity,
    Ec2TaskDefinition,
    EfsVolume,
    ExecuteCommandAccess,
    FargateCapacity,
    FargateTaskDefinition,
    GroupScaling,
    HealthCheck,
    HostVolume,
    Image,
    InstanceOptions,
    LinuxOptions,
    ListenerRule,
    LogDriver,
    Logs,
    ManagedScaling,
    Network,
    NetworkLoadBalancer,
    NlbExposure,
    PlacementConstraint,
    PlacementStrategy,
    Port,
    PredictiveScaling,
    Privileged,
    PullThroughCache,
    Repository,
    RestartPolicy,
    Rolling,
    ServiceDashboard,
    ServiceScaling,
    SharedVolume,
    Spot,
    SshKey,
    TargetHealthCheck,
    TaskOptions,
    Tmpfs,
    Ulimit,
    VolumeMount,
    WebService,
)
from cdk_containers.workload import RepositoryImage
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    capacity,
    certificate,
    cluster,
    container,
    network,
    on_ec2,
    own_cluster,
    web,
)

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """A construct, a dataclass or a function of the library, made into part of a stack."""

    of: Callable[..., Any]
    make: Callable[[cdk.Stack, dict[str, Any]], Any]
    base: Callable[[cdk.Stack], dict[str, Any]] = lambda _: {}

    @property
    def name(self) -> str:
        return self.of.__qualname__

    @property
    def options(self) -> list[str]:
        return options_of(self.of)

    def build(self, stack: cdk.Stack, **options: Any) -> Any:
        return self.make(stack, self.base(stack) | options)


def options_of(callable_: Callable[..., Any]) -> list[str]:
    """List the options of a dataclass, of a construct, or of a function."""
    if is_dataclass(callable_):
        return [field.name for field in fields(callable_)]
    function = callable_.__init__ if inspect.isclass(callable_) else callable_  # CDK hides a class's own signature
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.name not in ("self", "scope", "id")]


def _task(stack: cdk.Stack, **options: Any) -> FargateTaskDefinition:
    options.setdefault("containers", [container()])
    return FargateTaskDefinition(stack, "Task", **options)


def _ec2_task(stack: cdk.Stack, **options: Any) -> Ec2TaskDefinition:
    return Ec2TaskDefinition(stack, "Task", memory_limit_mib=1024, **{"containers": [container()]} | options)


def _either_task(stack: cdk.Stack, given: dict[str, Any], **task: Any) -> object:
    """Make a task definition on EC2, if that was asked for among the options."""
    return _ec2_task(stack, **task) if given.get("on_ec2") else _task(stack, **task)


def _without(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in names}


def _either_service(stack: cdk.Stack, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is given, and capacity on EC2 if that was asked for."""
    if not given.get("on_ec2"):
        return given
    return _without(given, "on_ec2") | {"cluster": own_cluster(stack), "capacity": [capacity(stack).share()]}


def _placed(stack: cdk.Stack, **placement: Any) -> BackendService:
    return backend(stack, **on_ec2(stack, "bridge", 8080), **placement)


def _balanced(stack: cdk.Stack, given: dict[str, Any]) -> WebService:
    ports = [8080, 9090, Port(number=5353, protocol="udp")]
    return web(
        stack,
        container=container(ports=ports),
        sidecars=[container(name="b", ports=[7070])],
        exposure=NlbExposure(**given),
    )


def _classic(stack: cdk.Stack, given: dict[str, Any]) -> WebService:
    ports = [Port(number=8080, host_port=80), Port(number=9090, host_port=90)]
    side = container(name="b", ports=[Port(number=7070, host_port=70)])
    return web(stack, **on_ec2(stack, "bridge", *ports, sidecars=[side]), exposure=ClassicExposure(**given))


def key_pair(stack: cdk.Stack) -> ec2.IKeyPair:
    found = stack.node.try_find_child("KeyPair")
    return cast("ec2.IKeyPair", found) if found else ec2.KeyPair.from_key_pair_name(stack, "KeyPair", "operators")


def _load_balancer(stack: cdk.Stack, **options: Any) -> ApplicationLoadBalancer:
    options.setdefault("network", network(stack))
    if "certificates" not in options:
        options["certificates"] = [certificate(stack)]
    return ApplicationLoadBalancer(stack, "LoadBalancer", **options)


def file_system(stack: cdk.Stack) -> efs.IFileSystem:
    found = stack.node.try_find_child("FileSystem")
    if found is not None:
        return cast("efs.IFileSystem", found)
    group = ec2.SecurityGroup.from_security_group_id(stack, "FileSystemGroup", "sg-0123456789abcdef0")
    name = "fs-0123456789abcdef0"
    return efs.FileSystem.from_file_system_attributes(stack, "FileSystem", file_system_id=name, security_group=group)


@cache
def build_context() -> str:
    """Make a directory with Dockerfiles; nothing is built from it."""
    path = Path(mkdtemp(prefix="build-context-"))
    for name in ("Dockerfile", "Other.Dockerfile"):
        (path / name).write_text("FROM scratch\n")
    return str(path)


def _exposed(stack: cdk.Stack, options: dict[str, Any]) -> WebService:
    return web(
        stack,
        container=container(ports=[8080, 9090]),
        sidecars=[container(name="b", ports=[7070])],
        exposure=AlbExposure(**options),
    )


def _exposure(stack: cdk.Stack) -> dict[str, Any]:
    return {"port": 8080, "certificate": certificate(stack)}


def _from_registry(stack: cdk.Stack, options: dict[str, Any]) -> FargateTaskDefinition:
    return _task(stack, containers=[container(image=Image.from_registry(**options))])


SUBJECTS: list[Subject] = [
    Subject(Network, lambda stack, given: Network(stack, "Network", **given)),
    Subject(Repository, lambda stack, given: Repository(stack, "Repository", **given)),
    Subject(
        PullThroughCache,
        lambda stack, given: PullThroughCache(stack, "Cache", **given),
        lambda _: {"upstream": "public.ecr.aws", "prefix": "public"},
    ),
    Subject(
        Cluster,
        lambda stack, given: Cluster(stack, "Cluster", **given),
        lambda stack: {"network": network(stack)},
    ),
    Subject(FargateCapacity, lambda stack, given: backend(stack, capacity=[FargateCapacity(**given)])),
    Subject(
        Logs,
        lambda stack, given: Cluster(stack, "Cluster", network=network(stack), execute_command_logs=Logs(**given)),
    ),
    Subject(
        FargateTaskDefinition,
        lambda stack, given: FargateTaskDefinition(stack, "Task", **given),
        lambda _: {"containers": [container()]},
    ),
    Subject(
        TaskOptions,
        lambda stack, given: (
            _ec2_task(stack, options=TaskOptions(**_without(given, "on_ec2")))
            if given.get("on_ec2")
            else _task(stack, cpu=1024, memory_limit_mib=2048, options=TaskOptions(**given))
        ),
    ),
    Subject(ContainerLogs, lambda stack, given: _task(stack, options=TaskOptions(logs=ContainerLogs(**given)))),
    Subject(
        Container,
        lambda stack, given: _either_task(
            stack,
            given,
            containers=[
                Container(**_without(given, "on_ec2")),
                container(name="another", mounts=[VolumeMount(volume="data", path="/data")]),
            ],
            volumes=[SharedVolume(name="data")],
        ),
        lambda _: {"image": IMAGE},
    ),
    Subject(
        Port,
        lambda stack, given: _either_task(
            stack,
            given,
            containers=[container(ports=[Port(**_without(given, "on_ec2"))])],
            **({"options": TaskOptions(network_mode="bridge")} if given.get("on_ec2") else {}),
        ),
        lambda _: {"number": 80},
    ),
    Subject(
        HealthCheck,
        lambda stack, given: _task(stack, containers=[container(health_check=HealthCheck(**given))]),
        lambda _: {"command": "true"},
    ),
    Subject(RestartPolicy, lambda stack, given: _task(stack, containers=[container(restart=RestartPolicy(**given))])),
    Subject(
        Tmpfs,
        lambda stack, given: _task(stack, containers=[container(tmpfs=[Tmpfs(**given)])]),
        lambda _: {"path": "/var/cache"},
    ),
    Subject(
        LogDriver,
        lambda stack, given: _task(stack, containers=[container(log_driver=LogDriver(**given))]),
        lambda _: {"name": "splunk"},
    ),
    Subject(
        VolumeMount,
        lambda stack, given: _task(
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
        lambda stack, given: _task(
            stack,
            containers=[container(mounts=[VolumeMount(volume=given["name"], path="/data")])],
            volumes=[SharedVolume(**given)],
        ),
        lambda _: {"name": "data"},
    ),
    Subject(
        EfsVolume,
        lambda stack, given: _task(
            stack,
            containers=[container(mounts=[VolumeMount(volume=given["name"], path="/data")])],
            volumes=[EfsVolume(**given)],
        ),
        lambda stack: {"name": "data", "file_system": file_system(stack)},
    ),
    Subject(Image.from_registry, _from_registry, lambda _: {"reference": IMAGE}),
    Subject(
        Image.from_asset,
        lambda stack, given: _task(stack, containers=[container(image=Image.from_asset(**given))]),
        lambda _: {"directory": build_context()},
    ),
    Subject(
        RepositoryImage,
        lambda stack, given: _task(stack, containers=[container(image=RepositoryImage(**given))]),
        lambda stack: {"repository": ecr.Repository.from_repository_name(stack, "Images", "shop/web"), "tag": "1.4.2"},
    ),
    Subject(
        ApplicationLoadBalancer,
        lambda stack, given: ApplicationLoadBalancer(stack, "LoadBalancer", **given),
        lambda stack: {"network": network(stack), "certificates": [certificate(stack)]},
    ),
    Subject(AccessLogs, lambda stack, given: _load_balancer(stack, access_logs=AccessLogs(**given))),
    Subject(AlbExposure, _exposed, _exposure),
    Subject(ListenerRule, lambda stack, given: _exposed(stack, _exposure(stack) | {"rule": ListenerRule(**given)})),
    Subject(
        TargetHealthCheck,
        lambda stack, given: _exposed(stack, _exposure(stack) | {"health_check": TargetHealthCheck(**given)}),
    ),
    Subject(
        ServiceScaling,
        lambda stack, given: web(stack, scaling=ServiceScaling(**given)),
        lambda _: {"min_tasks": 2, "max_tasks": 20},
    ),
    Subject(Rolling, lambda stack, given: web(stack, deployment=Rolling(**given))),
    Subject(Alarms, lambda stack, given: web(stack, alarms=Alarms(**given))),
    Subject(
        WebService,
        lambda stack, given: WebService(stack, "Web", **_either_service(stack, given)),
        lambda stack: {
            "cluster": cluster(stack),
            "image": IMAGE,
            "exposure": AlbExposure(port=8080, certificate=certificate(stack)),
        },
    ),
    Subject(
        BackendService,
        lambda stack, given: BackendService(stack, "Backend", **_either_service(stack, given)),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE},
    ),
    Subject(
        ServiceDashboard,
        lambda stack, given: ServiceDashboard(stack, "Dashboard", **given),
        lambda stack: {"services": [backend(stack)]},
    ),
    Subject(AlarmTopic, lambda stack, given: AlarmTopic(stack, "Topic", **given)),
    Subject(AuditTrail, lambda stack, given: AuditTrail(stack, "Trail", **given)),
    Subject(
        ClusterAccess.read,
        lambda stack, given: ClusterAccess.read(**given).to_managed_policy(stack, "Policy"),
        lambda stack: {"cluster": cluster(stack)},
    ),
    Subject(
        ClusterAccess.operate,
        lambda stack, given: ClusterAccess.operate(**given).to_managed_policy(stack, "Policy"),
        lambda stack: {"cluster": cluster(stack)},
    ),
    Subject(
        ExecuteCommandAccess,
        lambda stack, given: ClusterAccess.operate(
            cluster(stack), execute_command=ExecuteCommandAccess(**given)
        ).to_managed_policy(stack, "Policy"),
        lambda _: {"reason": REASON},
    ),
    Subject(
        Ec2Capacity,
        lambda stack, given: Ec2Capacity(stack, "Instances", **given),
        lambda stack: {"cluster": own_cluster(stack), "instance_types": ["m7i.large"], "max_instances": 4},
    ),
    Subject(InstanceOptions, lambda stack, given: capacity(stack, instances=InstanceOptions(**given))),
    Subject(
        SshKey,
        lambda stack, given: capacity(stack, instances=InstanceOptions(ssh_key=SshKey(**given))),
        lambda stack: {"key_pair": key_pair(stack), "reason": REASON},
    ),
    Subject(Spot, lambda stack, given: capacity(stack, spot=Spot(**given))),
    Subject(ManagedScaling, lambda stack, given: capacity(stack, scaling=ManagedScaling(**given))),
    Subject(GroupScaling, lambda stack, given: capacity(stack, scaling=GroupScaling(**given))),
    Subject(
        PredictiveScaling,
        lambda stack, given: capacity(stack, scaling=GroupScaling(predictive=PredictiveScaling(**given))),
    ),
    Subject(
        Ec2TaskDefinition,
        lambda stack, given: Ec2TaskDefinition(stack, "Task", **given),
        lambda _: {"containers": [container(memory_limit_mib=256)]},
    ),
    Subject(
        Ulimit,
        lambda stack, given: _ec2_task(stack, containers=[container(ulimits=[Ulimit(**given)])]),
        lambda _: {"name": "nofile", "soft": 1024, "hard": 4096},
    ),
    Subject(
        LinuxOptions,
        lambda stack, given: _ec2_task(stack, containers=[container(linux=LinuxOptions(**given))]),
    ),
    Subject(
        Privileged,
        lambda stack, given: _ec2_task(stack, containers=[container(privileged=Privileged(**given))]),
        lambda _: {"reason": REASON},
    ),
    Subject(
        HostVolume,
        lambda stack, given: _ec2_task(
            stack,
            containers=[container(mounts=[VolumeMount(volume=given["name"], path="/data")])],
            volumes=[HostVolume(**given)],
        ),
        lambda _: {"name": "data", "host_path": "/mnt/data"},
    ),
    Subject(
        DockerVolume,
        lambda stack, given: _ec2_task(
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
    Subject(
        PlacementStrategy,
        lambda stack, given: _placed(stack, placement_strategies=[PlacementStrategy(**given)]),
        lambda _: {"type": "spread", "field": "instanceId"},
    ),
    Subject(
        PlacementConstraint,
        lambda stack, given: _placed(stack, placement_constraints=[PlacementConstraint(**given)]),
        lambda _: {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m7i.*"},
    ),
    Subject(
        DaemonService,
        lambda stack, given: DaemonService(stack, "Daemon", **given),
        lambda stack: {"cluster": capacity(stack) and own_cluster(stack), "image": IMAGE},
    ),
    Subject(
        NetworkLoadBalancer,
        lambda stack, given: NetworkLoadBalancer(stack, "LoadBalancer", **given),
        lambda stack: {"network": network(stack)},
    ),
    Subject(
        NlbExposure,
        _balanced,
        lambda stack: {"port": 8080, "protocol": "TLS", "certificate": certificate(stack)},
    ),
    Subject(ClassicExposure, _classic, lambda stack: {"port": 8080, "certificate": certificate(stack)}),
]
