"""Options of load balancers, their addresses, and how they ask tasks and stay with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BlueGreen,
    ConstructError,
    Disabled,
    Network,
    NetworkLoadBalancer,
    NlbExposure,
    Port,
    Stickiness,
    TargetHealthCheck,
    WebAcl,
)
from tests.toolkit import (
    REASON,
    Template,
    attributes,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    on_ec2,
    properties,
    resource,
    resources,
    synth,
    web,
)

IP = elbv2.IpAddressType
ACL = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shop/5f5e1b0c"


def dual_stack_network(scope: cdk.Stack, *, dual_stack: bool | None = True) -> Network:
    return Network.from_attributes(
        scope,
        "DualNetwork",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-1", "subnet-2"],
        public_subnet_ids=["subnet-3", "subnet-4"],
        dual_stack=dual_stack,
    )


def alb(stack: cdk.Stack, id: str = "Alb", **options: Any) -> ApplicationLoadBalancer:  # noqa: A002
    options.setdefault("network", network(stack))
    options.setdefault("certificates", [certificate(stack)])
    return ApplicationLoadBalancer(stack, id, **options)


def nlb(stack: cdk.Stack, id: str = "Nlb", **options: Any) -> NetworkLoadBalancer:  # noqa: A002
    options.setdefault("network", network(stack))
    return NetworkLoadBalancer(stack, id, **options)


def problems(raised: pytest.ExceptionInfo[ConstructError]) -> list[str]:
    return [problem.option for problem in raised.value.problems]


def open_to(template: Template, like: str = "") -> set[tuple[str, str, int]]:
    """Return who may reach the security group that is like a name: block, protocol and port."""
    found = set()
    for rule in properties(template, "AWS::EC2::SecurityGroup", like=like).get("SecurityGroupIngress", ()):
        found.add((rule.get("CidrIp") or rule["CidrIpv6"], rule["IpProtocol"], rule["FromPort"]))
    return found


# Addresses


@pytest.mark.parametrize("make", [alb, nlb])
def test_a_load_balancer_is_dual_stack_where_the_network_is(make: Any):
    stack = new_stack(region="eu-west-1")
    make(stack, "Dual", network=dual_stack_network(stack))
    make(stack, "Plain")
    template = synth(stack)
    kinds = {
        name: entry["Properties"].get("IpAddressType")
        for name, entry in resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").items()
    }
    assert sorted(kinds.values(), key=str) == [None, "dualstack"]


def test_a_public_one_is_open_to_everybody_over_ipv6_too():
    stack = new_stack(region="eu-west-1")
    made = alb(stack, network=dual_stack_network(stack))
    assert made.ip_address_type == IP.DUAL_STACK
    assert open_to(synth(stack)) == {(block, "tcp", port) for block in ("0.0.0.0/0", "::/0") for port in (80, 443)}


def test_without_public_ipv4_it_is_open_over_ipv6_alone():
    stack = new_stack(region="eu-west-1")
    alb(stack, network=dual_stack_network(stack), ip_address_type=IP.DUAL_STACK_WITHOUT_PUBLIC_IPV4)
    template = synth(stack)
    assert open_to(template) == {("::/0", "tcp", 80), ("::/0", "tcp", 443)}
    made = properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert made["IpAddressType"] == "dualstack-without-public-ipv4"


def test_services_bring_it_requests_over_ipv4():
    stack = new_stack(region="eu-west-1")
    made = cluster(stack, network=dual_stack_network(stack))
    web(stack, cluster=made)
    template = synth(stack)
    assert properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")["IpAddressType"] == "dualstack"
    assert "IpAddressType" not in properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")


def test_a_load_balancer_of_udp_alone_keeps_to_ipv4():
    stack = new_stack(region="eu-west-1")
    made = cluster(stack, network=dual_stack_network(stack))
    ports = [8080, Port(number=53, protocol="udp")]
    exposure = NlbExposure(port=53, protocol="UDP", health_check_port=8080)
    web(stack, cluster=made, container=container(ports=ports), exposure=exposure)
    template = synth(stack)
    assert "IpAddressType" not in properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert open_to(template, "LoadBalancer") == {("0.0.0.0/0", "udp", 53)}


def test_a_dual_stack_one_takes_listeners_for_udp():
    stack = new_stack(region="eu-west-1")
    dual = dual_stack_network(stack)
    shared = nlb(stack, network=dual)
    ports = [8080, Port(number=53, protocol="udp")]
    exposure = NlbExposure(port=53, protocol="UDP", health_check_port=8080, load_balancer=shared)
    web(stack, cluster=cluster(stack, network=dual), container=container(ports=ports), exposure=exposure)
    made = properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert (made["IpAddressType"], made["EnablePrefixForIpv6SourceNat"]) == ("dualstack", "on")


@pytest.mark.parametrize("make", [alb, nlb])
def test_no_addresses_are_promised_that_the_network_lacks(make: Any):
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError) as raised:
        make(stack, network=Network(stack, "Plain"), ip_address_type=IP.DUAL_STACK)
    assert problems(raised) == ["ip_address_type"]
    assert "dual_stack=True" in raised.value.problems[0].allowed
    make(stack, "Unknown", network=dual_stack_network(stack, dual_stack=None), ip_address_type=IP.DUAL_STACK)
    assert "'dualstack'" in str(resources(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer"))


@pytest.mark.parametrize("make", [alb, nlb])
def test_peers_that_no_address_is_for_are_refused(make: Any):
    stack = new_stack(region="eu-west-1")
    for peers in ([ec2.Peer.any_ipv6()], [ec2.Peer.ipv6("2001:db8::/32")]):
        with pytest.raises(ConstructError, match="only IPv4 addresses") as raised:
            make(stack, "Refused", ingress=peers)
        assert problems(raised) == ["ingress"]
    make(stack, "Both", ingress=[ec2.Peer.any_ipv4(), ec2.Peer.any_ipv6()])
    make(stack, "Dual", network=dual_stack_network(stack), ingress=[ec2.Peer.any_ipv6()])


def test_peers_of_ipv4_never_reach_one_without_public_ipv4():
    stack = new_stack(region="eu-west-1")
    options: dict[str, Any] = {
        "network": dual_stack_network(stack),
        "ip_address_type": IP.DUAL_STACK_WITHOUT_PUBLIC_IPV4,
    }
    with pytest.raises(ConstructError, match="no public IPv4 address") as raised:
        alb(stack, **options, ingress=[ec2.Peer.any_ipv4()])
    assert problems(raised) == ["ingress"]
    with pytest.raises(ConstructError, match="no public addresses to save"):
        alb(stack, **options, internet_facing=False)
    with pytest.raises(ConstructError, match="only an Application Load Balancer"):
        nlb(stack, **options)


@pytest.mark.parametrize("exposure", [AlbExposure, NlbExposure])
def test_so_are_peers_of_a_load_balancer_of_the_service_itself(exposure: Any):
    stack = new_stack(region="eu-west-1")
    given = {"certificate": certificate(stack)} if exposure is AlbExposure else {}
    with pytest.raises(ConstructError, match="only IPv4 addresses") as raised:
        web(stack, exposure=exposure(port=8080, ingress=[ec2.Peer.any_ipv6()], **given))
    assert problems(raised) == ["exposure.ingress"]
    made = cluster(stack, "DualCluster", network=dual_stack_network(stack))
    web(stack, "Dual", cluster=made, exposure=exposure(port=8080, ingress=[ec2.Peer.any_ipv6()], **given))


# Subnets and security groups


@pytest.mark.parametrize("make", [alb, nlb])
def test_subnets_can_be_chosen(make: Any):
    stack = new_stack(region="eu-west-1")
    chosen = [
        ec2.Subnet.from_subnet_attributes(stack, f"S{zone}", subnet_id=f"subnet-{zone}", availability_zone=zone)
        for zone in "ab"
    ]
    make(stack, vpc_subnets=ec2.SubnetSelection(subnets=chosen))
    assert properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")["Subnets"] == ["subnet-a", "subnet-b"]


@pytest.mark.parametrize("make", [alb, nlb])
@pytest.mark.parametrize(
    ("selection", "text"),
    [
        (ec2.SubnetSelection(subnet_group_name="Nowhere"), "no such subnets"),
        (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED), "no such subnets"),
        (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS), "must be in public subnets"),
    ],
)
def test_subnets_that_are_no_place_for_it(make: Any, selection: ec2.SubnetSelection, text: str):
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError, match=text) as raised:
        make(stack, vpc_subnets=selection)
    assert problems(raised) == ["vpc_subnets"]


def test_an_application_load_balancer_is_in_two_zones():
    stack = new_stack(region="eu-west-1")
    one = ec2.SubnetSelection(availability_zones=["eu-west-1a"], subnet_type=ec2.SubnetType.PUBLIC)
    with pytest.raises(ConstructError, match="too few zones"):
        alb(stack, vpc_subnets=one)
    given = ec2.SubnetSelection(subnets=network(stack).vpc.private_subnets[:1])
    with pytest.raises(ConstructError, match="too few zones"):
        alb(stack, "Given", vpc_subnets=given)
    nlb(stack, vpc_subnets=one)
    assert properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")["Subnets"] == [
        "subnet-0bbbbbbbbbbbbbbb1"
    ]


def test_a_security_group_that_exists_keeps_its_rules():
    stack = new_stack(region="eu-west-1")
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0", allow_all_outbound=False)
    shared = alb(stack, security_group=group)
    web(stack, exposure=AlbExposure(port=8080, load_balancer=shared))
    template = synth(stack)
    made = properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert made["SecurityGroups"] == ["sg-0123456789abcdef0"]
    assert not resources(template, "AWS::EC2::SecurityGroupIngress").keys() - {
        name for name in resources(template, "AWS::EC2::SecurityGroupIngress") if "Web" in name
    }
    [out] = resources(template, "AWS::EC2::SecurityGroupEgress").values()
    assert (out["Properties"]["GroupId"], out["Properties"]["ToPort"]) == ("sg-0123456789abcdef0", 8080)


def test_peers_that_are_named_are_added_to_it():
    stack = new_stack(region="eu-west-1")
    group = ec2.SecurityGroup(stack, "Group", vpc=network(stack).vpc)
    alb(stack, security_group=group, ingress=[ec2.Peer.ipv4("203.0.113.0/24")])
    assert open_to(synth(stack)) == {("203.0.113.0/24", "tcp", 443), ("203.0.113.0/24", "tcp", 80)}


def test_a_network_load_balancer_has_several():
    stack = new_stack(region="eu-west-1")
    groups = [ec2.SecurityGroup.from_security_group_id(stack, name, f"sg-{name}") for name in "ab"]
    shared = nlb(stack, security_groups=groups)
    web(stack, exposure=NlbExposure(port=8080, load_balancer=shared))
    template = synth(stack)
    assert properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")["SecurityGroups"] == ["sg-a", "sg-b"]
    assert not [
        entry
        for entry in resources(template, "AWS::EC2::SecurityGroupIngress").values()
        if "CidrIp" in entry["Properties"]
    ]


# AWS WAF


def test_a_web_acl_looks_at_requests_first():
    stack = new_stack(region="eu-west-1")
    alb(stack, web_acl=WebAcl(arn=ACL, fail_open=True))
    template = synth(stack)
    association = properties(template, "AWS::WAFv2::WebACLAssociation")
    assert association["WebACLArn"] == ACL
    balancer = resource(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert association["ResourceArn"]["Ref"] in resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert attributes(balancer["Properties"])["waf.fail_open.enabled"] == "true"


@pytest.mark.parametrize(
    ("arn", "text"),
    [
        ("shop", "not the ARN of a web ACL"),
        (ACL.replace("regional", "global"), "for CloudFront"),
        (ACL.replace("eu-west-1", "us-east-1"), "not in the region"),
        (ACL.replace("111111111111", "222222222222"), "not in the account"),
        ("arn:aws:waf-regional:eu-west-1:111111111111:webacl/5f5e1b0c", "not the ARN of a web ACL"),
    ],
)
def test_a_wrong_web_acl(arn: str, text: str):
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError, match=text) as raised:
        alb(stack, web_acl=WebAcl(arn=arn))
    assert problems(raised) == ["web_acl.arn"]


# The health check


def group_of(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")


def test_an_application_answers_health_checks_on_another_port():
    stack = new_stack(region="eu-west-1")
    exposure = AlbExposure(port=8080, certificate=certificate(stack), health_check_port=9090)
    web(stack, container=container(ports=[8080, 9090]), exposure=exposure)
    template = synth(stack)
    assert group_of(template)["HealthCheckPort"] == "9090"
    for type_ in ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"):
        assert {entry["Properties"]["ToPort"] for entry in resources(template, type_).values()} == {8080, 9090}


def test_a_sidecar_may_answer_them():
    stack = new_stack(region="eu-west-1")
    exposure = AlbExposure(port=8080, certificate=certificate(stack), health_check_port=9901)
    web(stack, sidecars=[container(name="proxy", ports=[9901])], container=container(), exposure=exposure)
    assert group_of(synth(stack))["HealthCheckPort"] == "9901"


def test_the_same_port_is_the_one_for_requests():
    stack = new_stack(region="eu-west-1")
    web(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack), health_check_port=8080))
    assert group_of(synth(stack))["HealthCheckPort"] == "traffic-port"


@pytest.mark.parametrize(("mode", "port"), [("bridge", "19090"), ("host", "9090")])
def test_on_instances_it_is_the_port_of_the_instance(mode: Any, port: str):
    stack = new_stack(region="eu-west-1")
    ports = [8080, Port(number=9090, host_port=19090 if mode == "bridge" else None)]
    exposure = AlbExposure(port=8080, certificate=certificate(stack), health_check_port=9090)
    web(stack, **on_ec2(stack, mode, *ports), exposure=exposure)
    template = synth(stack)
    assert group_of(template)["HealthCheckPort"] == port
    opened = {entry["Properties"]["ToPort"] for entry in resources(template, "AWS::EC2::SecurityGroupIngress").values()}
    assert int(port) in opened


def test_a_port_of_the_instance_that_changes_cannot_be_asked():
    stack = new_stack(region="eu-west-1")
    exposure = AlbExposure(port=8080, certificate=certificate(stack), health_check_port=9090)
    with pytest.raises(ConstructError) as raised:
        web(stack, **on_ec2(stack, "bridge", 8080, 9090), exposure=exposure)
    assert problems(raised) == ["exposure.health_check_port"]
    assert "host_port" in raised.value.problems[0].allowed


@pytest.mark.parametrize("kind", [AlbExposure, NlbExposure])
def test_somebody_has_to_listen_on_the_port_of_the_health_check(kind: Any):
    stack = new_stack(region="eu-west-1")
    given = {"certificate": certificate(stack)} if kind is AlbExposure else {}
    with pytest.raises(ConstructError, match="no container of the task listens") as raised:
        web(
            stack,
            container=container(ports=[8080, Port(number=9090, protocol="udp")]),
            exposure=kind(port=8080, health_check_port=9090, **given),
        )
    assert problems(raised) == ["exposure.health_check_port"]
    with pytest.raises(ConstructError, match="not a port"):
        web(stack, exposure=kind(port=8080, health_check_port=0, **given))


# Stickiness


def test_browsers_stay_with_a_task():
    stack = new_stack(region="eu-west-1")
    web(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack), stickiness=Stickiness()))
    found = attributes(group_of(synth(stack)))
    assert found["stickiness.enabled"] == "true"
    assert found["stickiness.type"] == "lb_cookie"
    assert found["stickiness.lb_cookie.duration_seconds"] == "86400"


def test_the_cookie_may_be_the_application_s():
    stack = new_stack(region="eu-west-1")
    sticky = Stickiness(duration=timedelta(hours=1), cookie_name="session")
    web(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack), stickiness=sticky))
    found = attributes(group_of(synth(stack)))
    assert found["stickiness.type"] == "app_cookie"
    assert found["stickiness.app_cookie.cookie_name"] == "session"
    assert found["stickiness.app_cookie.duration_seconds"] == "3600"


@pytest.mark.parametrize(
    ("sticky", "option"),
    [
        (Stickiness(duration=timedelta(days=8)), "exposure.stickiness.duration"),
        (Stickiness(duration=timedelta(0)), "exposure.stickiness.duration"),
        (Stickiness(cookie_name="AWSALBAPP"), "exposure.stickiness.cookie_name"),
        (Stickiness(cookie_name=""), "exposure.stickiness.cookie_name"),
        (True, "exposure.stickiness"),
    ],
)
def test_wrong_stickiness(sticky: Any, option: str):
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack), stickiness=sticky))
    assert problems(raised) == [option]


def test_browsers_do_not_stay_with_an_old_version():
    stack = new_stack(region="eu-west-1")
    exposure = AlbExposure(port=8080, certificate=certificate(stack), stickiness=Stickiness())
    with pytest.raises(ConstructError, match="stay with the old version") as raised:
        web(stack, exposure=exposure, deployment=BlueGreen())
    assert problems(raised) == ["exposure.stickiness"]


# TCP and UDP


def test_tcp_and_udp_share_a_port():
    stack = new_stack(region="eu-west-1")
    web(stack, exposure=NlbExposure(port=53, protocol="TCP_UDP"))
    template = synth(stack)
    assert properties(template, "AWS::ElasticLoadBalancingV2::Listener")["Protocol"] == "TCP_UDP"
    group = group_of(template)
    assert (group["Protocol"], group["HealthCheckProtocol"], group["HealthCheckPort"]) == (
        "TCP_UDP",
        "TCP",
        "traffic-port",
    )
    [definition] = properties(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert definition["PortMappings"] == [{"ContainerPort": 53, "Protocol": "tcp"}]
    assert open_to(template, "LoadBalancer") == {("0.0.0.0/0", "tcp", 53), ("0.0.0.0/0", "udp", 53)}
    for type_ in ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"):
        rules = {
            (entry["Properties"]["IpProtocol"], entry["Properties"]["ToPort"])
            for entry in resources(template, type_).values()
        }
        assert rules == {("tcp", 53), ("udp", 53)}, type_


def test_they_do_where_tasks_have_the_ports_of_their_instance():
    stack = new_stack(region="eu-west-1")
    web(stack, **on_ec2(stack, "host", 53), exposure=NlbExposure(port=53, protocol="TCP_UDP"))
    assert group_of(synth(stack))["TargetType"] == "instance"


@pytest.mark.parametrize(
    ("options", "option"),
    [
        (lambda stack: on_ec2(stack, "bridge", 53), "exposure.protocol"),
        (lambda _: {"container": container(ports=[53, Port(number=53, protocol="udp")])}, "exposure.port"),
    ],
    ids=["bridge", "declared twice"],
)
def test_ecs_takes_one_mapping_for_a_port(options: Any, option: str):
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError, match="one mapping for each port") as raised:
        web(stack, **options(stack), exposure=NlbExposure(port=53, protocol="TCP_UDP"))
    assert option in problems(raised)


def test_the_task_always_sees_who_sent_a_datagram():
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=NlbExposure(port=53, protocol="TCP_UDP", preserve_client_ip=False))
    assert problems(raised) == ["exposure.preserve_client_ip"]


def test_two_services_cannot_have_one_port_by_two_protocols():
    stack = new_stack(region="eu-west-1")
    shared = nlb(stack)
    web(stack, "Tcp", exposure=NlbExposure(port=53, load_balancer=shared))
    ports = [8080, Port(number=53, protocol="udp")]
    udp = NlbExposure(port=53, protocol="UDP", health_check_port=8080, load_balancer=shared)
    with pytest.raises(ConstructError, match="TCP_UDP") as raised:
        web(stack, "Udp", container=container(ports=ports), exposure=udp)
    assert problems(raised) == ["exposure.listener_port"]


def test_nor_can_two_exposures_of_one():
    stack = new_stack(region="eu-west-1")
    shared = nlb(stack)
    ports = [8080, 5353, Port(number=53, protocol="udp")]
    both = [
        NlbExposure(port=5353, listener_port=53, load_balancer=shared),
        NlbExposure(port=53, protocol="UDP", health_check_port=8080, load_balancer=shared),
    ]
    with pytest.raises(ConstructError, match="TCP_UDP") as raised:
        web(stack, container=container(ports=ports), exposure=both)
    assert problems(raised) == ["exposure[1].listener_port"]


def test_quic_is_nothing_that_ecs_has():
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError, match="TCP_UDP") as raised:
        web(stack, exposure=NlbExposure(port=443, protocol="QUIC"))  # type: ignore[arg-type]
    assert problems(raised) == ["exposure.protocol"]


def test_a_test_port_takes_both_too():
    stack = new_stack(region="eu-west-1")
    exposure = NlbExposure(port=53, protocol="TCP_UDP", test_port=5353, test_ingress=[ec2.Peer.ipv4("203.0.113.0/24")])
    web(stack, exposure=exposure, deployment=BlueGreen())
    listeners = resources(synth(stack), "AWS::ElasticLoadBalancingV2::Listener").values()
    assert {(entry["Properties"]["Port"], entry["Properties"]["Protocol"]) for entry in listeners} == {
        (53, "TCP_UDP"),
        (5353, "TCP_UDP"),
    }


# What has no option


def test_attributes_without_an_option_are_set_on_what_cdk_made():
    stack = new_stack(region="eu-west-1")
    service = web(stack)
    balancer = service.load_balancer.load_balancer
    assert isinstance(balancer, elbv2.ApplicationLoadBalancer)
    balancer.set_attribute("client_keep_alive.seconds", "600")
    balancer.set_attribute("routing.http.preserve_host_header.enabled", "true")
    service.target_group.set_attribute("load_balancing.algorithm.type", "least_outstanding_requests")
    template = synth(stack)
    found = attributes(properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer"))
    assert found["client_keep_alive.seconds"] == "600"
    assert found["routing.http.preserve_host_header.enabled"] == "true"
    assert attributes(group_of(template))["load_balancing.algorithm.type"] == "least_outstanding_requests"


def test_a_network_load_balancer_has_addresses_that_stay_by_an_override():
    stack = new_stack(region="eu-west-1")
    made = nlb(stack)
    resource_ = made.load_balancer.node.default_child
    assert isinstance(resource_, elbv2.CfnLoadBalancer)
    resource_.add_property_deletion_override("Subnets")
    resource_.subnet_mappings = [
        elbv2.CfnLoadBalancer.SubnetMappingProperty(subnet_id="subnet-0bbbbbbbbbbbbbbb1", allocation_id="eipalloc-1")
    ]
    found = properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert "Subnets" not in found
    assert found["SubnetMappings"] == [{"AllocationId": "eipalloc-1", "SubnetId": "subnet-0bbbbbbbbbbbbbbb1"}]


CHECK: dict[str, Any] = {"health_check_path": "/grpc.health.v1.Health/Check"}


def codes(given: str) -> dict[str, Any]:
    return {"health_check": TargetHealthCheck(healthy_codes=given)}


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"protocol_version": "GRPC", "https": Disabled(REASON), **CHECK}, "protocol_version", "HTTPS"),
        ({"protocol_version": "HTTP2", "https": Disabled(REASON)}, "protocol_version", "HTTPS"),
        ({"protocol_version": "GRPC"}, "health_check_path", "/grpc.health.v1.Health/Check"),
        ({"protocol_version": "GRPC", **CHECK, **codes("200")}, "health_check.healthy_codes", "0–99"),
        (codes("0"), "health_check.healthy_codes", "200–499"),
        (codes("200-599"), "health_check.healthy_codes", "200–499"),
    ],
    ids=str,
)
def test_what_does_not_go_with_the_protocol(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    if "https" not in options:
        options = {"certificate": certificate(stack), **options}
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=AlbExposure(port=8080, **options))
    [problem] = raised.value.problems
    assert problem.option == f"exposure.{option}"
    assert allowed in str(problem)


@pytest.mark.parametrize("version", ["HTTP2", "GRPC"])
def test_only_an_https_listener_speaks_more_than_http1(version: Any):
    stack = new_stack()
    plain = ApplicationLoadBalancer(stack, "Plain", network=network(stack, "WebClusterNetwork"), https=Disabled(REASON))
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=AlbExposure(port=8080, load_balancer=plain, protocol_version=version, **CHECK))
    [problem] = raised.value.problems
    assert problem.option == "exposure.protocol_version"


@pytest.mark.parametrize("given", ["0", "0,12", "0-99"])
def test_codes_of_grpc(given: str):
    stack = new_stack()
    check = {**CHECK, **codes(given)}
    web(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack), protocol_version="GRPC", **check))
    group = properties(synth(stack), "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert group["Matcher"] == {"GrpcCode": given}
