"""Services on instances: ports, load balancers, placement, GPUs, volumes and daemons."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    ClassicExposure,
    DaemonService,
    Disabled,
    DockerVolume,
    EbsVolume,
    HostVolume,
    InstanceOptions,
    LinuxOptions,
    ListenerRule,
    NetworkLoadBalancer,
    NlbExposure,
    PlacementConstraint,
    PlacementStrategy,
    Port,
    Privileged,
    TaskOptions,
    Ulimit,
    VolumeMount,
)
from cdk_containers.model.instances import NetworkMode
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    capacity,
    certificate,
    container,
    containers,
    network,
    new_stack,
    on_ec2,
    opt_outs,
    own_cluster,
    properties,
    resources,
    statements,
    synth,
    web,
)

INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"

Opened = tuple[str, int, int, str, str]


def service_of(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::ECS::Service")


def opened(template: Template) -> set[Opened]:
    """Return what is opened between security groups: protocol, ports, the start of the names of both groups."""
    return {
        (
            rule["IpProtocol"],
            rule["FromPort"],
            rule["ToPort"],
            rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].partition("SecurityGroup")[0],
            rule["GroupId"]["Fn::GetAtt"][0].partition("SecurityGroup")[0],
        )
        for rule in (entry["Properties"] for entry in resources(template, INGRESS).values())
    }


# ---- ports


def test_a_free_port_is_found_for_each_task_so_that_several_run_on_one_instance():
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "bridge", 8080, desired_count=6),
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
    )
    template = synth(stack)
    assert containers(template)["app"]["PortMappings"] == [{"ContainerPort": 8080, "HostPort": 0, "Protocol": "tcp"}]
    assert properties(template, TARGETS)["TargetType"] == "instance"
    assert properties(template, TARGETS).get("HealthCheckPort", "traffic-port") == "traffic-port"
    assert properties(template, "AWS::ECS::TaskDefinition")["NetworkMode"] == "bridge"
    assert "NetworkConfiguration" not in service_of(template)
    assert service_of(template)["DesiredCount"] == 6
    assert opened(template) == {("tcp", 32768, 65535, "WebAlbLoadBalancer", "Instances")}


def test_two_sidecars_may_listen_on_one_port_where_each_has_an_address():
    stack = new_stack()
    backend(stack, **on_ec2(stack, "bridge", 8080, sidecars=[container(name="b", ports=[8080])]))
    mapped = [entry["PortMappings"][0] for entry in containers(synth(stack)).values()]
    assert [(entry["ContainerPort"], entry["HostPort"]) for entry in mapped] == [(8080, 0), (8080, 0)]


@pytest.mark.parametrize("port", [0, None], ids=repr)
def test_any_port_can_be_said_with_0_too(port: int | None):
    stack = new_stack()
    backend(stack, **on_ec2(stack, "bridge", Port(number=8080, host_port=port)))
    assert containers(synth(stack))["app"]["PortMappings"][0]["HostPort"] == 0


def test_a_port_that_stays_is_opened_alone():
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "bridge", Port(number=8080, host_port=80)),
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
    )
    template = synth(stack)
    assert containers(template)["app"]["PortMappings"][0]["HostPort"] == 80
    assert opened(template) == {("tcp", 80, 80, "WebAlbLoadBalancer", "Instances")}


def test_with_host_networking_the_port_is_the_containers():
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "host", 8080),
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
    )
    template = synth(stack)
    assert properties(template, "AWS::ECS::TaskDefinition")["NetworkMode"] == "host"
    assert containers(template)["app"]["PortMappings"][0].get("HostPort", 8080) == 8080
    assert opened(template) == {("tcp", 8080, 8080, "WebAlbLoadBalancer", "Instances")}


def test_a_task_may_have_an_address_of_its_own_on_an_instance():
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "awsvpc", 8080),
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
    )
    template = synth(stack)
    assert properties(template, TARGETS)["TargetType"] == "ip"
    configuration = service_of(template)["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert configuration["AssignPublicIp"] == "DISABLED"
    assert configuration["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
    assert opened(template) == {("tcp", 8080, 8080, "WebAlbLoadBalancer", "WebService")}


def test_instances_of_several_capacities_are_opened():
    stack = new_stack()
    one, two = capacity(stack, "One"), capacity(stack, "Two")
    web(
        stack,
        **on_ec2(stack, "bridge", 8080) | {"capacity": [one.share(), two.share()]},
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
    )
    assert {rule[-1] for rule in opened(synth(stack))} == {"One", "Two"}


# ---- load balancers


def test_one_service_behind_a_public_and_an_internal_load_balancer():
    stack = new_stack()
    inside = ApplicationLoadBalancer(
        stack,
        "Inside",
        network=network(stack, "OwnNetwork"),
        certificates=[certificate(stack, "In")],
        internet_facing=False,
    )
    web(
        stack,
        **on_ec2(stack, "bridge", 8080, 9090),
        exposure=[
            AlbExposure(port=8080, certificate=certificate(stack, "Out")),
            AlbExposure(port=8080, load_balancer=inside, rule=ListenerRule(hosts=["shop.internal"])),
            NlbExposure(port=9090),
        ],
    )
    template = synth(stack)
    assert [entry["ContainerPort"] for entry in service_of(template)["LoadBalancers"]] == [8080, 8080, 9090]
    assert opened(template) == {
        ("tcp", 32768, 65535, "WebAlbLoadBalancer", "Instances"),
        ("tcp", 32768, 65535, "Inside", "Instances"),
        ("tcp", 32768, 65535, "WebNlbLoadBalancer", "Instances"),
    }
    balancers = resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    assert sorted((entry["Properties"]["Type"], entry["Properties"]["Scheme"]) for entry in balancers) == [
        ("application", "internal"),
        ("application", "internet-facing"),
        ("network", "internet-facing"),
    ]


def test_udp_reaches_dynamic_ports_and_its_health_check_a_port_that_stays():
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "bridge", Port(number=5353, protocol="udp"), Port(number=8080, host_port=80)),
        exposure=NlbExposure(port=5353, protocol="UDP", health_check_port=8080, health_check_path="/healthz"),
    )
    template = synth(stack)
    group = properties(template, TARGETS)
    assert (group["Protocol"], group["TargetType"]) == ("UDP", "instance")
    assert (group["HealthCheckProtocol"], group["HealthCheckPort"], group["HealthCheckPath"]) == (
        "HTTP",
        "80",
        "/healthz",
    )
    assert opened(template) == {
        ("udp", 32768, 65535, "WebNlbLoadBalancer", "Instances"),
        ("tcp", 80, 80, "WebNlbLoadBalancer", "Instances"),
    }


def test_a_classic_load_balancer_ends_tls_and_reaches_the_port_that_stays():
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "bridge", Port(number=8080, host_port=80)),
        exposure=ClassicExposure(port=8080, certificate=certificate(stack), health_check_path="/healthz"),
    )
    template = synth(stack)
    balancer = properties(template, CLASSIC)
    [listener] = balancer["Listeners"]
    assert (listener["Protocol"], listener["LoadBalancerPort"]) == ("https", "443")
    assert (listener["InstanceProtocol"], listener["InstancePort"]) == ("http", "80")
    assert listener["SSLCertificateId"].startswith("arn:aws:acm:")
    [policy] = balancer["Policies"]
    assert listener["PolicyNames"] == [policy["PolicyName"]]
    assert policy["Attributes"][0]["Value"] == "ELBSecurityPolicy-TLS-1-2-2017-01"
    assert balancer["HealthCheck"]["Target"] == "HTTP:80/healthz"
    assert balancer["AccessLoggingPolicy"]["Enabled"] is True
    assert balancer["ConnectionDrainingPolicy"] == {"Enabled": True, "Timeout": 30}
    [name] = resources(template, CLASSIC)
    assert service_of(template)["LoadBalancers"] == [
        {"ContainerName": "app", "ContainerPort": 8080, "LoadBalancerName": {"Ref": name}}
    ]
    assert service_of(template)["AvailabilityZoneRebalancing"] == "DISABLED", "ECS refuses it with this load balancer"
    assert opened(template) == {("tcp", 80, 80, "WebClassicLoadBalancer", "Instances")}
    assert opt_outs(template) == {}


def test_a_classic_load_balancer_with_host_networking_and_without_tls():
    stack = new_stack()
    backend(
        stack,
        **on_ec2(stack, "host", 8080),
        exposure=ClassicExposure(port=8080, https=Disabled(REASON), access_logs=Disabled(REASON)),
    )
    template = synth(stack)
    balancer = properties(template, CLASSIC)
    [listener] = balancer["Listeners"]
    assert (listener["Protocol"], listener["LoadBalancerPort"], listener["InstancePort"]) == ("http", "80", "8080")
    assert balancer["Scheme"] == "internal"
    assert "AccessLoggingPolicy" not in balancer
    assert opt_outs(template) == {CLASSIC: {"https-listener": REASON, "access-logs": REASON}}


# ---- several stacks


@pytest.mark.parametrize("mode", ["awsvpc", "bridge", "host"])
@pytest.mark.parametrize("balancer", ["own", "of the cluster's stack", "network"])
def test_a_service_in_another_stack_than_its_instances(mode: NetworkMode, balancer: str):
    """CDK puts the rule of the load balancer beside the group of the instances, and the two stacks need each other."""
    app = cdk.App()
    base, front = cdk.Stack(app, "Base"), cdk.Stack(app, "Front")
    made, shared = capacity(base), own_cluster(base)
    exposure: AlbExposure | NlbExposure = AlbExposure(port=8080, certificate=certificate(front))
    if balancer == "network":
        exposure = NlbExposure(port=8080)
    elif balancer != "own":
        theirs = ApplicationLoadBalancer(
            base, "Shared", network=network(base, "OwnNetwork"), certificates=[certificate(base)]
        )
        exposure = AlbExposure(port=8080, load_balancer=theirs)
    web(
        front,
        cluster=shared,
        capacity=[made.share()],
        task=TaskOptions(network_mode=mode),
        container=container(ports=[8080]),
        exposure=exposure,
    )
    # Neither the load balancer nor the instances are the service's: others may need the same rule.
    together = mode != "awsvpc" and balancer == "of the cluster's stack"
    with_rule, without = (base, front) if together else (front, base)
    template = synth(with_rule)
    [rule] = [entry["Properties"] for entry in resources(template, INGRESS).values()]
    assert (rule["FromPort"], rule["ToPort"]) == ((32768, 65535) if mode == "bridge" else (8080, 8080))
    assert ("Instances" in json.dumps(rule["GroupId"])) == (mode != "awsvpc")
    assert len(resources(template, EGRESS)) == 1
    assert not resources(synth(without), INGRESS)


# ---- placement


def placement(**options: Any) -> dict[str, Any]:
    stack = new_stack()
    backend(stack, **on_ec2(stack, "bridge", 8080), **options)
    return service_of(synth(stack))


def test_tasks_spread_over_zones_then_instances_and_again_when_a_zone_comes_back():
    service = placement()
    assert service["PlacementStrategies"] == [
        {"Type": "spread", "Field": "attribute:ecs.availability-zone"},
        {"Type": "spread", "Field": "instanceId"},
    ]
    assert service["AvailabilityZoneRebalancing"] == "ENABLED"
    assert "PlacementConstraints" not in service


def test_strategies_are_chained_in_their_order():
    service = placement(
        placement_strategies=[
            PlacementStrategy.spread_across_zones(),
            PlacementStrategy.spread("attribute:rack"),
            PlacementStrategy.binpack("memory"),
            PlacementStrategy.binpack("cpu"),
            PlacementStrategy.random(),
        ]
    )
    assert service["PlacementStrategies"] == [
        {"Type": "spread", "Field": "attribute:ecs.availability-zone"},
        {"Type": "spread", "Field": "attribute:rack"},
        {"Type": "binpack", "Field": "MEMORY"},
        {"Type": "binpack", "Field": "CPU"},
        {"Type": "random"},
    ]


def test_ecs_moves_no_tasks_between_zones_where_placement_has_another_aim():
    service = placement(placement_strategies=[PlacementStrategy.binpack("memory")])
    assert service["AvailabilityZoneRebalancing"] == "DISABLED"
    assert placement(placement_strategies=[])["AvailabilityZoneRebalancing"] == "ENABLED"


def test_constraints_leave_instances_out():
    service = placement(
        placement_constraints=[
            PlacementConstraint.distinct_instance(),
            PlacementConstraint.member_of("attribute:ecs.instance-type =~ m7i.*"),
        ]
    )
    assert service["PlacementConstraints"] == [
        {"Type": "distinctInstance"},
        {"Type": "memberOf", "Expression": "attribute:ecs.instance-type =~ m7i.*"},
    ]


# ---- what instances have


def test_a_container_gets_a_gpu_of_an_instance_that_has_one():
    stack = new_stack()
    gpus = capacity(stack, "Gpus", instance_types=["g6.xlarge"])
    backend(
        stack,
        cluster=own_cluster(stack),
        capacity=[gpus.share()],
        task=TaskOptions(network_mode="bridge"),
        container=container(gpus=1),
        memory_limit_mib=4096,
        cpu=1024,
    )
    template = synth(stack)
    assert containers(template)["app"]["ResourceRequirements"] == [{"Type": "GPU", "Value": "1"}]
    data = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert "ECS_ENABLE_GPU_SUPPORT=true" in json.dumps(data["UserData"])
    assert "/gpu/" in template["Parameters"][data["ImageId"]["Ref"]]["Default"]


def test_a_container_sees_neuron_devices_of_an_instance_with_the_image_for_them():
    stack = new_stack()
    inferentia = capacity(stack, "Inferentia", instance_types=["inf2.24xlarge"])
    backend(
        stack,
        cluster=own_cluster(stack),
        capacity=[inferentia.share()],
        task=TaskOptions(network_mode="bridge"),
        container=container(neuron_devices=2),
        sidecars=[container(name="side")],
        memory_limit_mib=4096,
        cpu=1024,
    )
    template = synth(stack)
    assert containers(template)["app"]["LinuxParameters"]["Devices"] == [
        {"HostPath": path, "ContainerPath": path, "Permissions": ["read", "write"]}
        for path in ("/dev/neuron0", "/dev/neuron1")
    ]
    assert containers(template)["app"]["LinuxParameters"]["InitProcessEnabled"] is True
    assert "Devices" not in containers(template)["side"]["LinuxParameters"]
    data = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert "amazon-linux-2023/neuron/" in template["Parameters"][data["ImageId"]["Ref"]]["Default"]
    assert "GPU" not in json.dumps(data["UserData"])


def test_memory_and_cpu_may_be_said_by_container():
    stack = new_stack()
    given = on_ec2(stack) | {"container": container(cpu=512, memory_limit_mib=1024, memory_reservation_mib=256)}
    backend(stack, **given, cpu=None, memory_limit_mib=None)
    template = synth(stack)
    task = properties(template, "AWS::ECS::TaskDefinition")
    assert not {"Cpu", "Memory"} & task.keys()
    assert task["RequiresCompatibilities"] == ["EC2"]
    app = containers(template)["app"]
    assert (app["Cpu"], app["Memory"], app["MemoryReservation"]) == (512, 1024, 256)


def test_the_kernel_is_told_what_a_container_may_do():
    stack = new_stack()
    given = on_ec2(stack) | {
        "container": container(
            ulimits=[Ulimit(name="nofile", soft=65536, hard=65536), Ulimit(name="memlock", soft=-1, hard=-1)],
            linux=LinuxOptions(
                add_capabilities=["NET_ADMIN"],
                drop_capabilities=["ALL"],
                shared_memory_mib=256,
                max_swap_mib=512,
                swappiness=10,
            ),
            privileged=Privileged("loads eBPF programs into the kernel"),
        )
    }
    backend(stack, **given)
    template = synth(stack)
    app = containers(template)["app"]
    assert app["Privileged"] is True
    assert [(entry["Name"], entry["SoftLimit"]) for entry in app["Ulimits"]] == [("nofile", 65536), ("memlock", -1)]
    linux = app["LinuxParameters"]
    assert linux["Capabilities"] == {"Add": ["NET_ADMIN"], "Drop": ["ALL"]}
    assert (linux["SharedMemorySize"], linux["MaxSwap"], linux["Swappiness"]) == (256, 512, 10)
    assert opt_outs(template)["AWS::ECS::TaskDefinition"] == {
        "no-privileged-containers": "loads eBPF programs into the kernel"
    }


def test_directories_of_the_instance_and_docker_volumes_are_mounted():
    stack = new_stack()
    mounts = [VolumeMount(volume="scratch", path="/scratch"), VolumeMount(volume="cache", path="/cache")]
    given = on_ec2(stack) | {"container": container(mounts=mounts)}
    backend(
        stack,
        **given,
        volumes=[
            HostVolume(name="scratch", host_path="/mnt/nvme"),
            DockerVolume(name="cache", scope="shared", driver_options={"type": "tmpfs"}, labels={"team": "shop"}),
        ],
    )
    assert properties(synth(stack), "AWS::ECS::TaskDefinition")["Volumes"] == [
        {"Name": "scratch", "Host": {"SourcePath": "/mnt/nvme"}},
        {
            "Name": "cache",
            "DockerVolumeConfiguration": {
                "Autoprovision": True,
                "Driver": "local",
                "DriverOpts": {"type": "tmpfs"},
                "Labels": {"team": "shop"},
                "Scope": "shared",
            },
        },
    ]


@pytest.mark.parametrize("ec2_", [False, True], ids=["fargate", "ec2"])
def test_each_task_gets_an_ebs_volume(ec2_: bool):  # noqa: FBT001
    stack = new_stack()
    key = kms.Key(stack, "Key")
    given = on_ec2(stack) if ec2_ else {}
    backend(
        stack,
        **given | {"container": container(mounts=[VolumeMount(volume="data", path="/data")])},
        volumes=[EbsVolume(name="data", size_gib=100, iops=4000, throughput_mib=250, encryption_key=key)],
    )
    template = synth(stack)
    [volume] = service_of(template)["VolumeConfigurations"]
    ebs = volume["ManagedEBSVolume"]
    assert volume["Name"] == "data"
    assert (ebs["Encrypted"], ebs["SizeInGiB"], ebs["VolumeType"]) == (True, 100, "gp3")
    assert (ebs["Iops"], ebs["Throughput"], ebs["FilesystemType"]) == (4000, 250, "xfs")
    assert ebs["TagSpecifications"][0]["PropagateTags"] == "SERVICE"
    assert "Key" in json.dumps(ebs["KmsKeyId"])
    assert properties(template, "AWS::ECS::TaskDefinition")["Volumes"] == [{"Name": "data", "ConfiguredAtLaunch": True}]
    role = properties(template, "AWS::IAM::Role", like="dataVolume")
    assert "AmazonECSInfrastructureRolePolicyForVolumes" in json.dumps(role["ManagedPolicyArns"])


# ---- daemons


def test_a_daemon_runs_once_on_every_instance_and_is_replaced_in_place():
    stack = new_stack()
    capacity(stack)
    DaemonService(
        stack,
        "Agent",
        cluster=own_cluster(stack),
        image=IMAGE,
        cpu=128,
        memory_limit_mib=128,
        task=TaskOptions(network_mode="host"),
        placement_constraints=[PlacementConstraint.member_of("attribute:team == shop")],
    )
    service = service_of(synth(stack))
    assert service["SchedulingStrategy"] == "DAEMON"
    assert service["LaunchType"] == "EC2"
    assert not {"DesiredCount", "CapacityProviderStrategy", "PlacementStrategies"} & service.keys()
    deployment = service["DeploymentConfiguration"]
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (0, 100)
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert service["PlacementConstraints"] == [{"Type": "memberOf", "Expression": "attribute:team == shop"}]


def test_a_daemon_behind_a_load_balancer_is_reached_on_the_instances_of_every_capacity():
    stack = new_stack()
    capacity(stack, "One")
    capacity(stack, "Two")
    DaemonService(
        stack,
        "Agent",
        cluster=own_cluster(stack),
        container=container(ports=[8125]),
        task=TaskOptions(network_mode="host"),
        exposure=NlbExposure(port=8125),
    )
    assert {rule[1:3] + rule[-1:] for rule in opened(synth(stack))} == {(8125, 8125, "One"), (8125, 8125, "Two")}


# ---- the rest of a service


def test_a_load_balancer_waits_for_an_application_that_starts_slowly():
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "bridge", 8080),
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
        health_check_grace_period=timedelta(minutes=5),
    )
    assert service_of(synth(stack))["HealthCheckGracePeriodSeconds"] == 300


def test_a_service_on_instances_lets_another_in_by_the_instances():
    """With bridge networking the group of a task is that of its instance: all tasks there share it."""
    stack = new_stack()
    first = backend(stack, "First", **on_ec2(stack, "awsvpc", 8080))
    second = backend(stack, "Second", **on_ec2(stack, "bridge", Port(number=9090, host_port=9090)))
    second.connections.allow_from(first, ec2.Port.tcp(9090))
    assert opened(synth(stack)) == {("tcp", 9090, 9090, "FirstService", "Instances")}


def test_eni_trunking_lets_more_tasks_with_an_address_on_an_instance():
    """It is a setting of the account: the template is the same, and what fits is not."""
    stack = new_stack()
    trunked = capacity(stack, instances=InstanceOptions(eni_trunking=True))
    backend(stack, cluster=own_cluster(stack), image=IMAGE, capacity=[trunked.share()])
    with_it = synth(stack)
    stack = new_stack()
    backend(stack, cluster=own_cluster(stack), image=IMAGE, capacity=[capacity(stack).share()])
    assert synth(stack) == with_it


def test_the_execution_role_of_a_task_on_ec2_writes_its_log_and_nothing_else():
    stack = new_stack()
    backend(stack, **on_ec2(stack, "bridge", 8080))
    actions = [entry["Action"] for entry in statements(synth(stack), "ExecutionRole")]
    assert actions == [["logs:CreateLogStream", "logs:PutLogEvents"]]


def test_a_shared_network_load_balancer_serves_tasks_on_instances():
    stack = new_stack()
    shared = NetworkLoadBalancer(stack, "Shared", network=network(stack, "OwnNetwork"), internet_facing=False)
    backend(
        stack,
        **on_ec2(stack, "bridge", 8080),
        exposure=[
            NlbExposure(port=8080, load_balancer=shared, listener_port=80),
            NlbExposure(
                port=8080, load_balancer=shared, protocol="TLS", listener_port=443, certificate=certificate(stack)
            ),
        ],
    )
    template = synth(stack)
    listeners = resources(template, "AWS::ElasticLoadBalancingV2::Listener").values()
    assert sorted((entry["Properties"]["Port"], entry["Properties"]["Protocol"]) for entry in listeners) == [
        (80, "TCP"),
        (443, "TLS"),
    ]
    assert opened(template) == {("tcp", 32768, 65535, "Shared", "Instances")}
