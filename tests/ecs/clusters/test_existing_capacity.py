"""Clusters and capacity of others: by launch type, by a capacity provider that is named, and imported instances."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs

from cdk_containers import (
    AlbExposure,
    Cluster,
    ConstructError,
    DaemonService,
    Disabled,
    Ec2Capacity,
    FargateCapacity,
    InstanceRequirements,
    LaunchType,
    ManagedInstancesCapacity,
    ScheduledJob,
    TaskOptions,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    own_cluster,
    properties,
    resources,
    statements,
    synth,
    web,
)

INSTANCES = "sg-0aaaaaaaaaaaaaaaa"
BRIDGE = TaskOptions(network_mode="bridge")


def service_of(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::ECS::Service")


def run_of(template: Template) -> dict[str, Any]:
    parameters: dict[str, Any] = properties(template, "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
    return parameters


def imported(stack: cdk.Stack, of: Cluster | None = None, **options: Any) -> Ec2Capacity:
    given = {"capacity_provider_name": "shop-ec2", "security_group_id": INSTANCES} | options
    return Ec2Capacity.from_attributes(stack, "Instances", cluster=of or cluster(stack), **given)


def managed(stack: cdk.Stack, **options: Any) -> ManagedInstancesCapacity:
    given = {"capacity_provider_name": "shop-managed", "security_group_id": INSTANCES} | options
    return ManagedInstancesCapacity.from_attributes(stack, "Managed", cluster=cluster(stack), **given)


def schedule(stack: cdk.Stack, **options: Any) -> ScheduledJob:
    return ScheduledJob(stack, "Job", schedule="rate(1 day)", cluster=cluster(stack), image=IMAGE, **options)


class TestByLaunchType:
    def test_an_imported_cluster_needs_no_capacity_provider(self):
        stack = new_stack()
        backend(stack)
        made = service_of(synth(stack))
        assert made["LaunchType"] == "FARGATE"
        assert "CapacityProviderStrategy" not in made

    def test_nor_for_its_jobs(self):
        stack = new_stack()
        schedule(stack)
        run = run_of(synth(stack))
        assert run["LaunchType"] == "FARGATE"
        assert run["PlatformVersion"] == "LATEST"
        assert "CapacityProviderStrategy" not in run

    def test_providers_that_are_said_are_used(self):
        stack = new_stack()
        shop = Cluster.from_attributes(
            stack, "Cluster", cluster_name="shop", network=network(stack), capacity=[FargateCapacity.spot()]
        )
        backend(stack, cluster=shop)
        schedule(stack)
        template = synth(stack)
        for told in (service_of(template), run_of(template)):
            assert told["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Base": 0, "Weight": 1}]
            assert "LaunchType" not in told

    def test_one_service_may_have_a_launch_type_in_a_cluster_of_ours(self):
        stack = new_stack()
        backend(stack, cluster=own_cluster(stack), capacity=[LaunchType.FARGATE])
        template = synth(stack)
        assert service_of(template)["LaunchType"] == "FARGATE"
        association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")
        assert association["DefaultCapacityProviderStrategy"] == [
            {"CapacityProvider": "FARGATE", "Base": 0, "Weight": 1}
        ]

    def test_a_cluster_of_ours_may_have_it_as_its_default(self):
        stack = new_stack()
        made = Cluster(stack, "Cluster", network=network(stack), capacity=[LaunchType.FARGATE])
        backend(stack, cluster=made)
        template = synth(stack)
        assert service_of(template)["LaunchType"] == "FARGATE"
        association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")
        assert association["DefaultCapacityProviderStrategy"] == []
        assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]

    def test_instances_that_registered_themselves(self):
        stack = new_stack()
        shop = Cluster.from_attributes(
            stack,
            "Cluster",
            cluster_name="shop",
            network=network(stack),
            capacity=[LaunchType.EC2],
            instance_security_group_ids=[INSTANCES],
        )
        exposure = AlbExposure(port=8080, certificate=certificate(stack))
        web(stack, cluster=shop, task=BRIDGE, exposure=exposure)
        schedule(stack, task=BRIDGE)
        template = synth(stack)
        assert service_of(template)["LaunchType"] == "EC2"
        assert "NetworkConfiguration" not in service_of(template)
        assert run_of(template)["LaunchType"] == "EC2"
        assert "PlatformVersion" not in run_of(template)
        opened = properties(template, "AWS::EC2::SecurityGroupIngress")
        assert (opened["GroupId"], opened["FromPort"], opened["ToPort"]) == (INSTANCES, 32768, 65535)

    def test_a_launch_type_stands_alone(self):
        stack = new_stack()
        with pytest.raises(ConstructError, match="a strategy supports only one kind of capacity"):
            backend(stack, capacity=[LaunchType.FARGATE, FargateCapacity.spot()])
        with pytest.raises(ConstructError, match=r"capacity\[0\].base: a launch type runs all tasks"):
            backend(stack, capacity=[LaunchType(name="EC2", base=1)])
        with pytest.raises(ConstructError, match=r"capacity\[0\].name: not a valid choice"):
            backend(stack, capacity=[LaunchType(name="FARGATE_SPOT")])  # type: ignore[arg-type]


class TestImportedInstances:
    @pytest.mark.parametrize("mode", ["bridge", "host", "awsvpc"])
    def test_a_service_runs_on_them(self, mode: Any):
        stack = new_stack()
        service = backend(
            stack, cluster=cluster(stack), capacity=[imported(stack).share()], task=TaskOptions(network_mode=mode)
        )
        service.connections.allow_from_any_ipv4(ec2.Port.tcp(8080))
        template = synth(stack)
        made = service_of(template)
        assert made["CapacityProviderStrategy"] == [{"CapacityProvider": "shop-ec2", "Base": 0, "Weight": 1}]
        assert "LaunchType" not in made
        own = resources(template, "AWS::EC2::SecurityGroup")
        if mode == "awsvpc":
            assert len(own) == 1
        else:
            assert not own
            assert properties(template, "AWS::EC2::SecurityGroupIngress")["GroupId"] == INSTANCES

    def test_nothing_else_is_made_for_them(self):
        stack = new_stack()
        imported(stack)
        managed(stack)
        assert synth(stack).get("Resources", {}) == {}

    def test_a_job_runs_on_them(self):
        stack = new_stack()
        schedule(stack, capacity=[imported(stack).share(weight=2)], task=BRIDGE)
        run = run_of(synth(stack))
        assert run["CapacityProviderStrategy"] == [{"CapacityProvider": "shop-ec2", "Base": 0, "Weight": 2}]
        assert "NetworkConfiguration" not in run

    def test_a_daemon_has_their_security_group(self):
        stack = new_stack()
        shop = cluster(stack)
        imported(stack)
        daemon = DaemonService(stack, "Agent", cluster=shop, image=IMAGE, task=BRIDGE)
        daemon.connections.allow_from_any_ipv4(ec2.Port.tcp(8125))
        template = synth(stack)
        assert service_of(template)["SchedulingStrategy"] == "DAEMON"
        assert properties(template, "AWS::EC2::SecurityGroupIngress")["GroupId"] == INSTANCES

    def test_managed_instances(self):
        stack = new_stack()
        backend(stack, cluster=cluster(stack), capacity=[managed(stack).share()])
        template = synth(stack)
        assert service_of(template)["CapacityProviderStrategy"][0]["CapacityProvider"] == "shop-managed"
        assert properties(template, "AWS::ECS::TaskDefinition")["RequiresCompatibilities"] == ["MANAGED_INSTANCES"]

    def test_a_cluster_of_ours_is_told_of_a_provider_of_others(self):
        stack = new_stack()
        made = own_cluster(stack)
        backend(stack, cluster=made, capacity=[imported(stack, made).share()])
        association = properties(synth(stack), "AWS::ECS::ClusterCapacityProviderAssociations")
        assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT", "shop-ec2"]

    def test_from_another_stack(self):
        app = cdk.App()
        platform, shop = cdk.Stack(app, "Platform"), cdk.Stack(app, "Shop")
        there = cluster(platform)
        capacity = imported(platform)
        service = backend(shop, cluster=there, capacity=[capacity.share()], task=BRIDGE)
        service.connections.allow_from_any_ipv4(ec2.Port.tcp(8080))
        template = synth(shop)
        assert service_of(template)["CapacityProviderStrategy"][0]["CapacityProvider"] == "shop-ec2"
        assert properties(template, "AWS::EC2::SecurityGroupIngress")["GroupId"] == INSTANCES

    def test_what_is_known_of_them_is_checked(self):
        stack = new_stack()
        small = imported(stack, instance_types=["m7i.large"])
        with pytest.raises(ConstructError, match="no instance of Instances can hold one task"):
            backend(stack, cluster=cluster(stack), capacity=[small.share()], cpu=4096, memory_limit_mib=30720)
        stack = new_stack()
        unknown = imported(stack)
        backend(stack, cluster=cluster(stack), capacity=[unknown.share()], cpu=4096, memory_limit_mib=30720)

    def test_gpus_of_managed_instances_are_trusted_unless_requirements_are_known(self):
        stack = new_stack()
        gpu = {"container": container(gpus=1), "image": None, "cluster": cluster(stack)}
        backend(stack, capacity=[managed(stack).share()], **gpu)
        stack = new_stack()
        gpu["cluster"] = cluster(stack)
        without = managed(stack, requirements=InstanceRequirements())
        with pytest.raises(ConstructError, match="without GPUs"):
            backend(stack, capacity=[without.share()], **gpu)


class TestWhatIsWrong:
    def test_capacity_of_another_cluster(self):
        stack = new_stack()
        share = imported(stack).share()
        with pytest.raises(ConstructError, match="is not capacity of the service's cluster"):
            backend(stack, cluster=own_cluster(stack), capacity=[share])

    def test_the_same_cluster_imported_twice_is_one(self):
        stack = new_stack()
        again = Cluster.from_attributes(stack, "Again", cluster_name="shop", network=network(stack))
        other = Cluster.from_attributes(stack, "Other", cluster_name="other", network=network(stack))
        share = imported(stack).share()
        backend(stack, cluster=again, capacity=[share])
        with pytest.raises(ConstructError, match="not capacity of the service's cluster"):
            backend(stack, "Elsewhere", cluster=other, capacity=[share])

    @pytest.mark.parametrize(
        ("name", "allowed"),
        [
            ("FARGATE", "FargateCapacity"),
            ("FARGATE_SPOT", "FargateCapacity"),
            ("fargate-2", "without aws, ecs or fargate"),
            ("aws-instances", "without aws, ecs or fargate"),
            ("ecsThings", "without aws, ecs or fargate"),
            ("arn:aws:ecs:eu-west-1:111111111111:capacity-provider/shop", "255 letters"),
            ("with space", "255 letters"),
            ("", "255 letters"),
            ("x" * 256, "255 letters"),
        ],
    )
    @pytest.mark.parametrize("make", [imported, managed])
    def test_names_of_no_provider(self, make: Any, name: str, allowed: str):
        with pytest.raises(ConstructError) as caught:
            make(new_stack(), capacity_provider_name=name)
        [problem] = caught.value.problems
        assert problem.option == "capacity_provider_name"
        assert allowed in problem.allowed

    def test_names_that_only_look_reserved_or_are_tokens_pass(self):
        stack = new_stack()
        name = cdk.Fn.import_value("Provider")
        backend(stack, cluster=cluster(stack), capacity=[imported(stack, capacity_provider_name=name).share()])
        assert service_of(synth(stack))["CapacityProviderStrategy"][0]["CapacityProvider"] == {
            "Fn::ImportValue": "Provider"
        }
        assert imported(new_stack(), capacity_provider_name="my-aws-instances").provider_name == "my-aws-instances"

    def test_all_at_once(self):
        with pytest.raises(ConstructError) as caught:
            imported(
                new_stack(), capacity_provider_name="FARGATE", security_group_id="default", instance_types=["large"]
            )
        assert [problem.root for problem in caught.value.problems] == [
            "capacity_provider_name",
            "security_group_id",
            "instance_types",
        ]

    def test_groups_of_instances_have_to_be_known_where_rules_are_needed(self):
        stack = new_stack()
        exposure = AlbExposure(port=8080, certificate=certificate(stack))
        with pytest.raises(ConstructError, match="instance_security_group_ids"):
            web(stack, cluster=cluster(stack), capacity=[LaunchType.EC2], task=BRIDGE, exposure=exposure)
        service = backend(stack, cluster=cluster(stack), capacity=[LaunchType.EC2], task=BRIDGE)
        with pytest.raises(ConstructError, match="security groups of its instances are unknown"):
            service.connections.allow_from_any_ipv4(ec2.Port.tcp(80))
        other = backend(stack, "Other", cluster=cluster(stack))
        with pytest.raises(ConstructError, match="security groups of its instances are unknown"):
            service.connect_to(other)
        job = schedule(stack, capacity=[LaunchType.EC2], task=BRIDGE)
        with pytest.raises(ConstructError, match="security groups of its instances are unknown"):
            job.connections.allow_to_any_ipv4(ec2.Port.tcp(443))

    def test_a_cluster_of_ours_without_instances(self):
        stack = new_stack()
        made = own_cluster(stack)
        with pytest.raises(ConstructError, match="the cluster has no instances"):
            backend(stack, cluster=made, capacity=[LaunchType.EC2])
        with pytest.raises(ConstructError, match="the cluster has no instances"):
            backend(stack, cluster=None, capacity=[LaunchType.EC2])
        imported(stack, made)
        backend(stack, cluster=made, capacity=[LaunchType.EC2])
        assert service_of(synth(stack))["LaunchType"] == "EC2"

    def test_of_a_cluster(self):
        with pytest.raises(ConstructError) as caught:
            Cluster.from_attributes(
                new_stack(),
                "Cluster",
                cluster_name="arn:aws:ecs:eu-west-1:111111111111:cluster/shop",
                network="vpc-1",  # type: ignore[arg-type]
                instance_security_group_ids=["sg-01", "web"],
                capacity=[],
            )
        assert [problem.option for problem in caught.value.problems] == [
            "network",
            "capacity",
            "cluster_name",
            "instance_security_group_ids[1]",
        ]


class TestSessions:
    def test_the_task_may_write_and_decrypt_where_the_cluster_records_them(self):
        stack = new_stack()
        key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/abc")
        shop = Cluster.from_attributes(
            stack,
            "Cluster",
            cluster_name="shop",
            network=network(stack),
            execute_command_log_group=aws_logs.LogGroup.from_log_group_name(stack, "Sessions", "/shop/sessions"),
            encryption_key=key,
        )
        writable = container(readonly_root_filesystem=Disabled(REASON))
        backend(stack, cluster=shop, container=writable, enable_execute_command=True)
        granted = {str(entry["Action"]): str(entry["Resource"]) for entry in statements(synth(stack), "TaskRole")}
        assert "/shop/sessions:*" in next(where for what, where in granted.items() if "logs:PutLogEvents" in what)
        assert "key/abc" in next(where for what, where in granted.items() if "kms:Decrypt" in what)

    def test_on_instances_too(self):
        stack = new_stack()
        shop = own_cluster(stack)
        writable = container(readonly_root_filesystem=Disabled(REASON))
        backend(
            stack,
            cluster=shop,
            capacity=[imported(stack, shop).share()],
            container=writable,
            task=BRIDGE,
            enable_execute_command=True,
        )
        actions = [action for entry in statements(synth(stack), "TaskRole") for action in entry["Action"]]
        assert "ssmmessages:OpenDataChannel" in actions
        assert "logs:PutLogEvents" in actions
