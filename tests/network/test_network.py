from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs

from cdk_containers import Cluster, ConstructError, Disabled, Logs, NatGateways, Network
from tests.toolkit import REASON, Template, new_stack, opt_outs, properties, resource, resources, synth


def network_template(*, region: str | None = "eu-west-1", **options: Any) -> Template:
    stack = new_stack(region=region)
    Network(stack, "Network", **options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return network_template()


def subnets(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {name: entry for name, entry in resources(template, "AWS::EC2::Subnet").items() if f"Vpc{kind}" in name}


def test_it_spreads_over_three_zones_where_the_environment_has_them(default: Template):
    for kind in ("Public", "Private"):
        zones = {entry["Properties"]["AvailabilityZone"] for entry in subnets(default, kind).values()}
        assert len(zones) == 3, kind
    assert len(resources(default, "AWS::EC2::Subnet")) == 6


def test_an_environment_agnostic_stack_gets_the_two_zones_that_there_always_are():
    template = network_template(region=None)
    assert len(subnets(template, "Private")) == 2
    assert len(resources(template, "AWS::EC2::NatGateway")) == 2


def test_no_subnet_hands_out_public_addresses(default: Template):
    on_launch = [
        entry["Properties"]["MapPublicIpOnLaunch"] for entry in resources(default, "AWS::EC2::Subnet").values()
    ]
    assert on_launch == [False] * 6


def test_each_zone_has_its_own_way_out(default: Template):
    assert len(resources(default, "AWS::EC2::NatGateway")) == 3
    private_routes = [
        entry["Properties"]["NatGatewayId"]["Ref"]
        for name, entry in resources(default, "AWS::EC2::Route").items()
        if "VpcPrivate" in name
    ]
    assert len(set(private_routes)) == 3


def test_image_layers_come_through_a_free_endpoint(default: Template):
    endpoint = properties(default, "AWS::EC2::VPCEndpoint")
    assert endpoint["VpcEndpointType"] == "Gateway"
    assert len(endpoint["RouteTableIds"]) == 6


def test_connections_are_recorded_for_a_year(default: Template):
    flow_log = properties(default, "AWS::EC2::FlowLog")
    assert flow_log["TrafficType"] == "ALL"
    assert flow_log["LogDestinationType"] == "cloud-watch-logs"
    group = resource(default, "AWS::Logs::LogGroup")
    assert group["Properties"]["RetentionInDays"] == 365
    assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == "Retain"


def test_there_is_no_custom_resource(default: Template):
    types = {entry["Type"] for entry in default["Resources"].values()}
    assert "AWS::EC2::VPC" in types
    assert not [name for name in types if name.startswith(("Custom::", "AWS::Lambda::", "AWS::CloudFormation::"))]


def test_flow_logs_can_be_switched_off_with_a_reason():
    template = network_template(flow_logs=Disabled(REASON))
    assert resources(template, "AWS::EC2::VPC")
    assert not resources(template, "AWS::EC2::FlowLog")
    assert not resources(template, "AWS::Logs::LogGroup")
    assert opt_outs(template) == {"AWS::EC2::VPC": {"flow-logs": REASON}}


def test_the_reason_is_only_there_when_something_is_off(default: Template):
    assert opt_outs(default) == {}


def test_flow_logs_take_a_key_and_another_time():
    stack = new_stack()
    Network(
        stack,
        "Network",
        flow_logs=Logs(
            retention=aws_logs.RetentionDays.ONE_MONTH,
            encryption_key=kms.Key(stack, "Key"),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        ),
    )
    template = synth(stack)
    group = resource(template, "AWS::Logs::LogGroup")
    assert group["Properties"]["RetentionInDays"] == 30
    assert "KmsKeyId" in group["Properties"]
    assert group["DeletionPolicy"] == "Delete"


def test_one_nat_gateway_serves_every_zone():
    template = network_template(nat_gateways=NatGateways.SINGLE)
    [gateway] = resources(template, "AWS::EC2::NatGateway")
    routes = [
        entry["Properties"]["NatGatewayId"]
        for name, entry in resources(template, "AWS::EC2::Route").items()
        if "VpcPrivate" in name
    ]
    assert routes == [{"Ref": gateway}] * 3


def test_without_nat_gateways_tasks_reach_aws_through_endpoints():
    template = network_template(nat_gateways=NatGateways.NONE, interface_endpoints=True)
    assert not resources(template, "AWS::EC2::NatGateway")
    assert set(resources(template, "AWS::EC2::Route")) == {
        name for name in resources(template, "AWS::EC2::Route") if "VpcPublic" in name
    }
    assert len(resources(template, "AWS::EC2::VPCEndpoint")) == 7


def test_endpoints_are_for_what_a_task_needs_to_start_and_closed_to_the_outside():
    template = network_template(interface_endpoints=True)
    endpoints = [
        entry["Properties"]
        for entry in resources(template, "AWS::EC2::VPCEndpoint").values()
        if entry["Properties"]["VpcEndpointType"] == "Interface"
    ]
    services = {str(entry["ServiceName"]).rsplit("eu-west-1.", 1)[-1].strip("'}]") for entry in endpoints}
    assert services == {"ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages"}
    assert all(len(entry["SubnetIds"]) == 3 for entry in endpoints)
    assert all(entry["PrivateDnsEnabled"] for entry in endpoints)
    group = properties(template, "AWS::EC2::SecurityGroup")
    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupIngress"]] == [
        ("10.0.0.0/16", 443, 443)
    ]


def test_isolated_subnets_have_no_way_out():
    template = network_template(isolated_subnets=True)
    assert len(subnets(template, "Isolated")) == 3
    with_routes = set(resources(template, "AWS::EC2::Route"))
    assert [name for name in with_routes if "VpcPrivate" in name]
    assert not [name for name in with_routes if "VpcIsolated" in name]


def test_a_network_that_exists_makes_no_resource():
    stack = new_stack()
    existing = Network.from_attributes(
        stack,
        "Network",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-1", "subnet-2"],
    )
    assert [
        subnet.subnet_id
        for subnet in existing.vpc.select_subnets(subnet_type=existing.task_subnets.subnet_type).subnets
    ] == ["subnet-1", "subnet-2"]
    assert not synth(stack).get("Resources")


def test_a_vpc_of_cdk_is_a_network():
    stack = new_stack()
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="A", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
    )
    cluster = Cluster(stack, "Cluster", network=vpc)
    assert cluster.vpc.node.path == vpc.node.path
    assert cluster.task_subnets.subnet_type == ec2.SubnetType.PRIVATE_ISOLATED


