"""What CDK's own constructs get wrong with tasks on EC2, each shown on them and on ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam

from cdk_containers import (
    AlbExposure,
    ConstructError,
    DaemonService,
    DockerVolume,
    HostVolume,
    NlbExposure,
    Privileged,
    Spot,
    VolumeMount,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    capacity,
    certificate,
    container,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
    web,
)

INGRESS = "AWS::EC2::SecurityGroupIngress"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
PROVIDER = "AWS::ECS::CapacityProvider"
ASSOCIATION = "AWS::ECS::ClusterCapacityProviderAssociations"
SERVICE = "AWS::ECS::Service"


class Plain:
    """An application on EC2 in CDK's own words, as its documentation has it."""

    def __init__(self) -> None:
        self.stack = new_stack()
        self.vpc = ec2.Vpc(self.stack, "Vpc", max_azs=2, nat_gateways=1)
        self.cluster = ecs.Cluster(self.stack, "Cluster", vpc=self.vpc)

    def add_provider(self, **options: Any) -> ecs.AsgCapacityProvider:
        group = autoscaling.AutoScalingGroup(
            self.stack,
            "Group",
            vpc=self.vpc,
            launch_template=ec2.LaunchTemplate(
                self.stack,
                "LaunchTemplate",
                instance_type=ec2.InstanceType("m7i.large"),
                machine_image=ecs.EcsOptimizedImage.amazon_linux2023(),
                user_data=ec2.UserData.for_linux(),
                role=iam.Role(self.stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")),
                security_group=ec2.SecurityGroup(self.stack, "Instances", vpc=self.vpc),
            ),
        )
        provider = ecs.AsgCapacityProvider(self.stack, "Provider", auto_scaling_group=group, **options)
        self.cluster.add_asg_capacity_provider(provider)
        return provider

    def add_service(self, provider: ecs.AsgCapacityProvider) -> ecs.Ec2Service:
        task = ecs.Ec2TaskDefinition(self.stack, "Task")
        task.add_container(
            "app",
            image=ecs.ContainerImage.from_registry(IMAGE),
            memory_limit_mib=256,
            port_mappings=[ecs.PortMapping(container_port=8080)],
        )
        return ecs.Ec2Service(
            self.stack,
            "Service",
            cluster=self.cluster,
            task_definition=task,
            min_healthy_percent=100,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider=provider.capacity_provider_name, weight=1)
            ],
        )


def ours(**exposure: Any) -> Template:
    stack = new_stack()
    web(
        stack,
        **on_ec2(stack, "bridge", 8080),
        exposure=AlbExposure(port=8080, certificate=certificate(stack)) if not exposure else NlbExposure(**exposure),
    )
    return synth(stack)


def dynamic_rules(template: Template) -> list[dict[str, Any]]:
    return [
        entry["Properties"]
        for entry in resources(template, INGRESS).values()
        if (entry["Properties"]["FromPort"], entry["Properties"]["ToPort"]) == (32768, 65535)
    ]


def refs(value: object) -> set[str]:
    """Return the logical ids that a value refers to."""
    match value:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [name, *_]}:
            return {str(name)}
        case dict():
            return set().union(*map(refs, value.values()))
        case list():
            return set().union(*map(refs, value))
        case _:
            return set()


def goes_after(template: Template, first: str) -> set[str]:
    """Return what is deleted after a resource, since it needs it: directly, or through others."""
    found: set[str] = set()
    open_ = {first}
    while open_:
        entry = template["Resources"].get(open_.pop(), {})
        depends_on = entry.get("DependsOn", [])
        direct = refs(entry.get("Properties", {})) | set([depends_on] if isinstance(depends_on, str) else depends_on)
        open_ |= direct - found
        found |= direct
    return found


# ---- no rule between a load balancer and instances behind a capacity provider


