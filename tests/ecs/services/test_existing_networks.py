"""Security groups, subnets and names that services and jobs are given, under CDK's names."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    Cluster,
    ConstructError,
    DaemonService,
    Ec2Capacity,
    ManagedInstancesCapacity,
    Network,
    ScheduledJob,
)
from tests.toolkit import (
    IMAGE,
    Template,
    backend,
    capacity,
    certificate,
    cluster,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    resources,
    synth,
    web,
    worker,
)

ONE_ZONE = ec2.SubnetSelection(availability_zones=["eu-west-1a"])
APP = ec2.SubnetSelection(subnet_group_name="App")


def given_group(stack: cdk.Stack, id: str = "Given") -> ec2.ISecurityGroup:  # noqa: A002
    return ec2.SecurityGroup.from_security_group_id(stack, id, "sg-0123456789abcdef0")


def job(stack: cdk.Stack, id: str = "Job", **options: Any) -> ScheduledJob:  # noqa: A002
    options.setdefault("cluster", cluster(stack))
    return ScheduledJob(stack, id, schedule="rate(1 day)", image=IMAGE, **options)


def interface_of(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = properties(template, "AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    return found


def interface_of_job(template: Template) -> dict[str, Any]:
    parameters = properties(template, "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
    found: dict[str, Any] = parameters["NetworkConfiguration"]["AwsvpcConfiguration"]
    return found


def two_kinds(stack: cdk.Stack) -> ec2.IVpc:
    """Return a VPC as others have it: private subnets for applications, and others for data."""
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-0a1", "subnet-0a2", "subnet-0d1", "subnet-0d2"],
        private_subnet_names=["App", "Data"],
        public_subnet_ids=["subnet-0b1", "subnet-0b2"],
    )


class TestSecurityGroups:
    @pytest.mark.parametrize("make", [backend, worker])
    def test_given_ones_take_the_place_of_the_one_that_is_made(self, make: Any):
        stack = new_stack()
        service = make(stack, security_groups=[given_group(stack)])
        service.connections.allow_from_any_ipv4(ec2.Port.tcp(8080))
        template = synth(stack)
        assert interface_of(template)["SecurityGroups"] == ["sg-0123456789abcdef0"]
        assert not resources(template, "AWS::EC2::SecurityGroup")
        assert properties(template, "AWS::EC2::SecurityGroupIngress")["GroupId"] == "sg-0123456789abcdef0"

    def test_one_is_made_otherwise(self):
        stack = new_stack()
        backend(stack)
        assert len(resources(synth(stack), "AWS::EC2::SecurityGroup")) == 1

    def test_the_load_balancer_is_let_in(self):
        stack = new_stack()
        web(stack, security_groups=[given_group(stack)])
        opened = properties(synth(stack), "AWS::EC2::SecurityGroupIngress")
        assert (opened["GroupId"], opened["FromPort"]) == ("sg-0123456789abcdef0", 8080)

    def test_a_job_has_them_in_all_ways_to_start_it(self):
        stack = new_stack()
        job(stack, security_groups=[given_group(stack)])
        template = synth(stack)
        assert interface_of_job(template)["SecurityGroups"] == ["sg-0123456789abcdef0"]
        assert not resources(template, "AWS::EC2::SecurityGroup")
        commands = [str(output["Value"]) for output in template["Outputs"].values()]
        assert len(commands) == 2
        assert all("securityGroups=[sg-0123456789abcdef0]" in command for command in commands)

    def test_of_another_stack(self):
        app = cdk.App()
        platform, shop = cdk.Stack(app, "Platform"), cdk.Stack(app, "Shop")
        group = ec2.SecurityGroup(platform, "Group", vpc=cluster(platform).vpc)
        service = backend(shop, cluster=cluster(platform), security_groups=[group])
        service.connections.allow_from_any_ipv4(ec2.Port.tcp(8080))
        assert "Fn::ImportValue" in str(interface_of(synth(shop))["SecurityGroups"])
        assert resources(synth(shop), "AWS::EC2::SecurityGroupIngress")

    @pytest.mark.parametrize("make", [backend, job])
    def test_one_that_comes_too_late_is_refused(self, make: Any):
        stack = new_stack()
        made = make(stack)
        with pytest.raises(ConstructError, match=r"security_groups=\[…\]"):
            made.connections.add_security_group(given_group(stack))

    def test_also_where_tasks_have_those_of_instances(self):
        stack = new_stack()
        service = backend(stack, **on_ec2(stack, "bridge", 8080))
        with pytest.raises(ConstructError, match="security groups of their instances"):
            service.connections.add_security_group(given_group(stack))


class TestSubnets:
    @pytest.mark.parametrize("make", [backend, worker])
    def test_of_a_service(self, make: Any):
        stack = new_stack()
        make(stack, vpc_subnets=ONE_ZONE)
        assert interface_of(synth(stack))["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1"]

    def test_of_a_job(self):
        stack = new_stack()
        job(stack, vpc_subnets=ONE_ZONE)
        assert interface_of_job(synth(stack))["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1"]

    def test_by_their_ids(self):
        stack = new_stack()
        chosen = ec2.SubnetSelection(subnets=[ec2.Subnet.from_subnet_id(stack, "Subnet", "subnet-0c1")])
        backend(stack, vpc_subnets=chosen)
        job(stack, vpc_subnets=chosen)
        template = synth(stack)
        assert interface_of(template)["Subnets"] == ["subnet-0c1"]
        assert interface_of_job(template)["Subnets"] == ["subnet-0c1"]

    @pytest.mark.parametrize(
        ("chosen", "what"),
        [
            (ec2.SubnetSelection(subnet_group_name="App"), "There are no subnet groups with name 'App'"),
            (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC), "some of the subnets are public"),
            (ec2.SubnetSelection(subnets=[]), "the selection contains no subnets"),
            (ec2.SubnetSelection(availability_zones=["us-east-1a"]), "the selection contains no subnets"),
        ],
    )
    def test_that_tasks_cannot_be_in(self, chosen: ec2.SubnetSelection, what: str):
        stack = new_stack()
        for make in (backend, job):
            with pytest.raises(ConstructError) as caught:
                make(stack, vpc_subnets=chosen)
            [problem] = caught.value.problems
            assert problem.option == "vpc_subnets"
            assert problem.what.startswith(what)

    def test_want_the_network_that_they_are_in(self):
        stack = new_stack()
        with pytest.raises(ConstructError, match="the tasks would get a new network"):
            backend(stack, cluster=None, vpc_subnets=ONE_ZONE)
        with pytest.raises(ConstructError, match="the tasks would get a new network"):
            job(stack, cluster=None, security_groups=[given_group(stack)])

    def test_are_those_of_the_instances_without_awsvpc(self):
        stack = new_stack()
        with pytest.raises(ConstructError) as caught:
            backend(stack, **on_ec2(stack, "bridge", 8080), vpc_subnets=ONE_ZONE, security_groups=[given_group(stack)])
        assert [problem.option for problem in caught.value.problems] == ["security_groups", "vpc_subnets"]


class TestServiceName:
    def test_every_kind_has_it(self):
        stack = new_stack()
        capacity(stack)
        backend(stack, service_name="one")
        worker(stack, service_name="two")
        DaemonService(stack, "Daemon", cluster=own_cluster(stack), image=IMAGE, service_name="three")
        made = resources(synth(stack), "AWS::ECS::Service").values()
        assert {entry["Properties"]["ServiceName"] for entry in made} == {"one", "two", "three"}

    def test_none_is_made_up(self):
        stack = new_stack()
        backend(stack)
        assert "ServiceName" not in properties(synth(stack), "AWS::ECS::Service")

    def test_that_ecs_refuses(self):
        with pytest.raises(ConstructError, match="service_name"):
            backend(new_stack(), service_name="shop/web")


class TestSeveralKindsOfPrivateSubnets:
    def test_nobody_guesses(self):
        stack = new_stack()
        shop = Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=two_kinds(stack))
        for make in (backend, job):
            with pytest.raises(ConstructError) as caught:
                make(stack, cluster=shop)
            [problem] = caught.value.problems
            assert problem.option == "vpc_subnets"
            assert problem.given == "4 private subnets in 2 zones"
            assert "Network.from_vpc" in problem.allowed

    def test_a_service_may_say_it(self):
        stack = new_stack()
        shop = Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=two_kinds(stack))
        backend(stack, cluster=shop, vpc_subnets=APP)
        assert interface_of(synth(stack))["Subnets"] == ["subnet-0a1", "subnet-0a2"]

    def test_or_the_network_for_all(self):
        stack = new_stack()
        network = Network.from_vpc(stack, "Network", vpc=two_kinds(stack), task_subnets=APP)
        shop = Cluster(stack, "Cluster", network=network)
        backend(stack, cluster=shop)
        job(stack, cluster=shop)
        ApplicationLoadBalancer(stack, "Alb", network=network, certificates=[certificate(stack)], internet_facing=False)
        Ec2Capacity(stack, "Instances", cluster=shop, instance_types=["m7i.large"], max_instances=2)
        ManagedInstancesCapacity(stack, "Managed", cluster=shop)
        template = synth(stack)
        wanted = ["subnet-0a1", "subnet-0a2"]
        assert interface_of(template)["Subnets"] == wanted
        assert interface_of_job(template)["Subnets"] == wanted
        assert properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Subnets"] == wanted
        assert properties(template, "AWS::AutoScaling::AutoScalingGroup")["VPCZoneIdentifier"] == wanted
        managed = properties(template, "AWS::ECS::CapacityProvider", like="Managed")["ManagedInstancesProvider"]
        assert managed["InstanceLaunchTemplate"]["NetworkConfiguration"]["Subnets"] == wanted

    def test_an_internal_load_balancer_of_a_service_is_there_too(self):
        stack = new_stack()
        network = Network.from_vpc(stack, "Network", vpc=two_kinds(stack), task_subnets=APP)
        shop = Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=network)
        exposure = AlbExposure(port=8080, certificate=certificate(stack))
        backend(stack, cluster=shop, exposure=exposure)
        made = properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")
        assert made["Subnets"] == ["subnet-0a1", "subnet-0a2"]
        plain = Cluster.from_attributes(stack, "Plain", cluster_name="shop", network=network.vpc)
        with pytest.raises(ConstructError, match=r"cluster: the VPC has several groups of private subnets"):
            backend(stack, "Other", cluster=plain, exposure=exposure, vpc_subnets=APP)

    def test_load_balancers_and_instances_ask_too(self):
        stack = new_stack()
        vpc = two_kinds(stack)
        shop = Cluster(stack, "Cluster", network=vpc)
        with pytest.raises(ConstructError, match="several groups of private subnets"):
            ApplicationLoadBalancer(stack, "Alb", network=vpc, certificates=[certificate(stack)], internet_facing=False)
        with pytest.raises(ConstructError, match="several groups of private subnets"):
            Ec2Capacity(stack, "Instances", cluster=shop, instance_types=["m7i.large"], max_instances=2)
        with pytest.raises(ConstructError, match="several groups of private subnets"):
            ManagedInstancesCapacity(stack, "Managed", cluster=shop)

    def test_a_vpc_of_cdk_asks_as_well(self):
        stack = new_stack()
        private = ec2.SubnetType.PRIVATE_WITH_EGRESS
        vpc = ec2.Vpc(
            stack,
            "Vpc",
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC),
                ec2.SubnetConfiguration(name="App", subnet_type=private),
                ec2.SubnetConfiguration(name="Data", subnet_type=private),
            ],
        )
        shop = Cluster(stack, "Cluster", network=vpc)
        with pytest.raises(ConstructError, match="several groups of private subnets"):
            backend(stack, cluster=shop)
        backend(stack, "Chosen", cluster=shop, vpc_subnets=APP)
        assert len(interface_of(synth(stack))["Subnets"]) == 2

    def test_the_network_checks_what_it_is_told(self):
        stack = new_stack()
        vpc = two_kinds(stack)
        for chosen, what in (
            (None, "several groups of private subnets"),
            (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS), "several subnets of a zone"),
            (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC), "public"),
            (ec2.SubnetSelection(subnet_group_name="Other"), "no subnet groups with name"),
        ):
            with pytest.raises(ConstructError, match=what):
                Network.from_vpc(stack, "Network", vpc=vpc, task_subnets=chosen)
        plain = Network.from_vpc(stack, "Network", vpc=cluster(stack).vpc)
        assert plain.task_subnets.subnet_type is ec2.SubnetType.PRIVATE_WITH_EGRESS

    def test_a_network_that_is_looked_up_and_one_of_tokens_pass(self):
        stack = new_stack(region="eu-west-1")
        found = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-0123456789abcdef0")
        backend(stack, cluster=Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=found))
        assert len(interface_of(synth(stack))["Subnets"]) == 2
        stack = new_stack()
        tokens = ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id=cdk.Fn.import_value("Vpc"),
            availability_zones=cdk.Fn.get_azs(),
            private_subnet_ids=["subnet-0a1", "subnet-0a2"],
        )
        backend(stack, cluster=Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=tokens))
        assert len(interface_of(synth(stack))["Subnets"]) == 2


def test_an_imported_network_is_quiet():
    stack = new_stack()
    shop = cluster(stack)
    backend(stack, cluster=shop)
    loud = ec2.Vpc.from_vpc_attributes(
        stack,
        "Loud",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-0a1"],
    )
    warnings = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    assert [entry.id for entry in warnings] == [f"/{loud.private_subnets[0].node.path}"]
