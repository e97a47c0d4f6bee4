"""The benchmark's web services, with this library, on EC2 instances with dynamic host ports."""

from __future__ import annotations

from aws_cdk import aws_certificatemanager as acm
from constructs import Construct
from subject import CERTIFICATE_ARN, IMAGE, PORT, host

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    Cluster,
    Ec2Capacity,
    ListenerRule,
    Network,
    TaskOptions,
    WebService,
)


def add_services(scope: Construct, count: int) -> None:
    """Add a network, a cluster, its instances and a load balancer, and services that share them."""
    network = Network(scope, "Network")
    cluster = Cluster(scope, "Cluster", network=network)
    instances = Ec2Capacity(scope, "Instances", cluster=cluster, instance_types=["m7i.large"], max_instances=10)
    load_balancer = ApplicationLoadBalancer(
        scope,
        "LoadBalancer",
        network=network,
        certificates=[acm.Certificate.from_certificate_arn(scope, "Certificate", CERTIFICATE_ARN)],
    )
    for index in range(count):
        WebService(
            scope,
            f"Web{index}",
            cluster=cluster,
            image=IMAGE,
            task=TaskOptions(network_mode="bridge"),
            capacity=[instances.share()],
            exposure=AlbExposure(port=PORT, load_balancer=load_balancer, rule=ListenerRule(hosts=[host(index)])),
        )
