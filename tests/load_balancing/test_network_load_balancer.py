import json
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2

from cdk_containers import AccessLogs, AlbExposure, ConstructError, Disabled, NetworkLoadBalancer, NlbExposure, Port
from tests.names import stable
from tests.toolkit import (
    REASON,
    Template,
    attributes,
    backend,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    opt_outs,
    properties,
    resources,
    synth,
    web,
)

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"
OFF = Disabled(REASON)


def template_of(**options: Any) -> Template:
    stack = new_stack()
    NetworkLoadBalancer(stack, "Balancer", **{"network": network(stack)} | options)
    return synth(stack)


def exposed(**exposure: Any) -> Template:
    stack = new_stack()
    given = {name: value(stack) if callable(value) else value for name, value in exposure.items()}
    ports = [8080, 9090, Port(number=5353, protocol="udp")]
    web(stack, container=container(ports=ports), exposure=NlbExposure(**{"port": 8080} | given))
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return template_of()


@pytest.fixture(scope="module")
def tcp() -> Template:
    return exposed()


# ---- the load balancer


def test_it_is_in_a_security_group_over_all_zones_and_hard_to_delete(default: Template):
    balancer = properties(default, BALANCER)
    assert balancer["Type"] == "network"
    assert balancer["Scheme"] == "internet-facing"
    assert balancer["Subnets"] == ["subnet-0bbbbbbbbbbbbbbb1", "subnet-0bbbbbbbbbbbbbbb2"]
    assert len(balancer["SecurityGroups"]) == 1
    assert attributes(balancer)["deletion_protection.enabled"] == "true"
    assert attributes(balancer)["load_balancing.cross_zone.enabled"] == "true"
    assert attributes(balancer)["access_logs.s3.enabled"] == "true"
    assert opt_outs(default) == {}


def test_nothing_is_open_before_a_service_listens(default: Template):
    assert "SecurityGroupIngress" not in properties(default, "AWS::EC2::SecurityGroup")
    assert not resources(default, LISTENER)


def test_inside_it_has_no_public_address_and_lets_nobody_in():
    template = template_of(internet_facing=False)
    balancer = properties(template, BALANCER)
    assert balancer["Scheme"] == "internal"
    assert balancer["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]


def test_what_is_off_has_its_reason():
    template = template_of(access_logs=OFF, deletion_protection=OFF)
    assert attributes(properties(template, BALANCER)).get("deletion_protection.enabled", "false") == "false"
    assert not resources(template, "AWS::S3::Bucket")
    assert opt_outs(template) == {BALANCER: {"access-logs": REASON, "deletion-protection": REASON}}


def test_the_record_of_connections_is_kept_as_long_as_said():
    template = template_of(access_logs=AccessLogs(retention_days=30, prefix="edge"))
    assert attributes(properties(template, BALANCER))["access_logs.s3.prefix"] == "edge"
    assert '"ExpirationInDays": 30' in json.dumps(resources(template, "AWS::S3::Bucket"))


# ---- what listens on it


def test_tcp_passes_connections_to_the_port_of_the_tasks(tcp: Template):
    listener, group = properties(tcp, LISTENER), properties(tcp, TARGETS)
    assert (listener["Port"], listener["Protocol"]) == (8080, "TCP")
    assert (group["Protocol"], group["TargetType"]) == ("TCP", "ip")
    assert (group["HealthCheckProtocol"], group["HealthCheckIntervalSeconds"]) == ("TCP", 10)
    assert attributes(group)["deregistration_delay.timeout_seconds"] == "30"
    assert attributes(group)["preserve_client_ip.enabled"] == "true"


def test_everybody_reaches_the_port_of_a_web_service_and_no_other(tcp: Template):
    [rule] = properties(tcp, "AWS::EC2::SecurityGroup", like="LoadBalancer")["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == ("0.0.0.0/0", 8080, 8080, "tcp")


def test_nobody_reaches_that_of_a_backend_until_somebody_is_let_in():
    stack = new_stack()
    backend(stack, container=container(ports=[8080]), exposure=NlbExposure(port=8080))
    template = synth(stack)
    assert properties(template, BALANCER)["Scheme"] == "internal"
    assert "SecurityGroupIngress" not in properties(template, "AWS::EC2::SecurityGroup", like="LoadBalancer")


def test_only_those_who_are_named_reach_it():
    template = exposed(ingress=[ec2.Peer.ipv4("203.0.113.0/24")])
    [rule] = properties(template, "AWS::EC2::SecurityGroup", like="LoadBalancer")["SecurityGroupIngress"]
    assert rule["CidrIp"] == "203.0.113.0/24"


def test_tls_ends_at_the_load_balancer():
    template = exposed(protocol="TLS", certificate=certificate)
    listener = properties(template, LISTENER)
    assert (listener["Port"], listener["Protocol"]) == (443, "TLS")
    assert listener["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert len(listener["Certificates"]) == 1
    assert properties(template, TARGETS)["Protocol"] == "TCP"


def test_udp_is_asked_for_its_health_by_tcp():
    template = exposed(port=5353, protocol="UDP", health_check_port=9090)
    listener, group = properties(template, LISTENER), properties(template, TARGETS)
    assert (listener["Port"], listener["Protocol"], group["Protocol"]) == (5353, "UDP", "UDP")
    assert (group["HealthCheckProtocol"], group["HealthCheckPort"]) == ("TCP", "9090")
    rules = [entry["Properties"] for entry in resources(template, INGRESS).values()]
    assert sorted((rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules) == [
        ("tcp", 9090, 9090),
        ("udp", 5353, 5353),
    ]


def test_health_may_be_asked_by_http_and_connections_end_slowly():
    template = exposed(
        health_check_path="/healthz", deregistration_delay=timedelta(minutes=2), preserve_client_ip=False
    )
    group = properties(template, TARGETS)
    assert (group["HealthCheckProtocol"], group["HealthCheckPath"]) == ("HTTP", "/healthz")
    assert attributes(group)["deregistration_delay.timeout_seconds"] == "120"
    assert attributes(group)["preserve_client_ip.enabled"] == "false"


def test_services_share_a_load_balancer():
    stack = new_stack()
    place = network(stack)
    shared = NetworkLoadBalancer(stack, "Shared", network=place)
    inside = cluster(stack, network=place)
    for name, port in (("One", 8080), ("Two", 9090)):
        web(
            stack,
            name,
            cluster=inside,
            container=container(ports=[port]),
            exposure=NlbExposure(port=port, load_balancer=shared),
        )
    template = synth(stack)
    assert len(resources(template, BALANCER)) == 1
    assert {entry["Properties"]["Port"] for entry in resources(template, LISTENER).values()} == {8080, 9090}
    rules = properties(template, "AWS::EC2::SecurityGroup", like="Shared")["SecurityGroupIngress"]
    assert [rule["FromPort"] for rule in rules] == [8080, 9090]


# ---- errors


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"network": "vpc-1"}, "network", "Network or IVpc"),
        ({"deletion_protection": False}, "deletion_protection", "Disabled"),
        ({"deletion_protection": Disabled("no")}, "deletion_protection.reason", "a reviewer"),
        ({"access_logs": AccessLogs(retention_days=0)}, "access_logs.retention_days", ""),
        ({"ingress": "0.0.0.0/0"}, "ingress", "a list of"),
    ],
    ids=stable,
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        NetworkLoadBalancer(stack, "Balancer", **{"network": network(stack)} | options)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Balancer") is None


@pytest.mark.parametrize(
    ("exposure", "option", "practice"),
    [
        ({"protocol": "TLS"}, "exposure.certificate", "https-listener"),
        ({"certificate": certificate}, "exposure.certificate", "https-listener"),
        ({"port": 5353, "protocol": "UDP"}, "exposure.health_check_port", "target-health-check"),
        (
            {"port": 5353, "protocol": "UDP", "health_check_port": 9090, "preserve_client_ip": False},
            "exposure.preserve_client_ip",
            None,
        ),
        ({"protocol": "HTTP"}, "exposure.protocol", None),
        ({"port": 5353}, "exposure.port", "port-mappings"),
        ({"listener_port": 0}, "exposure.listener_port", "port-mappings"),
        ({"health_check_port": 70000}, "exposure.health_check_port", "port-mappings"),
        ({"health_check_path": "healthz"}, "exposure.health_check_path", "target-health-check"),
        ({"deregistration_delay": timedelta(hours=2)}, "exposure.deregistration_delay", "deregistration-delay"),
    ],
    ids=stable,
)
def test_wrong_exposure(exposure: dict[str, Any], option: str, practice: str | None):
    with pytest.raises(ConstructError) as raised:
        exposed(**exposure)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)