def test_cdk_opens_nothing_between_load_balancer_and_instances():
    plain = Plain()
    service = plain.add_service(plain.add_provider())
    balancer = elbv2.ApplicationLoadBalancer(plain.stack, "Alb", vpc=plain.vpc)
    balancer.add_listener("Http", port=80, open=False).add_targets("Tasks", port=8080, targets=[service])
    template = synth(plain.stack)
    assert resources(template, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert not resources(template, INGRESS)
    assert not resources(template, "AWS::EC2::SecurityGroupEgress")


def test_ours_opens_the_dynamic_ports_to_the_load_balancer_and_nobody_else():
    template = ours()
    [rule] = dynamic_rules(template)
    assert len(resources(template, INGRESS)) == 1
    assert rule["IpProtocol"] == "tcp"
    assert "InstancesSecurityGroup" in json.dumps(rule["GroupId"])
    assert "LoadBalancerSecurityGroup" in json.dumps(rule["SourceSecurityGroupId"])
    [egress] = resources(template, "AWS::EC2::SecurityGroupEgress").values()
    assert (egress["Properties"]["FromPort"], egress["Properties"]["ToPort"]) == (32768, 65535)


# ---- no rule between a Network Load Balancer and tasks


def test_cdk_opens_nothing_between_network_load_balancer_and_tasks():
    plain = Plain()
    task = ecs.FargateTaskDefinition(plain.stack, "Task")
    task.add_container(
        "app",
        image=ecs.ContainerImage.from_registry(IMAGE),
        port_mappings=[ecs.PortMapping(container_port=8080)],
    )
    service = ecs.FargateService(
        plain.stack, "Service", cluster=plain.cluster, task_definition=task, min_healthy_percent=100
    )
    balancer = elbv2.NetworkLoadBalancer(
        plain.stack,
        "Nlb",
        vpc=plain.vpc,
        security_groups=[ec2.SecurityGroup(plain.stack, "NlbGroup", vpc=plain.vpc, allow_all_outbound=False)],
    )
    balancer.add_listener("Tcp", port=8080).add_targets("Tasks", port=8080, targets=[service])
    template = synth(plain.stack)
    assert not resources(template, INGRESS)
    assert not resources(template, "AWS::EC2::SecurityGroupEgress")


def test_ours_opens_the_port_of_the_tasks_to_the_network_load_balancer():
    stack = new_stack()
    web(stack, container=container(ports=[8080]), exposure=NlbExposure(port=8080))
    [rule] = [entry["Properties"] for entry in resources(synth(stack), INGRESS).values()]
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (8080, 8080, "tcp")
    assert "LoadBalancerSecurityGroup" in json.dumps(rule["SourceSecurityGroupId"])


def test_and_the_dynamic_ports_of_instances():
    [rule] = dynamic_rules(ours(port=8080))
    assert "InstancesSecurityGroup" in json.dumps(rule["GroupId"])
    assert "LoadBalancerSecurityGroup" in json.dumps(rule["SourceSecurityGroupId"])


# ---- a service that is there before its capacity, and after it


def test_a_service_of_cdk_does_not_wait_for_the_association():
    plain = Plain()
    plain.add_service(plain.add_provider())
    template = synth(plain.stack)
    [association] = resources(template, ASSOCIATION)
    [service] = resources(template, SERVICE)
    assert association not in goes_after(template, service)


def test_ours_is_deleted_first_then_the_association_the_provider_the_group_and_the_cluster():
    template = ours()
    [service], [association] = resources(template, SERVICE), resources(template, ASSOCIATION)
    [provider], [group] = resources(template, PROVIDER), resources(template, GROUP)
    [launch_template] = resources(template, "AWS::EC2::LaunchTemplate")
    [cluster] = resources(template, "AWS::ECS::Cluster")
    order = [service, association, provider, group, launch_template, cluster]
    for index, first in enumerate(order[:-1]):
        later = goes_after(template, first)
        assert set(order[index + 1 :]) <= later, first
        assert not set(order[:index]) & later, f"{first} needs what is deleted before it"


def test_a_daemon_waits_for_the_instances_too():
    stack = new_stack()
    capacity(stack)
    DaemonService(stack, "Daemon", cluster=own_cluster(stack), image=IMAGE)
    template = synth(stack)
    [service], [group] = resources(template, SERVICE), resources(template, GROUP)
    assert group in goes_after(template, service)


# ---- Spot


def test_cdk_leaves_spot_draining_out_when_a_group_has_a_capacity_provider():
    plain = Plain()
    plain.add_provider(spot_instance_draining=True)
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING" not in json.dumps(synth(plain.stack))


def test_ours_drains():
    stack = new_stack()
    capacity(stack, spot=Spot())
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true" in json.dumps(synth(stack))


# ---- the machine image


def test_cdk_still_starts_amazon_linux_2():
    plain = Plain()
    plain.cluster.add_capacity("Capacity", instance_type=ec2.InstanceType("m7i.large"))
    assert "/amazon-linux-2/" in json.dumps(synth(plain.stack)["Parameters"])


def test_ours_starts_amazon_linux_2023():
    stack = new_stack()
    capacity(stack)
    parameters = json.dumps(synth(stack)["Parameters"])
    assert "/amazon-linux-2023/" in parameters
    assert "/amazon-linux-2/" not in parameters


# ---- the metadata of the instance


def test_cdk_lets_tasks_read_the_credentials_of_the_instance():
    plain = Plain()
    plain.add_provider()
    template = synth(plain.stack)
    assert "MetadataOptions" not in properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert "ECS_AWSVPC_BLOCK_IMDS" not in json.dumps(template)


def test_ours_does_not():
    stack = new_stack()
    capacity(stack)
    template = synth(stack)
    options = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)
    assert "ECS_AWSVPC_BLOCK_IMDS=true" in json.dumps(template)


