"""Services on Managed Instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    AlbExposure,
    ClassicExposure,
    ConstructError,
    DaemonService,
    Disabled,
    DockerOptions,
    DockerVolume,
    EbsVolume,
    FargateCapacity,
    HostVolume,
    InstanceRequirements,
    LinuxOptions,
    LogDriver,
    ManagedInstancesCapacity,
    ManagedInstancesTaskDefinition,
    PlacementConstraint,
    PlacementStrategy,
    Privileged,
    TaskOptions,
    VolumeMount,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    capacity,
    certificate,
    container,
    containers,
    network,
    new_stack,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
    web,
)

SERVICE = "AWS::ECS::Service"


SECURED = DockerOptions(security_options=["no-new-privileges"])


def managed(stack: cdk.Stack, **options: Any) -> ManagedInstancesCapacity:
    return ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack), **options)


def on_managed(stack: cdk.Stack, requirements: InstanceRequirements | None = None, **options: Any) -> Any:
    share = managed(stack, requirements=requirements).share()
    return {"cluster": own_cluster(stack), "capacity": [share]} | options


# ---- what is made


def test_it_runs_by_the_strategy_and_not_by_a_launch_type():
    stack = new_stack()
    backend(stack, **on_managed(stack))
    service = properties(synth(stack), SERVICE)
    assert service["CapacityProviderStrategy"][0]["CapacityProvider"]["Ref"].startswith("ManagedProvider")
    assert "LaunchType" not in service
    assert "PlatformVersion" not in service
    assert "PlacementStrategies" not in service
    assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"


def test_its_task_definition_is_for_managed_instances():
    stack = new_stack()
    backend(stack, **on_managed(stack), cpu=300, memory_limit_mib=700, task=TaskOptions(architecture="ARM64"))
    template = synth(stack)
    task = properties(template, "AWS::ECS::TaskDefinition")
    assert task["RequiresCompatibilities"] == ["MANAGED_INSTANCES"]
    assert task["RuntimePlatform"] == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}
    assert (task["Cpu"], task["Memory"]) == ("300", "700")
    app = containers(template)["app"]
    assert app["ReadonlyRootFilesystem"] is True
    assert app["User"] == "1000:1000"


def test_tmp_is_writable_as_on_fargate():
    stack = new_stack()
    backend(stack, "On", **on_managed(stack))
    backend(stack, "Off")
    tasks = resources(synth(stack), "AWS::ECS::TaskDefinition")
    linux = [task["Properties"]["ContainerDefinitions"][0]["LinuxParameters"]["Tmpfs"] for task in tasks.values()]
    assert len(linux) == 2
    assert linux[0] == linux[1]


def test_it_waits_for_the_capacity_of_its_cluster():
    stack = new_stack()
    backend(stack, **on_managed(stack))
    assert any(name.startswith("OwnCapacityProviders") for name in resource(synth(stack), SERVICE)["DependsOn"])


def test_a_load_balancer_reaches_tasks_by_address():
    stack = new_stack()
    exposure = AlbExposure(port=8080, certificate=certificate(stack))
    web(stack, **on_managed(stack, exposure=exposure, image=IMAGE))
    assert properties(synth(stack), "AWS::ElasticLoadBalancingV2::TargetGroup")["TargetType"] == "ip"


def test_with_host_networking_its_tasks_have_the_security_group_of_the_instances():
    stack = new_stack()
    service = backend(stack, **on_managed(stack), task=TaskOptions(network_mode="host"))
    [group] = service.connections.security_groups
    template = synth(stack)
    assert stack.resolve(group.security_group_id)["Fn::GetAtt"][0].startswith("ManagedSecurityGroup")
    assert "NetworkConfiguration" not in properties(template, SERVICE)
    assert not [name for name in resources(template, "AWS::EC2::SecurityGroup") if name.startswith("Backend")]


def test_cdk_gives_a_task_with_host_networking_a_network_of_its_own():
    """Which ECS refuses: `networkConfiguration` is for awsvpc."""
    stack = new_stack()
    task = ecs.TaskDefinition(
        stack, "Task", compatibility=ecs.Compatibility.MANAGED_INSTANCES, network_mode=ecs.NetworkMode.HOST
    )
    task.add_container("app", image=ecs.ContainerImage.from_registry(IMAGE), memory_limit_mib=256)
    ecs.FargateService(
        stack,
        "Service",
        cluster=ecs.Cluster(stack, "Cluster", vpc=network(stack).vpc),
        task_definition=task,
        capacity_provider_strategies=[ecs.CapacityProviderStrategy(capacity_provider="managed", weight=1)],
    )
    assert "NetworkConfiguration" in properties(synth(stack), SERVICE)


def test_constraints_are_written_where_cdk_has_no_option_for_them():
    stack = new_stack()
    zone = "attribute:ecs.availability-zone == eu-west-1a"
    constraints = [PlacementConstraint.distinct_instance(), PlacementConstraint.member_of(zone)]
    backend(stack, **on_managed(stack), placement_constraints=constraints)
    assert properties(synth(stack), SERVICE)["PlacementConstraints"] == [
        {"Type": "distinctInstance"},
        {"Type": "memberOf", "Expression": zone},
    ]


def test_neuron_devices_are_all_of_the_instance():
    stack = new_stack()
    ManagedInstancesTaskDefinition(
        stack,
        "Task",
        containers=[container(name="side"), container(neuron_devices="ALL")],
        memory_limit_mib=4096,
    )
    found = containers(synth(stack))
    assert found["app"]["ResourceRequirements"] == [{"Type": "NeuronDevice", "Value": "ALL"}]
    assert "ResourceRequirements" not in found["side"]


def test_gpus_and_privileged_containers_are_allowed():
    stack = new_stack()
    app = container(gpus=1, privileged=Privileged(REASON))
    backend(stack, **on_managed(stack, InstanceRequirements(min_gpus=1)), container=app)
    made = containers(synth(stack))["app"]
    assert made["Privileged"] is True
    assert made["ResourceRequirements"] == [{"Type": "GPU", "Value": "1"}]


@pytest.mark.parametrize(
    "volume", [HostVolume(name="data", host_path="/var/data"), EbsVolume(name="data", size_gib=20)]
)
def test_volumes_that_it_has(volume: Any):
    stack = new_stack()
    app = container(mounts=[VolumeMount(volume="data", path="/data")])
    backend(stack, **on_managed(stack), container=app, volumes=[volume])
    assert properties(synth(stack), "AWS::ECS::TaskDefinition")["Volumes"][0]["Name"] == "data"


# ---- what is refused


Options = Callable[[cdk.Stack], Mapping[str, Any]]


def given(requirements: InstanceRequirements | None = None, **options: Any) -> Options:
    return lambda stack: on_managed(stack, requirements, **options)


def mounted(volume: Any) -> Options:
    return given(container=container(mounts=[VolumeMount(volume="data", path="/data")]), volumes=[volume])


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        (given(task=TaskOptions(network_mode="bridge")), "task.network_mode", "awsvpc or host"),
        (given(task=TaskOptions(operating_system="WINDOWS_SERVER_2022_CORE")), "task.operating_system", "LINUX"),
        (given(task=TaskOptions(ephemeral_storage_gib=50)), "task.ephemeral_storage_gib", "EbsVolume"),
        (
            given(container=container(docker=DockerOptions(security_options=["no-new-privileges"]))),
            "container.docker",
            "capacity on EC2",
        ),
        (
            given(container=container(linux=LinuxOptions(shared_memory_mib=64))),
            "container.linux.shared_memory_mib",
            "capacity on EC2",
        ),
        (given(container=container(log_driver=LogDriver(name="journald"))), "container.log_driver", "awslogs"),
        (mounted(DockerVolume(name="data")), "volumes[0]", "EfsVolume"),
        (mounted(HostVolume(name="data", host_path="/opt/data")), "volumes[0].host_path", "/var or /tmp"),
        (
            given(placement_strategies=[PlacementStrategy.spread_across_instances()]),
            "placement_strategies",
            "placement_constraints",
        ),
        (
            given(placement_constraints=[PlacementConstraint.member_of("attribute:team == shop")]),
            "placement_constraints[0].expression",
            "ecs.instance-type",
        ),
        (
            given(exposure=ClassicExposure(port=8080, https=Disabled(REASON)), task=TaskOptions(network_mode="host")),
            "exposure",
            "AlbExposure",
        ),
        (given(container=container(gpus=1)), "capacity[0]", "min_gpus"),
        (given(InstanceRequirements(architecture="ARM64")), "capacity[0]", "one architecture"),
        (given(InstanceRequirements(max_vcpus=2), cpu=4096, memory_limit_mib=8192), "capacity[0]", "larger instances"),
        (given(InstanceRequirements(max_memory_mib=2048), memory_limit_mib=4096), "capacity[0]", "larger instances"),
    ],
)
def test_bad_input(options: Options, option: str, allowed: str):
    stack = new_stack()
    arguments = dict(options(stack))
    with pytest.raises(ConstructError) as raised:
        backend(stack, **arguments)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed
    assert problem.practice
    assert stack.node.try_find_child("Backend") is None


def test_a_strategy_does_not_mix_them_with_others():
    stack = new_stack()
    shares = [managed(stack).share(), capacity(stack).share()]
    with pytest.raises(ConstructError) as raised:
        backend(stack, cluster=own_cluster(stack), capacity=shares)
    [problem] = raised.value.problems
    assert problem.given == "EC2 and Managed Instances"


def test_one_cluster_has_every_kind_of_capacity_and_each_service_one():
    stack = new_stack()
    cluster = own_cluster(stack)
    strategies = {
        "Serverless": [FargateCapacity(base=1), FargateCapacity.spot(weight=3)],
        "Own": [capacity(stack).share()],
        "Managed": [managed(stack).share()],
    }
    for name, shares in strategies.items():
        backend(stack, f"{name}Service", cluster=cluster, capacity=shares)
    template = synth(stack)
    made = {
        name.partition("Service")[0]: task["Properties"]["RequiresCompatibilities"]
        for name, task in resources(template, "AWS::ECS::TaskDefinition").items()
    }
    assert made == {"Serverless": ["FARGATE"], "Own": ["EC2"], "Managed": ["MANAGED_INSTANCES"]}
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert len(association["CapacityProviders"]) == 3


def test_capacity_of_another_cluster_is_refused():
    stack = new_stack()
    with pytest.raises(ConstructError, match="not capacity of the service's cluster"):
        backend(stack, cluster=own_cluster(stack, "Other"), capacity=[managed(stack).share()])


def test_a_daemon_does_not_run_on_them():
    stack = new_stack()
    managed(stack)
    with pytest.raises(ConstructError, match="an Ec2Capacity, created before the daemon"):
        DaemonService(stack, "Daemon", cluster=own_cluster(stack), image=IMAGE)


def test_a_task_definition_by_itself_is_checked_too():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        ManagedInstancesTaskDefinition(
            stack, "Task", containers=[container()], options=TaskOptions(network_mode="bridge")
        )
    assert {problem.option for problem in raised.value.problems} == {
        "options.network_mode",
        "containers[0].memory_limit_mib",
    }
