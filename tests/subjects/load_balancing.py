"""Subjects of `load_balancing`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    AccessLogs,
    AlbExposure,
    ApplicationLoadBalancer,
    BlueGreen,
    ClassicExposure,
    Domain,
    DomainNames,
    LatticeExposure,
    ListenerRule,
    Logs,
    NetworkLoadBalancer,
    NlbExposure,
    ServiceNetwork,
    Stickiness,
    TargetHealthCheck,
    WebAcl,
)
from tests.toolkit import (
    certificate,
    network,
)

from .making import (
    OFF,
    balanced,
    classic,
    domain,
    exposed,
    own_exposure,
    own_load_balancer,
    service_network,
    shared,
    through_lattice,
    with_domain,
    zone,
)
from .subject import Change, Subject

SUBJECTS: list[Subject] = [
    Subject(
        ApplicationLoadBalancer,
        lambda stack, given: ApplicationLoadBalancer(stack, "LoadBalancer", **given),
        lambda stack: {"network": network(stack), "certificates": [certificate(stack)]},
    ),
    Subject(AccessLogs, lambda stack, given: own_load_balancer(stack, access_logs=AccessLogs(**given))),
    Subject(AlbExposure, exposed, own_exposure),
    Subject(ListenerRule, lambda stack, given: exposed(stack, own_exposure(stack) | {"rule": ListenerRule(**given)})),
    Subject(
        TargetHealthCheck,
        lambda stack, given: exposed(stack, own_exposure(stack) | {"health_check": TargetHealthCheck(**given)}),
    ),
    Subject(
        NetworkLoadBalancer,
        lambda stack, given: NetworkLoadBalancer(stack, "LoadBalancer", **given),
        lambda stack: {"network": network(stack)},
    ),
    Subject(
        NlbExposure,
        balanced,
        lambda stack: {"port": 8080, "protocol": "TLS", "certificate": certificate(stack)},
    ),
    Subject(
        ServiceNetwork,
        lambda stack, given: through_lattice(
            stack, {"port": 8080, "service_network": ServiceNetwork(stack, "Lattice", **given)}
        ),
        lambda stack: {"network": network(stack), "prefix_list_id": "pl-0123456789abcdef0"},
    ),
    Subject(
        LatticeExposure,
        through_lattice,
        lambda stack: {
            "port": 8080,
            "service_network": service_network(stack),
            "certificate": certificate(stack),
            "domain_name": "orders.example.com",
        },
    ),
    Subject(ClassicExposure, classic, lambda stack: {"port": 8080, "certificate": certificate(stack)}),
    Subject(
        Stickiness,
        lambda stack, given: exposed(stack, own_exposure(stack) | {"stickiness": Stickiness(**given)}),
    ),
    Subject(
        WebAcl,
        lambda stack, given: own_load_balancer(stack, web_acl=WebAcl(**given)),
        lambda _: {"arn": "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shop/0123"},
    ),
    Subject(
        Domain,
        lambda stack, given: with_domain(stack, Domain(stack, "Domain", **given)),
        lambda stack: {"name": "example.com", "zone": zone(stack)},
    ),
    Subject(
        DomainNames,
        lambda stack, given: with_domain(stack, DomainNames(**given)),
        lambda stack: {"domain": domain(stack)},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "ApplicationLoadBalancer": {
        "network": lambda stack: ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-0aaaaaaaaaaaaaaaa",
            availability_zones=["eu-west-1a"],
            public_subnet_ids=["subnet-0ccccccccccccccc1"],
        ),
        "certificates": lambda stack: [certificate(stack, "Other")],
        "https": Change(OFF, along={"certificates": []}),
        "redirect_http": False,
        "internet_facing": False,
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "access_logs": AccessLogs(retention_days=30),
        "deletion_protection": OFF,
        "tls_policy": elbv2.SslPolicy.TLS13_13,
        "idle_timeout": timedelta(seconds=30),
        "ip_address_type": elbv2.IpAddressType.DUAL_STACK,
        "vpc_subnets": lambda stack: ec2.SubnetSelection(
            subnets=[
                ec2.Subnet.from_subnet_attributes(stack, zone, subnet_id=f"subnet-{zone}", availability_zone=zone)
                for zone in ("eu-west-1a", "eu-west-1b")
            ]
        ),
        "security_group": lambda stack: ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1"),
        "web_acl": WebAcl(arn="arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shop/0123"),
    },
    "AccessLogs": {
        "bucket": lambda stack: s3.Bucket.from_bucket_name(stack, "Central", "central-logs"),
        "prefix": "shop",
        "retention_days": 30,
        "removal_policy": cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    },
    "AlbExposure": {
        "name": "partners",
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "load_balancer": Change(shared, along={"certificate": None}),
        "domain": Change(domain, along={"certificate": None}),
        "certificate": lambda stack: certificate(stack, "Other"),
        "https": Change(OFF, along={"certificate": None}),
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "rule": ListenerRule(paths=["/shop/*"]),
        "health_check_path": "/healthz",
        "health_check_port": 9090,
        "health_check": TargetHealthCheck(healthy_codes="204"),
        "deregistration_delay": timedelta(seconds=60),
        "stickiness": Stickiness(),
        "target_protocol": "HTTPS",
        "protocol_version": "HTTP2",
        "test_port": Change(8443, beside={"deployment": BlueGreen()}),
        "test_ingress": Change(
            [ec2.Peer.ipv4("203.0.113.0/24")], beside={"deployment": BlueGreen(), "test_port": 8443}
        ),
        "test_rule": Change(ListenerRule(headers={"X-Test": ["1"]}), beside={"deployment": BlueGreen()}),
    },
    "ListenerRule": {
        "paths": ["/shop/*"],
        "hosts": ["shop.example.com"],
        "headers": {"X-Version": ["2"]},
        "methods": ["GET"],
        "source_ips": ["203.0.113.0/24"],
        "priority": 7,
    },
    "TargetHealthCheck": {
        "interval": timedelta(seconds=20),
        "timeout": timedelta(seconds=7),
        "healthy_threshold": 5,
        "unhealthy_threshold": 5,
        "healthy_codes": "204",
    },
    "NetworkLoadBalancer": {
        "network": lambda stack: ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-0aaaaaaaaaaaaaaaa",
            availability_zones=["eu-west-1a"],
            public_subnet_ids=["subnet-0ccccccccccccccc1"],
        ),
        "internet_facing": False,
        "access_logs": AccessLogs(retention_days=30),
        "deletion_protection": OFF,
        "cross_zone": False,
        "ip_address_type": elbv2.IpAddressType.DUAL_STACK,
        "vpc_subnets": ec2.SubnetSelection(availability_zones=["eu-west-1a"], subnet_type=ec2.SubnetType.PUBLIC),
        "security_groups": lambda stack: [ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")],
    },
    "NlbExposure": {
        "name": "partners",
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "protocol": Change("TCP", along={"certificate": None}),
        "listener_port": 8443,
        "load_balancer": lambda stack: NetworkLoadBalancer(stack, "Shared", network=network(stack, "SharedNetwork")),
        "domain": Change(domain, along={"certificate": None}),
        "certificate": lambda stack: certificate(stack, "Other"),
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "health_check_path": "/healthz",
        "health_check_port": 9090,
        "deregistration_delay": timedelta(seconds=60),
        "preserve_client_ip": False,
        "test_port": Change(8443, beside={"deployment": BlueGreen()}),
        "test_ingress": Change(
            [ec2.Peer.ipv4("203.0.113.0/24")], beside={"deployment": BlueGreen(), "test_port": 8443}
        ),
    },
    "ServiceNetwork": {
        "network": lambda stack: ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-0aaaaaaaaaaaaaaaa", availability_zones=["eu-west-1a"]
        ),
        "prefix_list_id": "pl-0aaaaaaaaaaaaaaaa",
        "auth": OFF,
        "access_logs": Logs(removal_policy=cdk.RemovalPolicy.DESTROY),
    },
    "LatticeExposure": {
        "name": "partners",
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "service_network": lambda stack: service_network(stack, "OtherLattice"),
        "certificate": lambda stack: certificate(stack, "Other"),
        "domain_name": "stock.example.com",
        "auth": OFF,
        "listener_port": 8443,
        "health_check_path": "/healthz",
        "health_check": TargetHealthCheck(healthy_codes="204"),
        "target_protocol": "HTTPS",
        "protocol_version": "HTTP2",
        "idle_timeout": timedelta(minutes=5),
        "test_headers": Change({"x-test": "true"}, beside={"deployment": BlueGreen()}),
    },
    "ClassicExposure": {
        "name": "partners",
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "certificate": lambda stack: certificate(stack, "Other"),
        "https": Change(OFF, along={"certificate": None}),
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "health_check_path": "/healthz",
        "access_logs": AccessLogs(retention_days=30),
    },
    "Stickiness": {"duration": timedelta(hours=1), "cookie_name": "session"},
    "WebAcl": {"arn": "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/other/0123", "fail_open": True},
    "Domain": {
        "name": "dev.example.com",
        "zone": lambda stack: zone(stack, "Other"),
        "validation_zone": lambda stack: zone(stack, "Other"),
    },
    "DomainNames": {
        "domain": lambda stack: Domain(stack, "Other", name="dev.example.com", zone=zone(stack)),
        "hosts": ["shop"],
        "redirect_from": ["www"],
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "NetworkLoadBalancer.ingress": "opens a port for each listener: see test_network_load_balancer",
}

NOT_A_SUBJECT: dict[str, str] = {}
