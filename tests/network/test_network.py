from ipaddress import ip_network
from itertools import combinations
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions, aws_logs
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms

from cdk_containers import Cluster, ConstructError, Disabled, Logs, NatGateways, Network, SubnetMasks
from cdk_containers.network import has_ipv6
from cdk_containers.network.subnets import plan_subnets
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


@pytest.mark.parametrize("region", ["eu-west-1", None])
@pytest.mark.parametrize("isolated", [True, False])
@pytest.mark.parametrize("prefix", range(16, 29))
def test_a_network_of_any_size_works_or_is_one_clear_error(prefix: int, isolated: bool, region: str | None):  # noqa: FBT001
    stack = new_stack(region=region)
    zones = 2 if region is None else 3
    options: dict[str, Any] = {"cidr": f"10.0.0.0/{prefix}", "isolated_subnets": isolated}
    if 2 ** (32 - prefix) < 16 * zones * (3 if isolated else 2):
        with pytest.raises(ConstructError) as raised:
            Network(stack, "Network", **options)
        assert [problem.option for problem in raised.value.problems] == ["cidr"]
        return
    Network(stack, "Network", **options)
    made = [
        ip_network(entry["Properties"]["CidrBlock"]) for entry in resources(synth(stack), "AWS::EC2::Subnet").values()
    ]
    assert len(made) == zones * (3 if isolated else 2)
    assert all(block.subnet_of(ip_network(f"10.0.0.0/{prefix}")) for block in made)
    assert not any(one.overlaps(other) for one, other in combinations(made, 2))


@pytest.mark.parametrize("max_azs", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("prefix", [20, 22, 23, 24, 25, 26])
def test_what_is_planned_is_what_cdk_makes(prefix: int, max_azs: int):
    # A dummy region has three zones: CDK's own splitting is asked for the others.
    plan = plan_subnets(prefix, max_azs, SubnetMasks(), isolated=True)
    addresses = ec2.IpAddresses.cidr(f"10.0.0.0/{prefix}")
    addresses.allocate_vpc_cidr()
    if plan is None:
        return
    asked = [
        ec2.RequestedSubnet(
            availability_zone="a",
            configuration=ec2.SubnetConfiguration(name=name, subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=mask),
            subnet_construct_id=f"{name}{zone}",
        )
        for name, mask in (("A", plan.public), ("B", plan.private), ("C", plan.isolated))
        for zone in range(max_azs)
    ]
    made = addresses.allocate_subnets_cidr(requested_subnets=asked, vpc_cidr=f"10.0.0.0/{prefix}").allocated_subnets
    blocks = [ip_network(subnet.cidr) for subnet in made]
    assert len(blocks) == 3 * max_azs
    assert all(block.subnet_of(ip_network(f"10.0.0.0/{prefix}")) for block in blocks)


def test_tasks_never_get_the_smallest_subnets():
    for prefix in range(16, 27):
        for zones in range(2, 7):
            plan = plan_subnets(prefix, zones, SubnetMasks(), isolated=False)
            if plan is not None:
                rest = 2 ** (32 - prefix) - zones * 2 ** (32 - plan.public)
                assert rest // zones >= 2 ** (32 - plan.public), (prefix, zones)


def test_the_sizes_of_subnets_can_be_said():
    template = network_template(
        cidr="10.0.0.0/20", isolated_subnets=True, subnet_masks=SubnetMasks(public=27, private=23, isolated=26)
    )
    sizes = {
        kind: {entry["Properties"]["CidrBlock"].split("/")[1] for entry in subnets(template, kind).values()}
        for kind in ("Public", "Private", "Isolated")
    }
    assert sizes == {"Public": {"27"}, "Private": {"23"}, "Isolated": {"26"}}


def test_a_network_says_for_how_many_tasks_it_has_addresses():
    stack = new_stack(region="eu-west-1")
    network = Network(stack, "Network", cidr="10.0.0.0/20", interface_endpoints=True)
    blocks = [it["Properties"]["CidrBlock"] for it in subnets(synth(stack), "Private").values()]
    assert len(blocks) == 3
    room = network.address_room
    assert room is not None
    assert room.addresses == room.steady == sum(2 ** (32 - int(it.split("/")[1])) - 5 - 6 for it in blocks)
    assert room.while_deploying == room.steady // 2
    assert Network.from_vpc(stack, "Known", vpc=network.vpc).address_room is None


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"cidr": "10.0.0.0/26"}, "cidr", "/16 to /25"),
        ({"cidr": "10.0.0.0/25", "isolated_subnets": True}, "cidr", "/16 to /24"),
        ({"cidr": "10.0.0.0/24", "subnet_masks": SubnetMasks(private=25)}, "subnet_masks", "/16 to /23"),
        ({"subnet_masks": SubnetMasks(private=16)}, "subnet_masks", "smaller subnets"),
        ({"subnet_masks": SubnetMasks(public=29)}, "subnet_masks.public", "16–28"),
        ({"subnet_masks": SubnetMasks(isolated=26)}, "subnet_masks.isolated", "isolated_subnets=True"),
        ({"subnet_masks": 24}, "subnet_masks", "SubnetMasks"),
    ],
)
def test_subnets_that_do_not_fit(options: dict[str, Any], option: str, allowed: str):
    with pytest.raises(ConstructError) as raised:
        Network(new_stack(region="eu-west-1"), "Network", **options)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed


@pytest.fixture(scope="module")
def dual_stack() -> Template:
    return network_template(dual_stack=True, isolated_subnets=True)


