"""What an app may have many of: each kind in one stack, with what they share. `scale.py` and a test make more and more.

Those of `kinds.py` are among them, and what a workload has beside the others: places in an application, rows of a
dashboard, names, connections, capacity, secrets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager
from kinds import KINDS, Maker, exposed, with_cluster, with_kubernetes
from subject import IMAGE, NIGHTLY, PORT, host

from cdk_containers import (
    AlbExposure,
    Application,
    ApplicationLoadBalancer,
    BackendService,
    CloudMap,
    Cluster,
    Container,
    Disabled,
    Ec2Capacity,
    FargateProfile,
    FargateSelector,
    KubernetesJob,
    KubernetesService,
    KubernetesWorker,
    ListenerRule,
    ManagedInstancesCapacity,
    ManagedNodeGroup,
    Namespace,
    Network,
    Port,
    ScheduledJob,
    ServiceConnect,
    ServiceDashboard,
    WebService,
)

_IN_A_STACK = 20
_NO_DOMAIN = Disabled("the benchmark has no domain")
_NAMED = Container(image=IMAGE, ports=[Port(number=PORT, name="http")])


def _app(stack: cdk.Stack) -> cdk.App:
    return cast("cdk.App", stack.node.root)


def _named(number: int) -> Container:
    return Container(image=IMAGE, ports=[Port(number=PORT, name=f"http-{number}")])


def _stack_of_its_own(stack: cdk.Stack) -> Maker:
    cluster, load_balancer = with_cluster(stack)
    return lambda number: WebService(
        cdk.Stack(_app(stack), f"Team{number}"),
        "Web",
        cluster=cluster,
        image=IMAGE,
        exposure=exposed(load_balancer, number),
    )


def _twenty_to_a_stack(stack: cdk.Stack) -> Maker:
    network = Network(stack, "Network")
    cluster = Cluster(stack, "Cluster", network=network)
    shared: ApplicationLoadBalancer | None = None

    def make(number: int) -> None:
        nonlocal shared
        if shared is None or number % _IN_A_STACK == 0:
            team = cdk.Stack(_app(stack), f"Team{number}")
            shared = ApplicationLoadBalancer(team, "LoadBalancer", network=network, https=_NO_DOMAIN)
        WebService(cdk.Stack.of(shared), f"Web{number}", cluster=cluster, image=IMAGE, exposure=exposed(shared, number))

    return make


def _application(stack: cdk.Stack) -> Maker:
    shop = Application(stack, "Shop", https=_NO_DOMAIN)
    return lambda number: shop.add(
        WebService,
        f"Web{number}",
        image=IMAGE,
        exposure=AlbExposure(port=PORT, rule=ListenerRule(hosts=[host(number)])),
    )


def _dashboard(stack: cdk.Stack) -> Maker:
    cluster, load_balancer = with_cluster(stack)
    shown = WebService(stack, "Web", cluster=cluster, image=IMAGE, exposure=exposed(load_balancer, 0))
    dashboard = ServiceDashboard(stack, "Dashboard", services=[shown])
    return lambda _: dashboard.add(shown)


def _service_connect(stack: cdk.Stack) -> Callable[[int], BackendService]:
    cluster, _ = with_cluster(stack)
    place = ServiceConnect(namespace=Namespace(stack, "Namespace", name="shop"))
    return lambda number: BackendService(
        stack, f"Service{number}", cluster=cluster, container=_named(number), service_connect=place
    )


def _cloud_map(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)
    namespace = Namespace(stack, "Namespace", name="shop.internal", network=cluster.vpc)
    return lambda number: BackendService(
        stack,
        f"Service{number}",
        cluster=cluster,
        container=_NAMED,
        cloud_map=CloudMap(namespace=namespace, name=f"service-{number}"),
    )


def _caller_of_the_last(stack: cdk.Stack) -> Maker:
    make = _service_connect(stack)
    last = make(0)

    def make_caller(number: int) -> None:
        nonlocal last
        caller = make(number)
        caller.connect_to(last)
        last = caller

    return make_caller


def _callee(stack: cdk.Stack) -> Maker:
    make = _service_connect(stack)
    caller = make(0)
    return lambda number: caller.connect_to(make(number))


def _job_that_calls(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)
    called = BackendService(
        stack, "Called", cluster=cluster, image=IMAGE, exposure=AlbExposure(port=PORT, https=_NO_DOMAIN)
    )
    return lambda number: ScheduledJob(
        stack, f"Job{number}", cluster=cluster, image=IMAGE, schedule=NIGHTLY
    ).connect_to(called)


def _secret(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)

    def make(number: int) -> None:
        login = secretsmanager.Secret(stack, f"Login{number}")
        secrets = {"PASSWORD": ecs.Secret.from_secrets_manager(login, "password")}
        BackendService(stack, f"Service{number}", cluster=cluster, container=Container(image=IMAGE, secrets=secrets))

    return make


def _imported_secret(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)

    def make(number: int) -> None:
        arn = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:login{number}-abcdef"
        login = secretsmanager.Secret.from_secret_complete_arn(stack, f"Login{number}", arn)
        secrets = {"PASSWORD": ecs.Secret.from_secrets_manager(login, "password")}
        BackendService(stack, f"Service{number}", cluster=cluster, container=Container(image=IMAGE, secrets=secrets))

    return make


def _ec2_capacity(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)
    return lambda number: Ec2Capacity(
        stack, f"Instances{number}", cluster=cluster, instance_types=["m7i.large"], max_instances=10
    )


def _managed_instances(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)
    return lambda number: ManagedInstancesCapacity(stack, f"Instances{number}", cluster=cluster)


def _cluster(stack: cdk.Stack) -> Maker:
    cluster, _ = with_cluster(stack)
    return lambda number: Cluster(stack, f"Cluster{number}", network=cluster.vpc)


def _cluster_without_a_way_out(stack: cdk.Stack) -> Maker:
    isolated = ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=[isolated])
    return lambda number: Cluster(stack, f"Cluster{number}", network=vpc)


def _kubernetes_worker(stack: cdk.Stack) -> Maker:
    cluster, _ = with_kubernetes(stack)
    cluster.now_has(keda=True)
    return lambda number: KubernetesWorker(stack, f"Worker{number}", cluster=cluster, image=IMAGE)


def _kubernetes_job(stack: cdk.Stack) -> Maker:
    cluster, _ = with_kubernetes(stack)
    return lambda number: KubernetesJob(stack, f"Job{number}", cluster=cluster, image=IMAGE, schedule="rate(1 day)")


def _kubernetes_caller(stack: cdk.Stack) -> Maker:
    cluster, _ = with_kubernetes(stack)
    last: KubernetesService | None = None

    def make(number: int) -> None:
        nonlocal last
        caller = KubernetesService(stack, f"Service{number}", cluster=cluster, container=_NAMED, namespace="shop")
        if last is not None:
            caller.connect_to(last)
        last = caller

    return make


def _namespace(stack: cdk.Stack) -> Maker:
    cluster, _ = with_kubernetes(stack)
    return lambda number: KubernetesService(
        stack, f"Service{number}", cluster=cluster, image=IMAGE, namespace=f"team-{number}"
    )


def _nodes(stack: cdk.Stack) -> Maker:
    cluster, _ = with_kubernetes(stack)
    return lambda number: ManagedNodeGroup(
        stack, f"Nodes{number}", cluster=cluster, instance_types=["m7i.large"], max_nodes=10
    )


def _profile(stack: cdk.Stack) -> Maker:
    cluster, _ = with_kubernetes(stack)
    return lambda number: FargateProfile(
        stack, f"Profile{number}", cluster=cluster, selectors=[FargateSelector(namespace=f"team-{number}")]
    )


GROWING: dict[str, Callable[[cdk.Stack], Maker]] = {
    **{name: kind.library for name, kind in KINDS.items()},
    "worker on EKS": _kubernetes_worker,
    "job on EKS": _kubernetes_job,
    "web service, twenty to a stack": _twenty_to_a_stack,
    "web service in its own stack": _stack_of_its_own,
    "web service of an application": _application,
    "row of a dashboard": _dashboard,
    "service with Service Connect": _service_connect,
    "service with a name in DNS": _cloud_map,
    "service that calls the one before": _caller_of_the_last,
    "service that one calls": _callee,
    "job that calls a service": _job_that_calls,
    "service with a secret": _secret,
    "service with an imported secret": _imported_secret,
    "capacity on EC2": _ec2_capacity,
    "capacity on Managed Instances": _managed_instances,
    "cluster": _cluster,
    "cluster without a way out": _cluster_without_a_way_out,
    "service on EKS that calls the one before": _kubernetes_caller,
    "service on EKS in its own namespace": _namespace,
    "nodes of an EKS cluster": _nodes,
    "Fargate profile": _profile,
}


if __name__ == "__main__":
    print(*GROWING, sep="\n")
