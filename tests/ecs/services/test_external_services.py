"""Services and daemons on machines outside AWS (ECS Anywhere)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    AlbExposure,
    CloudMap,
    ConstructError,
    Disabled,
    DockerVolume,
    EbsVolume,
    ExternalDaemonService,
    ExternalInstances,
    ExternalService,
    ExternalTaskDefinition,
    FargateCapacity,
    HostVolume,
    Namespace,
    PlacementConstraint,
    PlacementStrategy,
    Port,
    Rolling,
    ServiceScaling,
    TaskOptions,
    VolumeMount,
)
from cdk_containers.ecs.services.checks.external import unsupported_problems
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    certificate,
    cluster,
    container,
    containers,
    network,
    new_stack,
    own_cluster,
    properties,
    resources,
    synth,
)

SERVICE = "AWS::ECS::Service"


def made(kind: Any = ExternalService, **options: Any) -> dict[str, Any]:
    stack = new_stack()
    kind(stack, "External", cluster=cluster(stack), **{"container": container(ports=[8080])} | options)
    return dict(synth(stack))


def test_it_runs_by_its_launch_type_and_not_by_a_strategy():
    service = properties(made(), SERVICE)
    assert service["LaunchType"] == "EXTERNAL"
    assert service["DesiredCount"] == 2
    assert service["AvailabilityZoneRebalancing"] == "DISABLED"
    assert "CapacityProviderStrategy" not in service
    assert "NetworkConfiguration" not in service
    assert service["DeploymentConfiguration"]["MinimumHealthyPercent"] == 100


def test_cdk_stops_every_task_in_a_deployment_of_an_external_service():
    """Plain L2 has 0 % and 100 % where nothing is said."""
    stack = new_stack()
    task = ecs.ExternalTaskDefinition(stack, "Task")
    task.add_container("app", image=ecs.ContainerImage.from_registry(IMAGE), memory_limit_mib=256)
    ecs.ExternalService(stack, "Service", cluster=cluster(stack).cluster, task_definition=task)
    assert properties(synth(stack), SERVICE)["DeploymentConfiguration"]["MinimumHealthyPercent"] == 0


def test_it_is_connected_to_nothing_of_a_network():
    stack = new_stack()
    names = Namespace(stack, "Names", name="shop.internal", network=network(stack))
    orders = backend(stack, container=container(ports=[8080]), cloud_map=CloudMap(namespace=names, name="orders"))
    outside = ExternalService(stack, "External", cluster=cluster(stack), image=IMAGE)
    with pytest.raises(ConstructError) as raised:
        outside.connect_to(orders)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("other", "external-tasks")
    backend(stack, "Inside").connect_to(orders)


def test_its_tasks_have_bridge_networking_and_the_safe_defaults():
    template = made()
    task = properties(template, "AWS::ECS::TaskDefinition")
    assert (task["RequiresCompatibilities"], task["NetworkMode"]) == (["EXTERNAL"], "bridge")
    app = containers(template)["app"]
    assert (app["ReadonlyRootFilesystem"], app["User"]) == (True, "1000:1000")
    assert app["LinuxParameters"]["Tmpfs"][0]["ContainerPath"] == "/tmp"  # noqa: S108


def test_host_networking_and_a_mapped_port():
    assert properties(made(task=TaskOptions(network_mode="host")), "AWS::ECS::TaskDefinition")["NetworkMode"] == "host"
    mapped = made(container=container(ports=[Port(number=8080, host_port=80)]))
    assert containers(mapped)["app"]["PortMappings"] == [{"ContainerPort": 8080, "HostPort": 80, "Protocol": "tcp"}]


def test_it_makes_no_network():
    assert not [kind for kind in ("AWS::EC2::SecurityGroup", "AWS::EC2::VPC") if resources(made(), kind)]


def test_placement_is_written_where_cdk_has_no_option_for_it():
    service = properties(
        made(
            placement_constraints=[PlacementConstraint.member_of("attribute:site == hamburg")],
            placement_strategies=[PlacementStrategy.spread_across_instances()],
        ),
        SERVICE,
    )
    assert service["PlacementConstraints"] == [{"Type": "memberOf", "Expression": "attribute:site == hamburg"}]
    assert service["PlacementStrategies"] == [{"Type": "spread", "Field": "instanceId"}]


def test_ecs_exec_works_there():
    app = container(readonly_root_filesystem=Disabled(REASON))
    assert properties(made(container=app, enable_execute_command=True), SERVICE)["EnableExecuteCommand"] is True


@pytest.mark.parametrize("volume", [HostVolume(name="data", host_path="/mnt/data"), DockerVolume(name="data")])
def test_volumes_of_the_machine(volume: Any):
    app = container(mounts=[VolumeMount(volume="data", path="/data")])
    task = properties(made(container=app, volumes=[volume]), "AWS::ECS::TaskDefinition")
    assert task["Volumes"][0]["Name"] == "data"


def test_a_daemon_runs_on_each_machine():
    service = properties(made(ExternalDaemonService), SERVICE)
    assert (service["LaunchType"], service["SchedulingStrategy"]) == ("EXTERNAL", "DAEMON")
    assert "DesiredCount" not in service
    assert service["DeploymentConfiguration"]["MinimumHealthyPercent"] == 0


def test_it_has_alarms_like_any_service():
    assert resources(made(), "AWS::CloudWatch::Alarm")
    assert not resources(made(alarms=Disabled(REASON)), "AWS::CloudWatch::Alarm")


# ---- what is refused


def mounted(volume: Any) -> dict[str, Any]:
    return {"container": container(mounts=[VolumeMount(volume="data", path="/data")]), "volumes": [volume]}


@pytest.mark.parametrize("kind", [ExternalService, ExternalDaemonService])
@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"task": TaskOptions()}, "task.network_mode", "bridge"),
        (
            {"task": TaskOptions(network_mode="bridge", operating_system="WINDOWS_SERVER_2022_CORE")},
            "task.operating_system",
            "LINUX",
        ),
        ({"scaling": ServiceScaling(min_tasks=1, max_tasks=2)}, "scaling", "remove it"),
        ({"capacity": [FargateCapacity()]}, "capacity", "remove it"),
        (mounted(EbsVolume(name="data", size_gib=20)), "volumes[0]", "HostVolume"),
        ({"cluster": None}, "cluster", "ExternalInstances"),
    ],
)
def test_bad_input(kind: Any, options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        kind(stack, "External", **{"cluster": cluster(stack), "container": container()} | options)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed
    assert problem.practice in ("external-tasks", "runtime-platform")
    assert stack.node.try_find_child("External") is None


def test_a_load_balancer_is_refused():
    stack = new_stack()
    exposure = AlbExposure(port=8080, certificate=certificate(stack))
    with pytest.raises(ConstructError) as raised:
        ExternalService(stack, "External", cluster=cluster(stack), image=IMAGE, exposure=exposure)
    [problem] = raised.value.problems
    assert (problem.option, problem.given) == ("exposure", "AlbExposure")


def test_an_option_that_is_new_to_services_is_refused_until_it_is_known():
    """So is Service Connect: a service comes to have an option, and external instances do not."""
    given = SimpleNamespace(cluster=object(), image=IMAGE, service_connect=object())
    [problem] = unsupported_problems(given, {"image": None, "service_connect": None})
    assert (problem.option, problem.practice) == ("service_connect", "external-tasks")
    [problem] = unsupported_problems(SimpleNamespace(cluster=object(), unheard_of=1), {"unheard_of": None})
    assert (problem.option, problem.what) == ("unheard_of", "external instances do not support this")


def test_a_daemon_has_no_count():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        ExternalDaemonService(
            stack,
            "External",
            cluster=cluster(stack),
            image=IMAGE,
            desired_count=2,
            deployment=Rolling(max_healthy_percent=150),
        )
    assert [problem.option for problem in raised.value.problems] == ["desired_count", "deployment.max_healthy_percent"]


def test_a_task_definition_by_itself_is_checked_too():
    stack = new_stack()
    with pytest.raises(ConstructError, match="no VPC network interfaces"):
        ExternalTaskDefinition(
            stack, "Task", containers=[container(memory_limit_mib=64)], options=TaskOptions(network_mode="awsvpc")
        )


# ---- machines that are not there yet


def warnings(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [str(entry.entry.data) for entry in found if "external-instances" in str(entry.entry.data)]


@pytest.mark.parametrize("first", ["service", "machines"])
def test_a_service_in_the_stack_that_tells_how_machines_are_registered_is_warned_of(first: str):
    stack = new_stack()
    own = own_cluster(stack)
    makers = [
        lambda: ExternalService(stack, "External", cluster=own, container=container()),
        lambda: ExternalInstances(stack, "Machines", cluster=own),
    ]
    for make in makers if first == "service" else reversed(makers):
        make()
    [warning] = warnings(stack)
    assert "Shop/Machines" in warning
    assert "desired_count=0" in warning
    assert "external-order" in warning


def test_nobody_is_warned_where_nothing_waits():
    stack = new_stack()
    own = own_cluster(stack)
    ExternalInstances(stack, "Machines", cluster=own)
    ExternalService(stack, "Later", cluster=own, container=container(), desired_count=0)
    ExternalDaemonService(stack, "Collector", cluster=own, container=container())
    elsewhere = cdk.Stack(stack.node.root, "Elsewhere", env=cdk.Environment(account=stack.account, region=stack.region))
    ExternalService(elsewhere, "External", cluster=own, container=container())
    assert warnings(stack) == warnings(elsewhere) == []
    counts = {entry["Properties"].get("DesiredCount") for entry in resources(synth(stack), SERVICE).values()}
    assert counts == {0, None}