# ---- what only instances have, on Fargate


def test_cdk_takes_privileged_containers_docker_volumes_and_directories_of_the_host_on_fargate():
    stack = new_stack()
    task = ecs.FargateTaskDefinition(
        stack,
        "Task",
        volumes=[
            ecs.Volume(name="host", host=ecs.Host(source_path="/mnt/data")),
            ecs.Volume(
                name="docker",
                docker_volume_configuration=ecs.DockerVolumeConfiguration(driver="local", scope=ecs.Scope.TASK),
            ),
        ],
    )
    app = task.add_container("app", image=ecs.ContainerImage.from_registry(IMAGE), privileged=True)
    app.add_mount_points(ecs.MountPoint(source_volume="host", container_path="/data", read_only=False))
    definition = properties(synth(stack), "AWS::ECS::TaskDefinition")
    assert definition["RequiresCompatibilities"] == ["FARGATE"]
    assert definition["ContainerDefinitions"][0]["Privileged"] is True
    assert definition["Volumes"][0]["Host"] == {"SourcePath": "/mnt/data"}
    assert "DockerVolumeConfiguration" in definition["Volumes"][1]


def test_ours_refuses_all_three():
    mounts = [VolumeMount(volume="host", path="/a"), VolumeMount(volume="docker", path="/b")]
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        backend(
            stack,
            container=container(privileged=Privileged(REASON), mounts=mounts),
            volumes=[HostVolume(name="host", host_path="/mnt/data"), DockerVolume(name="docker")],
        )
    assert {(problem.option, problem.practice) for problem in raised.value.problems} == {
        ("container.privileged", "no-privileged-containers"),
        ("volumes[0]", "instance-volumes"),
        ("volumes[1]", "instance-volumes"),
    }
    assert stack.node.try_find_child("Backend") is None


# ---- a target group that counts instances, for tasks that have an address


def test_targets_are_instances_or_addresses_as_the_tasks_have_them():
    for mode, kind in (("awsvpc", "ip"), ("bridge", "instance"), ("host", "instance")):
        stack = new_stack()
        web(
            stack,
            **on_ec2(stack, mode, 8080),  # type: ignore[arg-type]
            exposure=AlbExposure(port=8080, certificate=certificate(stack)),
        )
        template = synth(stack)
        assert properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")["TargetType"] == kind
        assert ("NetworkConfiguration" in resource(template, SERVICE)["Properties"]) == (mode == "awsvpc")
