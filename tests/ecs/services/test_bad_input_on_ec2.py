"""Bad input on EC2, or of EC2 on Fargate: one clear error, and nothing in the stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import (
    AlbExposure,
    ClassicExposure,
    Cluster,
    ConstructError,
    DaemonService,
    Disabled,
    DockerVolume,
    EbsVolume,
    Ec2TaskDefinition,
    FargateTaskDefinition,
    HostVolume,
    LinuxOptions,
    LogDriver,
    NlbExposure,
    PlacementConstraint,
    PlacementStrategy,
    Port,
    Privileged,
    Rolling,
    ServiceScaling,
    TaskOptions,
    Ulimit,
    VolumeMount,
)
from cdk_containers.model.instances import NetworkMode
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    capacity,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    on_ec2,
    own_cluster,
)

OFF = Disabled(REASON)
SPREAD = PlacementStrategy.spread_across_instances()
DISTINCT = PlacementConstraint.distinct_instance()


@dataclass(frozen=True)
class Case:
    """What is given to a service, and what the one problem has to say about it."""

    name: str
    make: Callable[[cdk.Stack], object]
    option: str
    allowed: str
    practice: str | None
    given: str = ""


def fargate(**options: Any) -> Callable[[cdk.Stack], object]:
    return lambda stack: backend(stack, **options)


def ec2(mode: NetworkMode = "bridge", *ports: int | Port, **options: Any) -> Callable[[cdk.Stack], object]:
    return lambda stack: backend(stack, **on_ec2(stack, mode, *ports) | options)


def mounted(*volumes: Any) -> dict[str, Any]:
    mounts = [VolumeMount(volume=volume.name, path=f"/{volume.name}") for volume in volumes]
    return {"container": container(mounts=mounts), "volumes": volumes}


def daemon(**options: Any) -> Callable[[cdk.Stack], object]:
    def make(stack: cdk.Stack) -> object:
        capacity(stack)
        return DaemonService(stack, "Backend", **{"cluster": own_cluster(stack), "image": IMAGE} | options)

    return make


def ports(*given: int | Port) -> dict[str, Any]:
    return {"container": container(ports=given)}


CLASSIC = ClassicExposure(port=8080, https=OFF)
STATIC = Port(number=8080, host_port=80)

CASES = [
    # ---- placement
    Case(
        "a placement strategy on Fargate",
        fargate(placement_strategies=[SPREAD]),
        "placement_strategies",
        "capacity on EC2",
        "placement-strategy",
        "1 of them",
    ),
    Case(
        "a placement constraint on Fargate",
        fargate(placement_constraints=[DISTINCT]),
        "placement_constraints",
        "capacity on EC2",
        "placement-strategy",
    ),
    Case(
        "six strategies",
        ec2(placement_strategies=[SPREAD] * 6),
        "placement_strategies",
        "up to 5",
        "placement-strategy",
        "6",
    ),
    Case(
        "eleven constraints",
        ec2(placement_constraints=[DISTINCT] * 11),
        "placement_constraints",
        "up to 10",
        "placement-constraints",
        "11",
    ),
    Case(
        "a field that binpack does not know",
        ec2(placement_strategies=[PlacementStrategy(type="binpack", field="disk")]),
        "placement_strategies[0].field",
        "cpu or memory",
        "placement-strategy",
        "'disk'",
    ),
    Case(
        "a field that spread does not know",
        ec2(placement_strategies=[SPREAD, PlacementStrategy.spread("ecs.availability-zone")]),
        "placement_strategies[1].field",
        "perhaps attribute:ecs.availability-zone",
        "placement-strategy",
        "'ecs.availability-zone'",
    ),
    Case(
        "a field where random has no field",
        ec2(placement_strategies=[PlacementStrategy(type="random", field="cpu")]),
        "placement_strategies[0].field",
        "no field",
        "placement-strategy",
    ),
    Case(
        "a constraint that cannot be read",
        ec2(placement_constraints=[PlacementConstraint.member_of("attribute:rack is r1")]),
        "placement_constraints[0].expression",
        "",
        "placement-constraints",
    ),
    # ---- daemons
    Case(
        "a daemon in a cluster of Fargate",
        lambda stack: DaemonService(stack, "Backend", cluster=own_cluster(stack, "Empty"), image=IMAGE),
        "cluster",
        "an Ec2Capacity, created before the daemon",
        "daemon-scheduling",
        "'Shop/Empty'",
    ),
    Case(
        "a daemon without a cluster",
        lambda stack: DaemonService(stack, "Backend", image=IMAGE),
        "cluster",
        "a cluster with capacity on EC2",
        "daemon-scheduling",
    ),
    Case(
        "a daemon with a count",
        daemon(desired_count=3),
        "desired_count",
        "none; use placement_constraints",
        "daemon-scheduling",
        "3",
    ),
    Case(
        "a daemon that scales",
        daemon(scaling=ServiceScaling(min_tasks=1, max_tasks=2)),
        "scaling",
        "none; use placement_constraints",
        "daemon-scheduling",
    ),
    Case(
        "a daemon with a placement strategy",
        daemon(placement_strategies=[SPREAD]),
        "placement_strategies",
        "placement_constraints",
        "daemon-scheduling",
    ),
    Case(
        "a daemon with a capacity",
        lambda stack: daemon(capacity=[capacity(stack).share()])(stack),
        "capacity",
        "placement_constraints",
        "daemon-scheduling",
        "1 shares",
    ),
    Case(
        "a daemon of which two run on an instance",
        daemon(deployment=Rolling(max_healthy_percent=150)),
        "deployment.max_healthy_percent",
        "nothing",
        "daemon-scheduling",
        "150",
    ),
    Case(
        "a daemon that nobody waits for",
        daemon(health_check_grace_period=timedelta(seconds=5)),
        "health_check_grace_period",
        "an exposure",
        "health-check-grace-period",
    ),
    # ---- Classic Load Balancers
    Case(
        "Classic on Fargate",
        fargate(exposure=CLASSIC),
        "exposure",
        "EC2 with bridge or host networking",
        "classic-load-balancer",
        "Fargate",
    ),
    Case(
        "Classic with awsvpc",
        ec2("awsvpc", 8080, exposure=CLASSIC),
        "exposure",
        "EC2 with bridge or host networking",
        "classic-load-balancer",
        "network_mode awsvpc",
    ),
    Case(
        "Classic with a port that may be any",
        ec2("bridge", 8080, exposure=CLASSIC),
        "exposure.port",
        "Port(number=8080, host_port=…)",
        "classic-load-balancer",
        "8080",
    ),
    # ---- ports
    Case(
        "host networking with two containers on one port",
        ec2("host", 8080, sidecars=[container(name="b", ports=[8080])]),
        "sidecars",
        "a port for each",
        "port-mappings",
        "8080/tcp",
    ),
    Case(
        "bridge networking with two containers on one port of the instance",
        ec2("bridge", STATIC, sidecars=[container(name="b", ports=[Port(number=9090, host_port=80)])]),
        "sidecars",
        "a different host port for each",
        "host-ports",
        "80/tcp",
    ),
    Case(
        "two ports of one container on one port of the instance",
        ec2("bridge", STATIC, Port(number=9090, host_port=80)),
        "container",
        "a different host port for each",
        "host-ports",
        "80/tcp",
    ),
    Case(
        "another host port with awsvpc",
        ec2("awsvpc", STATIC),
        "container.ports[0].host_port",
        "network_mode bridge",
        "host-ports",
        "80",
    ),
    Case(
        "another host port with host networking",
        ec2("host", STATIC),
        "container.ports[0].host_port",
        "network_mode bridge",
        "host-ports",
        "80",
    ),
    Case(
        "another host port on Fargate",
        fargate(**ports(STATIC)),
        "container.ports[0].host_port",
        "Ec2Capacity",
        "host-ports",
        "80",
    ),
    Case(
        "a port that is taken on every instance",
        ec2("host", 51678),
        "capacity[0]",
        "larger instances",
        "task-fits-instance",
        "m7i.large: cpu: 2048 units / 256 = 8; memory: 7680 MiB / 512 = 15; host ports: 51678 reserved on every "
        "instance = 0 → no task (host ports are the limit)",
    ),
    Case(
        "a health check on a port that may be any",
        ec2("bridge", 8080, 9090, exposure=NlbExposure(port=8080, health_check_port=9090)),
        "exposure.health_check_port",
        "Port(number=9090, host_port=…)",
        "target-health-check",
        "9090",
    ),
    # ---- Fargate
    Case(
        "bridge networking on Fargate",
        fargate(task=TaskOptions(network_mode="bridge")),
        "task.network_mode",
        "Ec2Capacity",
        "host-ports",
        "'bridge'",
    ),
    Case(
        "a Docker volume on Fargate",
        fargate(**mounted(DockerVolume(name="data"))),
        "volumes[0]",
        "EfsVolume",
        "instance-volumes",
        "'DockerVolume'",
    ),
    Case(
        "a directory of the host on Fargate",
        fargate(**mounted(HostVolume(name="data", host_path="/mnt"))),
        "volumes[0]",
        "EfsVolume",
        "instance-volumes",
    ),
    Case(
        "a privileged container on Fargate",
        fargate(container=container(privileged=Privileged(REASON))),
        "container.privileged",
        "Ec2Capacity",
        "no-privileged-containers",
    ),
    Case(
        "a GPU on Fargate", fargate(container=container(gpus=1)), "container.gpus", "Ec2Capacity", "gpu-capacity", "1"
    ),
    Case(
        "a limit that Fargate does not take",
        fargate(container=container(ulimits=[Ulimit(name="nproc", soft=1, hard=2)])),
        "container.ulimits[0].name",
        "Ec2Capacity",
        "instance-kernel-options",
        "'nproc'",
    ),
    Case(
        "a capability that Fargate does not add",
        fargate(container=container(linux=LinuxOptions(add_capabilities=["NET_ADMIN"]))),
        "container.linux.add_capabilities",
        "Ec2Capacity",
        "instance-kernel-options",
    ),
    Case(
        "shared memory on Fargate",
        fargate(container=container(linux=LinuxOptions(shared_memory_mib=64))),
        "container.linux.shared_memory_mib",
        "Ec2Capacity",
        "instance-kernel-options",
    ),
    # ---- volumes
    Case(
        "two EBS volumes on Fargate",
        fargate(**mounted(EbsVolume(name="a", size_gib=10), EbsVolume(name="b", size_gib=10))),
        "volumes",
        "one EbsVolume",
        "ebs-volume",
        "['a', 'b']",
    ),
    Case(
        "two EBS volumes on EC2",
        ec2(**mounted(EbsVolume(name="a", size_gib=10), EbsVolume(name="b", size_gib=10))),
        "volumes",
        "one EbsVolume",
        "ebs-volume",
        "['a', 'b']",
    ),
    Case(
        "an EBS volume that is too small for its type",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, volume_type="st1"))),
        "volumes[0].size_gib",
        "125–16384",
        "ebs-volume",
    ),
    Case(
        "an EBS volume without the operations that its type needs",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, volume_type="io2"))),
        "volumes[0].iops",
        "100–256000",
        "ebs-volume",
    ),
    Case(
        "an EBS volume with too few operations",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, iops=100))),
        "volumes[0].iops",
        "3000–80000",
        "ebs-volume",
    ),
    Case(
        "an EBS volume with operations that its type does not take",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, volume_type="gp2", iops=3000))),
        "volumes[0].iops",
        "none, or gp3",
        "ebs-volume",
    ),
    Case(
        "an EBS volume with throughput that its type does not take",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, volume_type="gp2", throughput_mib=125))),
        "volumes[0].throughput_mib",
        "none, or gp3",
        "ebs-volume",
    ),
    Case(
        "an EBS volume with too much throughput",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, throughput_mib=5000))),
        "volumes[0].throughput_mib",
        "125–2000",
        "ebs-volume",
    ),
    Case(
        "an EBS volume of something that is no snapshot",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, snapshot_id="vol-1"))),
        "volumes[0].snapshot_id",
        "snap-",
        "ebs-volume",
    ),
    Case(
        "an EBS volume with a key that is none",
        fargate(**mounted(EbsVolume(name="a", size_gib=10, encryption_key="alias/aws/ebs"))),
        "volumes[0].encryption_key",
        "aws_kms.IKey",
        None,
    ),
    Case(
        "a relative directory of the host",
        ec2(**mounted(HostVolume(name="data", host_path="mnt"))),
        "volumes[0].host_path",
        "/mnt/scratch",
        None,
    ),
    Case("no volume driver", ec2(**mounted(DockerVolume(name="data", driver=""))), "volumes[0].driver", "local", None),
    # ---- the disk, the log, memory and the kernel
    Case(
        "a disk of the task on EC2",
        ec2(task=TaskOptions(network_mode="bridge", ephemeral_storage_gib=50)),
        "task.ephemeral_storage_gib",
        "root_volume_gib",
        "ephemeral-storage",
        "50",
    ),
    Case(
        "a log driver that ECS does not have",
        ec2(container=container(log_driver=LogDriver(name="logentries"))),
        "container.log_driver",
        "journald",
        "log-configuration",
        "'logentries'",
    ),
    Case(
        "no memory at all",
        ec2(cpu=None, memory_limit_mib=None),
        "container.memory_limit_mib",
        "memory_reservation_mib here",
        "container-memory",
    ),
    Case(
        "a capability that Linux does not have",
        ec2(container=container(linux=LinuxOptions(add_capabilities=["CAP_NET_ADMIN"]))),
        "container.linux.add_capabilities",
        "without CAP_",
        None,
    ),
    Case(
        "swappiness without swap",
        ec2(container=container(linux=LinuxOptions(swappiness=10))),
        "container.linux.swappiness",
        "max_swap_mib",
        None,
    ),
    Case(
        "a soft limit above the hard one",
        ec2(container=container(ulimits=[Ulimit(name="nofile", soft=2, hard=1)])),
        "container.ulimits[0].soft",
        "up to 1",
        None,
    ),
    Case(
        "privileged without a reason that explains",
        ec2(container=container(privileged=Privileged("need it"))),
        "container.privileged.reason",
        "10 characters",
        "no-privileged-containers",
    ),
    Case(
        "privileged without a reason",
        ec2(container=container(privileged=True)),
        "container.privileged",
        "Privileged",
        None,
    ),
    Case(
        "a Neuron device on Fargate",
        fargate(container=container(neuron_devices=1)),
        "container.neuron_devices",
        "Ec2Capacity",
        "neuron-devices",
    ),
    Case(
        "all Neuron devices on EC2",
        ec2(container=container(neuron_devices="ALL")),
        "container.neuron_devices",
        "a number",
        "neuron-devices",
    ),
    Case(
        "fewer than no Neuron devices",
        ec2(container=container(neuron_devices=-1)),
        "container.neuron_devices",
        "0 or more",
        "neuron-devices",
    ),
    Case(
        "GPUs and Neuron devices",
        ec2(container=container(neuron_devices=1, gpus=1)),
        "container.neuron_devices",
        "gpus or neuron_devices",
        "neuron-devices",
    ),
    Case("fewer than no GPUs", ec2(container=container(gpus=-1)), "container.gpus", "0 or more", "gpu-capacity"),
    # ---- what instances are
    Case(
        "a task for ARM on instances with x86",
        ec2(task=TaskOptions(network_mode="bridge", architecture="ARM64")),
        "task.architecture",
        "X86_64",
        "instance-architecture",
        "'ARM64'",
    ),
    Case(
        "a task for Windows on our instances",
        ec2(task=TaskOptions(network_mode="bridge", operating_system="WINDOWS_SERVER_2022_CORE")),
        "task.operating_system",
        "LINUX",
        "runtime-platform",
    ),
    Case(
        "more CPU than an instance has",
        ec2(cpu=4096),
        "capacity[0]",
        "a smaller task, or larger instances",
        "task-fits-instance",
        "m7i.large: cpu: 2048 units / 4096 = 0; memory: 7680 MiB / 512 = 15 → no task (cpu is the limit)",
    ),
    Case(
        "more memory than an instance has to give",
        ec2(memory_limit_mib=8192),
        "capacity[0]",
        "a smaller task, or larger instances",
        "task-fits-instance",
        "m7i.large: cpu: 2048 units / 256 = 8; memory: 7680 MiB / 8192 = 0 → no task (memory is the limit)",
    ),
    Case(
        "a GPU on instances without",
        ec2(container=container(gpus=1)),
        "capacity[0]",
        "larger instances",
        "task-fits-instance",
        "gpus: 0 / 1 = 0",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input(case: Case):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        case.make(stack)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (case.option, case.practice)
    assert case.allowed in problem.allowed
    assert case.given in (problem.given or "")
    assert raised.value.path == "Shop/Backend"
    assert stack.node.try_find_child("Backend") is None


def test_without_room_for_an_interface_a_task_with_an_address_does_not_fit():
    stack = new_stack()
    small = capacity(stack, instance_types=["t3.micro"])
    shared = own_cluster(stack)
    backend(stack, cluster=shared, image=IMAGE, capacity=[small.share()])
    with pytest.raises(ConstructError) as raised:
        backend(stack, "Other", cluster=shared, image=IMAGE, memory_limit_mib=2048, capacity=[small.share()])
    [problem] = raised.value.problems
    assert problem.given is not None
    assert "network interfaces: 2 - 1 for the instance = 1" in problem.given
    assert problem.given.endswith("no task (memory is the limit)")


def test_one_type_of_a_capacity_that_holds_the_task_is_enough():
    stack = new_stack()
    mixed = capacity(stack, instance_types=["m7i.large", "m7i.xlarge"])
    backend(stack, cluster=own_cluster(stack), image=IMAGE, cpu=4096, capacity=[mixed.share()])


def test_a_type_that_is_newer_than_the_facts_passes():
    stack = new_stack()
    newer = capacity(stack, instance_types=["m99i.large"])
    backend(stack, cluster=own_cluster(stack), image=IMAGE, cpu=65536, capacity=[newer.share()])


def test_what_is_known_only_at_deployment_fits():
    stack = new_stack()
    cpu: Any = cdk.CfnParameter(stack, "Cpu", type="Number").value_as_number
    backend(stack, **on_ec2(stack, "bridge", 8080), cpu=cpu)


def test_of_an_imported_cluster_nobody_knows_what_instances_it_has():
    stack = new_stack()
    DaemonService(stack, "Daemon", cluster=cluster(stack), image=IMAGE)


@pytest.mark.parametrize("kind", [Ec2TaskDefinition, FargateTaskDefinition])
def test_a_task_definition_alone_says_it_too(kind: Any):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        kind(
            stack,
            "Task",
            containers=[container(privileged=Privileged("no"), mounts=[VolumeMount(volume="a", path="/a")])],
            volumes=[HostVolume(name="a", host_path="mnt")],
            options=TaskOptions(network_mode="none"),
        )
    assert {"containers[0].privileged.reason", "volumes[0].host_path", "options.network_mode"} <= {
        problem.option for problem in raised.value.problems
    }


def test_one_call_says_all_that_is_wrong():
    """Also what only the rules of EC2 know, beside what is wrong anywhere and what has the wrong type."""
    stack = new_stack()
    made = capacity(stack)
    with pytest.raises(ConstructError) as raised:
        backend(
            stack,
            cluster=own_cluster(stack),
            capacity=[made.share()],
            container=container(
                user="root", ports=[Port(number=8080, host_port=80)], log_driver=LogDriver(name="logentries")
            ),
            sidecars=[container(name="b", cpu="a lot", log_driver=LogDriver(name="pigeon"))],
            task=TaskOptions(network_mode="host", ephemeral_storage_gib=50),
            exposure=[CLASSIC, AlbExposure(port=8080, certificate=certificate(stack), health_check_path="x")],
            placement_strategies=[PlacementStrategy(type="binpack", field="disk")],
            placement_constraints=[DISTINCT] * 11,
            desired_count=-1,
        )
    assert {problem.option for problem in raised.value.problems} == {
        "container.user",
        "container.ports[0].host_port",
        "container.log_driver",
        "sidecars[0].cpu",
        "sidecars[0].log_driver",
        "task.ephemeral_storage_gib",
        "exposure[1].health_check_path",
        "placement_strategies[0].field",
        "placement_constraints",
        "desired_count",
    }
    assert stack.node.try_find_child("Backend") is None


def test_capacity_of_another_cluster_is_an_error():
    """ECS knows a provider in the cluster that it is tied to, and in no other."""
    stack = new_stack()
    made = capacity(stack)
    with pytest.raises(ConstructError) as raised:
        backend(stack, image=IMAGE, cluster=own_cluster(stack, "Other"), capacity=[made.share()])
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("capacity[0]", "capacity-beside-cluster")
    with pytest.raises(ConstructError):
        Cluster(stack, "Third", network=network(stack), capacity=[made.share()])
