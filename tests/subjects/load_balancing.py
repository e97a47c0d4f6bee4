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
    LatticeExposure,
    ListenerRule,
    Logs,
    NetworkLoadBalancer,
    NlbExposure,
    ServiceNetwork,
    TargetHealthCheck,
)
from tests.toolkit import (
    certificate,
    network,
)

from .making import (
    OFF,
    balanced,
    classic,
    exposed,
    own_exposure,
    own_load_balancer,
    service_network,
    shared,
    through_lattice,
)
from .model import Change, Subject

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
    },
    "AccessLogs": {
        "bucket": lambda stack: s3.Bucket.from_bucket_name(stack, "Central", "central-logs"),
        "prefix": "shop",
        "retention_days": 30,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
    },
    "AlbExposure": {
        "name": "partners",
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "load_balancer": Change(shared, along={"certificate": None}),
        "certificate": lambda stack: certificate(stack, "Other"),
        "https": Change(OFF, along={"certificate": None}),
        "ingress": [ec2.Peer.ipv4("203.0.113.0/24")],
        "rule": ListenerRule(paths=["/shop/*"]),
        "health_check_path": "/healthz",
        "health_check": TargetHealthCheck(healthy_codes="204"),
        "deregistration_delay": timedelta(seconds=60),
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
    },
    "NlbExposure": {
        "name": "partners",
        "port": 9090,
        "container": Change("b", along={"port": 7070}),
        "protocol": Change("TCP", along={"certificate": None}),
        "listener_port": 8443,
        "load_balancer": lambda stack: NetworkLoadBalancer(stack, "Shared", network=network(stack, "SharedNetwork")),
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
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "NetworkLoadBalancer.ingress": "opens a port for each listener: see test_network_load_balancer",
}

NOT_A_SUBJECT: dict[str, str] = {}
