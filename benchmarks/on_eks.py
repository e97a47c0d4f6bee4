"""The benchmark's web services, with this library, on an EKS cluster with managed nodes."""

from __future__ import annotations

from aws_cdk import aws_certificatemanager as acm
from constructs import Construct
from subject import ADMIN_ARN, CERTIFICATE_ARN, IMAGE, KUBERNETES, PORT, host

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    EksCluster,
    KubernetesService,
    ListenerRule,
    LoadBalancerController,
    ManagedNodeGroup,
    Network,
)


def add_services(scope: Construct, count: int) -> None:
    """Add a network, a cluster, its nodes and a load balancer, and services that share them."""
    network = Network(scope, "Network")
    cluster = EksCluster(scope, "Cluster", version=KUBERNETES, network=network, admins=[ADMIN_ARN])
    ManagedNodeGroup(scope, "Nodes", cluster=cluster, instance_types=["m7i.large"], max_nodes=10)
    LoadBalancerController(scope, "Controller", cluster=cluster)
    load_balancer = ApplicationLoadBalancer(
        scope,
        "LoadBalancer",
        network=network,
        certificates=[acm.Certificate.from_certificate_arn(scope, "Certificate", CERTIFICATE_ARN)],
    )
    for index in range(count):
        KubernetesService(
            scope,
            f"Web{index}",
            cluster=cluster,
            image=IMAGE,
            exposure=AlbExposure(port=PORT, load_balancer=load_balancer, rule=ListenerRule(hosts=[host(index)])),
        )