@pytest.mark.parametrize(
    ("options", "option", "allowed", "practice"),
    [
        ({"cidr": "10.0.0.0"}, "cidr", "/16 to /28", None),
        ({"cidr": "10.0.0.0/8"}, "cidr", "/16 to /28", None),
        ({"cidr": "10.0.0.1/16"}, "cidr", "10.0.0.0/16", None),
        ({"cidr": "here"}, "cidr", "10.0.0.0/16", None),
        ({"max_azs": 1}, "max_azs", "2–6", "multiple-availability-zones"),
        ({"max_azs": 7}, "max_azs", "2–6", "multiple-availability-zones"),
        ({"nat_gateways": "PER_AZ"}, "nat_gateways", "NatGateways", None),
        ({"nat_gateways": NatGateways.NONE}, "interface_endpoints", "True", "vpc-endpoints"),
        ({"flow_logs": False}, "flow_logs", "Disabled", None),
        ({"flow_logs": Disabled("no")}, "flow_logs.reason", "a reviewer", None),
        ({"flow_logs": Logs(retention=30)}, "flow_logs.retention", "RetentionDays", None),  # type: ignore[arg-type]
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str, practice: str | None):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        Network(stack, "Network", **options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert allowed in problem.allowed
    assert raised.value.path == "Shop/Network"
    assert stack.node.try_find_child("Network") is None


@pytest.mark.parametrize(
    ("private", "public", "option"),
    [
        (["subnet-1"], None, "private_subnet_ids"),
        ([], None, "private_subnet_ids"),
        (["subnet-1", "subnet-2"], ["subnet-3"], "public_subnet_ids"),
    ],
)
def test_a_network_that_exists_has_a_subnet_in_each_zone(private: list[str], public: list[str] | None, option: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        Network.from_attributes(
            stack,
            "Network",
            vpc_id="vpc-1",
            availability_zones=["eu-west-1a", "eu-west-1b"],
            private_subnet_ids=private,
            public_subnet_ids=public,
        )
    assert [problem.option for problem in raised.value.problems] == [option]
    assert raised.value.path == "Shop/Network"
    assert stack.node.try_find_child("Network") is None
