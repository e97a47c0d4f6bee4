"""The benchmark's web services, with this library."""

from __future__ import annotations

from aws_cdk import aws_certificatemanager as acm
from constructs import Construct
from subject import CERTIFICATE_ARN, IMAGE, PORT, host

from cdk_containers import AlbExposure, ApplicationLoadBalancer, Cluster, ListenerRule, Network, WebService


def add_services(scope: Construct, count: int) -> None:
    """Add a network, a cluster and a load balancer, and services that share them."""
    network = Network(scope, "Network")
    cluster = Cluster(scope, "Cluster", network=network)
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
            exposure=AlbExposure(port=PORT, load_balancer=load_balancer, rule=ListenerRule(hosts=[host(index)])),
        )