def test_a_dual_stack_network_gives_each_subnet_addresses_of_its_own(dual_stack: Template):
    assert properties(dual_stack, "AWS::EC2::VPCCidrBlock")["AmazonProvidedIpv6CidrBlock"] is True
    blocks = [str(entry["Properties"]["Ipv6CidrBlock"]) for entry in resources(dual_stack, "AWS::EC2::Subnet").values()]
    assert len(set(blocks)) == 9
    assert all(
        entry["Properties"]["AssignIpv6AddressOnCreation"]
        for entry in resources(dual_stack, "AWS::EC2::Subnet").values()
    )
    assert not any("Ipv6Native" in entry["Properties"] for entry in resources(dual_stack, "AWS::EC2::Subnet").values())


def test_ipv6_leads_out_of_private_subnets_and_never_in(dual_stack: Template):
    out = {
        name: next(target for target in ("GatewayId", "EgressOnlyInternetGatewayId") if target in entry["Properties"])
        for name, entry in resources(dual_stack, "AWS::EC2::Route").items()
        if entry["Properties"].get("DestinationIpv6CidrBlock") == "::/0"
    }
    assert {target for name, target in out.items() if "VpcPublic" in name} == {"GatewayId"}
    assert {target for name, target in out.items() if "VpcPrivate" in name} == {"EgressOnlyInternetGatewayId"}
    assert len(out) == 6
    assert not [name for name in out if "VpcIsolated" in name]


def test_switching_dual_stack_on_replaces_nothing(dual_stack: Template):
    before = network_template(isolated_subnets=True)
    added = {"AWS::EC2::VPCCidrBlock", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::Route"}
    assert before["Resources"].keys() <= dual_stack["Resources"].keys()
    new = dual_stack["Resources"].keys() - before["Resources"].keys()
    assert {dual_stack["Resources"][name]["Type"] for name in new} == added
    changed = {
        (entry["Type"], key)
        for name, entry in before["Resources"].items()
        for key in (entry.get("Properties", {}) | dual_stack["Resources"][name].get("Properties", {}))
        if entry.get("Properties", {}).get(key) != dual_stack["Resources"][name].get("Properties", {}).get(key)
    }
    # A subnet that had no block is associated with one, in place.
    assert changed == {
        ("AWS::EC2::Subnet", "AssignIpv6AddressOnCreation"),
        ("AWS::EC2::Subnet", "Ipv6CidrBlock"),
    }


def test_whether_a_network_has_ipv6_is_known_where_it_can_be():
    stack = new_stack()
    assert has_ipv6(Network(stack, "Own", dual_stack=True)) is True
    assert has_ipv6(Network(stack, "Old")) is False
    assert has_ipv6(Network(stack, "Vpc", dual_stack=True).vpc) is True
    assert has_ipv6(ec2.Vpc(stack, "Dual", ip_protocol=ec2.IpProtocol.DUAL_STACK)) is True
    assert has_ipv6(ec2.Vpc(stack, "Plain")) is False
    known: dict[str, Any] = {"vpc_id": "vpc-1", "availability_zones": ["a"], "private_subnet_ids": ["subnet-1"]}
    assert has_ipv6(Network.from_attributes(stack, "Imported", **known)) is None
    assert has_ipv6(Network.from_attributes(stack, "Told", **known, dual_stack=True)) is True
    assert has_ipv6(ec2.Vpc.from_vpc_attributes(stack, "Foreign", **known)) is None


def isolated_vpc(stack: cdk.Stack) -> ec2.Vpc:
    isolated = ec2.SubnetConfiguration(name="A", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    return ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=[isolated])


def no_way_out(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [str(entry.entry.data) for entry in found if "no-way-to-images" in str(entry.entry.data)]


def test_a_vpc_in_which_no_image_can_be_pulled_is_warned_of():
    stack = new_stack()
    Cluster(stack, "Cluster", network=isolated_vpc(stack))
    [warning] = no_way_out(stack)
    assert "ecr.api, ecr.dkr, s3, logs" in warning
    assert "Shop/Vpc" in warning


def test_each_cluster_in_such_a_vpc_has_the_warning():
    stack = new_stack()
    vpc = isolated_vpc(stack)
    for name in ("First", "Second"):
        Cluster(stack, name, network=vpc)
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    warned = [entry.id for entry in found if "no-way-to-images" in str(entry.entry.data)]
    assert warned == ["/Shop/First", "/Shop/Second"]


def test_endpoints_that_come_later_count():
    stack = new_stack()
    vpc = isolated_vpc(stack)
    Cluster(stack, "Cluster", network=vpc)
    services = ec2.InterfaceVpcEndpointAwsService
    vpc.add_interface_endpoint("Api", service=services.ECR)
    vpc.add_interface_endpoint("Docker", service=services.ECR_DOCKER)
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    [warning] = no_way_out(stack)
    assert "no endpoint for logs:" in warning


def test_a_route_out_by_something_else_counts():
    stack = new_stack()
    vpc = isolated_vpc(stack)
    Cluster(stack, "Cluster", network=vpc)
    for index, subnet in enumerate(vpc.isolated_subnets):
        ec2.CfnRoute(
            stack,
            f"Out{index}",
            route_table_id=subnet.route_table.route_table_id,
            destination_cidr_block="0.0.0.0/0",
            transit_gateway_id="tgw-0123456789abcdef0",
        )
    assert no_way_out(stack) == []