def test_a_listener_is_one_services():
    stack = new_stack()
    place = network(stack)
    shared = NetworkLoadBalancer(stack, "Shared", network=place)
    inside = cluster(stack, network=place)
    options: dict[str, Any] = {"cluster": inside, "container": container(ports=[8080])}
    web(stack, "One", exposure=NlbExposure(port=8080, load_balancer=shared), **options)
    with pytest.raises(ConstructError, match="Shop/One already listens on this port of the load balancer"):
        web(stack, "Two", exposure=NlbExposure(port=8080, load_balancer=shared), **options)
    twice = [NlbExposure(port=8080, load_balancer=shared, listener_port=80)] * 2
    with pytest.raises(ConstructError, match="another exposure of this service already has this port") as raised:
        web(stack, "Three", exposure=twice, **options)
    assert [problem.option for problem in raised.value.problems] == ["exposure[1].listener_port"]


def test_a_shared_load_balancer_has_its_own_ingress():
    stack = new_stack()
    shared = NetworkLoadBalancer(stack, "Shared", network=network(stack))
    with pytest.raises(ConstructError) as raised:
        web(
            stack,
            container=container(ports=[8080]),
            exposure=NlbExposure(port=8080, load_balancer=shared, ingress=[ec2.Peer.any_ipv4()]),
        )
    assert [problem.option for problem in raised.value.problems] == ["exposure.ingress"]


def test_a_service_behind_it_alone_has_no_application_load_balancer():
    stack = new_stack()
    service = web(stack, container=container(ports=[8080]), exposure=NlbExposure(port=8080))
    with pytest.raises(ConstructError, match="the service has no Application Load Balancer"):
        _ = service.load_balancer
    assert len(service.routes) == 1
    mixed = web(
        stack,
        "Mixed",
        container=container(ports=[8080]),
        exposure=[NlbExposure(port=8080), AlbExposure(port=8080, certificate=certificate(stack))],
    )
    assert mixed.load_balancer is mixed.routes[1].load_balancer  # type: ignore[attr-defined]
