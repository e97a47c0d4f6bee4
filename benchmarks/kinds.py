"""The kinds of workloads of `one_more.py`: with this library, and by hand beside the same network, cluster and so on.

What workloads share is this library's on both sides, so that the workload alone is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from handwritten import WebService as WebServiceByHand
from handwritten_eks import ClusterWithNodes, ServiceOnEks
from handwritten_parts import Common
from handwritten_workloads import Ec2Service, Job, Worker
from subject import ADMIN_ARN, CERTIFICATE_ARN, IMAGE, KUBERNETES, NIGHTLY, PORT, host

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    Cluster,
    Ec2Capacity,
    EksCluster,
    KubernetesService,
    ListenerRule,
    LoadBalancerController,
    ManagedNodeGroup,
    Network,
    ScheduledJob,
    TaskOptions,
    WebService,
    WorkerService,
)

MANIFESTS = "manifests"
"""The folder of manifests by hand, in that of the assembly."""

Maker = Callable[[int], object]
"""Makes the workload of a number."""


class Kind(NamedTuple):
    """A kind of workload: what makes it in a stack, with this library and by hand."""

    library: Callable[[cdk.Stack], Maker]
    by_hand: Callable[[cdk.Stack], Maker]


def _load_balancer(stack: cdk.Stack, network: Network) -> ApplicationLoadBalancer:
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE_ARN)
    return ApplicationLoadBalancer(stack, "LoadBalancer", network=network, certificates=[certificate])


def exposed(load_balancer: ApplicationLoadBalancer, number: int) -> AlbExposure:
    """Expose a workload at its own host name."""
    return AlbExposure(port=PORT, load_balancer=load_balancer, rule=ListenerRule(hosts=[host(number)]))


def _exposed_by_hand(load_balancer: ApplicationLoadBalancer) -> dict[str, Any]:
    return {
        "listener": load_balancer.listener,
        "load_balancer": cast("elbv2.ApplicationLoadBalancer", load_balancer.load_balancer),
    }


def with_cluster(stack: cdk.Stack) -> tuple[Cluster, ApplicationLoadBalancer]:
    """Make what services share on ECS."""
    network = Network(stack, "Network")
    return Cluster(stack, "Cluster", network=network), _load_balancer(stack, network)


def _ecs_by_hand(stack: cdk.Stack) -> Common:
    cluster, load_balancer = with_cluster(stack)
    capacity = cluster.capacity_ready[0]
    return Common(vpc=cluster.vpc, cluster=cluster.cluster, capacity=capacity, **_exposed_by_hand(load_balancer))


def _web(stack: cdk.Stack) -> Maker:
    cluster, load_balancer = with_cluster(stack)
    return lambda number: WebService(
        stack, f"Web{number}", cluster=cluster, image=IMAGE, exposure=exposed(load_balancer, number)
    )


def _web_by_hand(stack: cdk.Stack) -> Maker:
    common = _ecs_by_hand(stack)
    return lambda number: WebServiceByHand(
        stack, f"Web{number}", common=common, host_name=host(number), priority=number + 1
    )


def _worker(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)
    return lambda number: WorkerService(stack, f"Worker{number}", cluster=cluster, image=IMAGE)


def _worker_by_hand(stack: cdk.Stack) -> Maker:
    common = _ecs_by_hand(stack)
    return lambda number: Worker(stack, f"Worker{number}", common=common)


def _job(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)
    return lambda number: ScheduledJob(stack, f"Job{number}", cluster=cluster, image=IMAGE, schedule=NIGHTLY)


def _job_by_hand(stack: cdk.Stack) -> Maker:
    common = _ecs_by_hand(stack)
    return lambda number: Job(stack, f"Job{number}", common=common)


def instances_of(cluster: Cluster) -> Ec2Capacity:
    """Give a cluster instances."""
    stack = cdk.Stack.of(cluster)
    return Ec2Capacity(stack, "Instances", cluster=cluster, instance_types=["m7i.large"], max_instances=10)


def _on_ec2(stack: cdk.Stack) -> Maker:
    cluster, load_balancer = with_cluster(stack)
    instances = instances_of(cluster)
    return lambda number: WebService(
        stack,
        f"Web{number}",
        cluster=cluster,
        image=IMAGE,
        task=TaskOptions(network_mode="bridge"),
        capacity=[instances.share()],
        exposure=exposed(load_balancer, number),
    )


def _on_ec2_by_hand(stack: cdk.Stack) -> Maker:
    cluster, load_balancer = with_cluster(stack)
    instances = instances_of(cluster)
    # CDK's own cluster does not know of the instances, since the library ties them to it.
    with_instances = ecs.Cluster.from_cluster_attributes(
        stack,
        "WithInstances",
        cluster_name=cluster.cluster.cluster_name,
        cluster_arn=cluster.cluster.cluster_arn,
        vpc=cluster.vpc,
        security_groups=[instances.security_group],
        has_ec2_capacity=True,
    )
    common = Common(
        vpc=cluster.vpc,
        cluster=with_instances,
        capacity=cluster.capacity_ready[0],
        provider=instances.capacity_provider.capacity_provider_name,
        **_exposed_by_hand(load_balancer),
    )
    return lambda number: Ec2Service(stack, f"Web{number}", common=common, host_name=host(number), priority=number + 1)


def with_kubernetes(stack: cdk.Stack) -> tuple[EksCluster, ApplicationLoadBalancer]:
    """Make what services share on EKS."""
    network = Network(stack, "Network")
    cluster = EksCluster(stack, "Cluster", version=KUBERNETES, network=network, admins=[ADMIN_ARN])
    ManagedNodeGroup(stack, "Nodes", cluster=cluster, instance_types=["m7i.large"], max_nodes=10)
    LoadBalancerController(stack, "Controller", cluster=cluster)
    return cluster, _load_balancer(stack, network)


def _on_eks(stack: cdk.Stack) -> Maker:
    cluster, load_balancer = with_kubernetes(stack)
    return lambda number: KubernetesService(
        stack, f"Web{number}", cluster=cluster, image=IMAGE, exposure=exposed(load_balancer, number)
    )


def _on_eks_by_hand(stack: cdk.Stack) -> Maker:
    cluster, load_balancer = with_kubernetes(stack)
    cluster.security_group.connections.allow_from(
        load_balancer.security_group, ec2.Port.tcp(PORT), "Load balancer to target"
    )
    app = cast("cdk.App", stack.node.root)
    common = Common(vpc=cluster.vpc, **_exposed_by_hand(load_balancer))
    cluster_name, cluster_arn = cluster.cluster.cluster_name, cluster.cluster_arn
    cdk.CfnOutput(stack, "Region", value=common.region)
    folder = Path(app.outdir) / MANIFESTS
    return lambda number: ServiceOnEks(
        stack,
        f"Web{number}",
        common=common,
        cluster_name=cluster_name,
        cluster_arn=cluster_arn,
        folder=folder,
        name=f"web-{number}",
        host_name=host(number),
        priority=number + 1,
    )


def _cluster(stack: cdk.Stack) -> Maker:
    network = Network(stack, "Network")

    def make(number: int) -> None:
        name = f"shop-{number}"
        cluster = EksCluster(
            stack, f"Eks{number}", version=KUBERNETES, network=network, admins=[ADMIN_ARN], cluster_name=name
        )
        ManagedNodeGroup(stack, f"Nodes{number}", cluster=cluster, instance_types=["m7i.large"], max_nodes=10)

    return make


def _cluster_by_hand(stack: cdk.Stack) -> Maker:
    network = Network(stack, "Network")
    common = Common(vpc=network.vpc)
    for subnets, tag in ((network.vpc.public_subnets, "elb"), (network.vpc.private_subnets, "internal-elb")):
        for subnet in subnets:
            cdk.Tags.of(subnet).add(f"kubernetes.io/role/{tag}", "1", include_resource_types=["AWS::EC2::Subnet"])
    return lambda number: ClusterWithNodes(stack, f"Eks{number}", common=common, name=f"shop-{number}")


KINDS = {
    "web service": Kind(_web, _web_by_hand),
    "web service on EC2": Kind(_on_ec2, _on_ec2_by_hand),
    "worker": Kind(_worker, _worker_by_hand),
    "job": Kind(_job, _job_by_hand),
    "service on EKS": Kind(_on_eks, _on_eks_by_hand),
    "EKS cluster with nodes": Kind(_cluster, _cluster_by_hand),
}
