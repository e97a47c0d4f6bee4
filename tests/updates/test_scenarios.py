"""What people change in an app that runs, one deployment after another.

Each scenario has two steps or more, and what has to happen between each two of them: nothing, mostly. Where something
happens, the page about it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import isclass, isfunction
from itertools import pairwise, permutations
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    AlbExposure,
    Application,
    ApplicationLoadBalancer,
    BackendService,
    BlueGreen,
    Canary,
    CloudMap,
    Cluster,
    CodeDeployBlueGreen,
    Ec2Capacity,
    Environment,
    FargateCapacity,
    Linear,
    ListenerRule,
    ManagedInstancesCapacity,
    Namespace,
    NatGateways,
    Network,
    NetworkLoadBalancer,
    NlbExposure,
    Rolling,
    ScheduledJob,
    ServiceScaling,
    TaskOptions,
    TopicSubscription,
    WebService,
    WorkQueue,
)
from cdk_containers.deployments import Deployment
from tests.subjects.pairs import BY_NAME
from tests.toolkit import (
    IMAGE,
    Template,
    capacity,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    own_cluster,
    synth,
    topic,
)
from tests.updates.consequences import consequences

Step = Callable[[cdk.Stack], object]

REPLACED_SERVICE = frozenset({"replaces ECS::Service"})
SERVICE_GOES = frozenset({"deletes ECS::Service", "leaves Logs::LogGroup"})
ROUTE_GOES = frozenset({"deletes ElasticLoadBalancingV2::ListenerRule", "deletes ElasticLoadBalancingV2::TargetGroup"})
LISTENER_GOES = frozenset({"deletes ElasticLoadBalancingV2::Listener", "deletes ElasticLoadBalancingV2::TargetGroup"})
BALANCER_GOES = frozenset(
    {"deletes ElasticLoadBalancingV2::Listener", "deletes ElasticLoadBalancingV2::LoadBalancer", "leaves S3::Bucket"}
)
CAPACITY_GOES = frozenset(
    {
        "deletes AutoScaling::AutoScalingGroup",
        "deletes EC2::LaunchTemplate",
        "deletes ECS::CapacityProvider",
    }
)
IN_USE = "fails: a service still uses a capacity provider that leaves the cluster"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Steps, and what happens between them; nothing, unless it is said."""

    name: str
    steps: tuple[Step, ...]
    happens: tuple[frozenset[str], ...] = ()


# ---- what the scenarios are made of


def service(**options: Any) -> Step:
    def make(stack: cdk.Stack) -> None:
        given = {name: value(stack) if isfunction(value) else value for name, value in options.items()}
        given.setdefault("cluster", cluster(stack))
        id_ = given.pop("id", "Web")
        kind = given.pop("kind", BackendService)
        kind(stack, id_, image=IMAGE, **given)

    return make


def alb(stack: cdk.Stack, **options: Any) -> ApplicationLoadBalancer:
    found = stack.node.try_find_child("Shared")
    if isinstance(found, ApplicationLoadBalancer):
        return found
    given = {"network": network(stack, "ClusterNetwork"), "certificates": [certificate(stack)]} | options
    return ApplicationLoadBalancer(stack, "Shared", **given)


def nlb(stack: cdk.Stack, **options: Any) -> NetworkLoadBalancer:
    return NetworkLoadBalancer(stack, "Shared", network=network(stack, "ClusterNetwork"), **options)


def through_alb(*exposures: dict[str, Any], **balancer: Any) -> Step:
    """A service behind a shared Application Load Balancer."""

    def make(stack: cdk.Stack) -> None:
        shared = alb(stack, **balancer)
        listed = [AlbExposure(load_balancer=shared, **options) for options in exposures]
        service(exposure=listed)(stack)

    return make


def through_own_alb(**options: Any) -> Step:
    return service(kind=WebService, exposure=lambda stack: AlbExposure(certificate=certificate(stack), **options))


def through_nlb(*, internet_facing: bool = False, **options: Any) -> Step:
    def make(stack: cdk.Stack) -> None:
        shared = nlb(stack, internet_facing=internet_facing)
        service(exposure=NlbExposure(load_balancer=shared, listener_port=443, **options))(stack)

    return make


def deployed(deployment: Deployment | None) -> Step:
    return service(
        kind=WebService,
        deployment=deployment,
        exposure=lambda stack: AlbExposure(port=8080, certificate=certificate(stack)),
    )


def on_instances(
    *, use: bool, keep: bool = True, retired: bool = False, kind: type[Any] = Ec2Capacity, **options: Any
) -> Step:
    """A service on instances, or on Fargate beside them."""

    def make(stack: cdk.Stack) -> None:
        chosen: list[Any] = [FargateCapacity()]
        if keep and kind is Ec2Capacity:
            instances = capacity(stack, retired=retired, **options)
            chosen = [instances.share()] if use else chosen
        elif keep:
            managed = ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack), retired=retired)
            chosen = [managed.share()] if use else chosen
        service(cluster=own_cluster(stack), capacity=chosen)(stack)

    return make


def both_kinds(*, use: str) -> Step:
    def make(stack: cdk.Stack) -> None:
        instances = capacity(stack, retired=use == "managed")
        managed = ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack), retired=use == "ec2")
        chosen = instances.share() if use == "ec2" else managed.share()
        service(cluster=own_cluster(stack), capacity=[chosen])(stack)

    return make


def in_network(**options: Any) -> Step:
    def make(stack: cdk.Stack) -> None:
        service(cluster=Cluster(stack, "Cluster", network=Network(stack, "Network", **options)))(stack)

    return make


def job(**options: Any) -> Step:
    def make(stack: cdk.Stack) -> None:
        id_ = options.get("id", "Job")
        given = {name: value for name, value in options.items() if name != "id"}
        ScheduledJob(stack, id_, cluster=cluster(stack), image=IMAGE, **given)

    return make


def queue(*topics: str, **options: Any) -> Step:
    def make(stack: cdk.Stack) -> None:
        listed = {name: topic(stack, name) for name in ("orders", "returns")}
        given = {name: value(stack) if isfunction(value) else value for name, value in options.items()}
        WorkQueue(stack, "Work", subscriptions=[TopicSubscription(topic=listed[name]) for name in topics], **given)

    return make


def calling(*calls: tuple[str, str], bridge: Sequence[str] = ()) -> Step:
    """Services of which some call others; those named in `bridge` share the security group of their instances.

    There are an `Api` in each of two places, whose ids are the same.
    """

    def make(stack: cdk.Stack) -> None:
        names = Namespace(stack, "Names", name="shop.internal", network=network(stack, "OwnNetwork"))
        made: dict[str, BackendService] = {}
        for path in ("Orders", "Returns", "Shop/Api", "Admin/Api", "Web", "Mobile"):
            place, _, id_ = path.rpartition("/")
            scope = Construct(stack, place) if place else stack
            options: dict[str, Any] = {"cloud_map": CloudMap(namespace=names, name=path.lower().replace("/", "-"))}
            if path in bridge:
                options |= {"capacity": [capacity(stack).share()], "task": TaskOptions(network_mode="bridge")}
                options["cloud_map"] = None if path in ("Web", "Mobile") else options["cloud_map"]
            listening = container(ports=[8080])
            made[path] = BackendService(scope, id_, cluster=own_cluster(stack), container=listening, **options)
        for caller, callee in calls:
            made[caller].connect_to(made[callee], variable=f"{callee.upper().replace('/', '_')}_AT")

    return make


def key(stack: cdk.Stack) -> kms.IKey:
    return kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/a")


def application(*ids: str) -> Step:
    def make(stack: cdk.Stack) -> None:
        shop = Application(
            stack,
            "Shop",
            environment=Environment.development(),
            network=network(stack),
            certificates=[certificate(stack)],
        )
        for id_ in ids:
            exposure = AlbExposure(port=8080, rule=ListenerRule(paths=[f"/{id_.lower()}/*"]))
            shop.add(WebService, id_, image=IMAGE, exposure=exposure)

    return make


SHOP, ADMIN = {"rule": ListenerRule(paths=["/shop/*"])}, {"rule": ListenerRule(paths=["/admin/*"])}
SCALED = ServiceScaling(min_tasks=2, max_tasks=4)

SCENARIOS = [
    # a port or a path
    Scenario(name="another port behind an own ALB", steps=(through_own_alb(port=8080), through_own_alb(port=9090))),
    Scenario(
        name="another port behind a shared ALB",
        steps=(through_alb({"port": 8080, **SHOP}), through_alb({"port": 9090, **SHOP})),
    ),
    Scenario(name="another port behind a shared NLB", steps=(through_nlb(port=8080), through_nlb(port=9090))),
    Scenario(
        name="another path",
        steps=(through_alb({"port": 8080, **SHOP}), through_alb({"port": 8080, **ADMIN})),
    ),
    Scenario(
        name="a second exposure comes, changes places and goes",
        steps=(
            through_alb({"port": 8080, **SHOP}),
            through_alb({"port": 8080, **SHOP}, {"port": 8080, **ADMIN, "name": "admin"}),
            through_alb({"port": 8080, **ADMIN, "name": "admin"}, {"port": 8080, **SHOP}),
            through_alb({"port": 8080, **SHOP}),
        ),
        happens=(frozenset(), frozenset(), ROUTE_GOES),
    ),
    # a load balancer
    Scenario(
        name="from an own load balancer to a shared one and back",
        steps=(
            service(exposure=lambda stack: alb(stack) and AlbExposure(port=8080, certificate=certificate(stack))),
            through_alb({"port": 8080, **SHOP}),
            service(exposure=lambda stack: alb(stack) and AlbExposure(port=8080, certificate=certificate(stack))),
        ),
        happens=(BALANCER_GOES | ROUTE_GOES, ROUTE_GOES),
    ),
    Scenario(
        name="a shared ALB faces the internet, and no longer",
        steps=(
            through_alb({"port": 8080, **SHOP}),
            through_alb({"port": 8080, **SHOP}, internet_facing=False),
            through_alb({"port": 8080, **SHOP}),
        ),
        happens=(
            ROUTE_GOES | {"replaces ElasticLoadBalancingV2::Listener", "replaces ElasticLoadBalancingV2::LoadBalancer"},
        )
        * 2,
    ),
    Scenario(
        name="a shared NLB faces the internet, and no longer",
        steps=(through_nlb(port=8080), through_nlb(port=8080, internet_facing=True), through_nlb(port=8080)),
        happens=(LISTENER_GOES | {"replaces ElasticLoadBalancingV2::LoadBalancer"},) * 2,
    ),
    Scenario(
        name="a service takes over the path of another",
        steps=(
            through_alb({"port": 8080, **SHOP}),
            lambda stack: service(id="Other", exposure=AlbExposure(port=8080, load_balancer=alb(stack), **SHOP))(stack),
        ),
        happens=(ROUTE_GOES | SERVICE_GOES,),
    ),
    # a capacity
    Scenario(
        name="from Fargate to instances, back, and the instances go",
        steps=(
            on_instances(use=False, keep=False),
            on_instances(use=True),
            on_instances(use=False, retired=True),
            on_instances(use=False, keep=False),
        ),
        happens=(frozenset(), frozenset(), CAPACITY_GOES),
    ),
    Scenario(
        name="instances go in the deployment that moves the service off them",
        steps=(on_instances(use=True), on_instances(use=False, keep=False)),
        happens=(CAPACITY_GOES | {IN_USE},),
    ),
    Scenario(
        name="from Fargate to Managed Instances and back",
        steps=(
            on_instances(use=False, keep=False, kind=ManagedInstancesCapacity),
            on_instances(use=True, kind=ManagedInstancesCapacity),
            on_instances(use=False, retired=True, kind=ManagedInstancesCapacity),
            on_instances(use=False, keep=False, kind=ManagedInstancesCapacity),
        ),
        happens=(
            frozenset(),
            frozenset(),
            frozenset({"deletes ECS::CapacityProvider"}),
        ),
    ),
    Scenario(name="from EC2 to Managed Instances", steps=(both_kinds(use="ec2"), both_kinds(use="managed"))),
    Scenario(
        name="other instances",
        steps=(on_instances(use=True), on_instances(use=True, instance_types=["m7i.xlarge", "m6i.xlarge"])),
    ),
    Scenario(
        name="Spot, and a share",
        steps=(
            service(capacity=[FargateCapacity()]),
            service(capacity=[FargateCapacity.spot()]),
            service(capacity=[FargateCapacity(base=1), FargateCapacity.spot(weight=3)]),
            service(capacity=[FargateCapacity()]),
        ),
    ),
    # tasks
    Scenario(
        name="from a fixed number to scaling and back",
        steps=(service(desired_count=3), service(scaling=SCALED), service(desired_count=3)),
    ),
    Scenario(
        name="a service gets another id",
        steps=(service(id="Web"), service(id="Shop")),
        happens=(SERVICE_GOES,),
    ),
    Scenario(
        name="other tasks",
        steps=(
            service(),
            service(cpu=512, memory_limit_mib=1024),
            service(task=TaskOptions(architecture="ARM64")),
            service(),
        ),
    ),
    # keys
    Scenario(
        name="a key for a queue and for the sessions of a cluster",
        steps=(
            lambda stack: (queue()(stack), Cluster(stack, "Cluster", network=network(stack))),
            lambda stack: (
                queue(encryption_key=key)(stack),
                Cluster(
                    stack,
                    "Cluster",
                    network=network(stack),
                    encryption_key=kms.Key.from_key_arn(stack, "K", "arn:aws:kms:eu-west-1:111111111111:key/b"),
                ),
            ),
            lambda stack: (queue()(stack), Cluster(stack, "Cluster", network=network(stack))),
        ),
    ),
    # network
    Scenario(
        name="more gateways, zones, endpoints and subnets",
        steps=(
            in_network(max_azs=2, nat_gateways=NatGateways.SINGLE),
            in_network(max_azs=2, nat_gateways=NatGateways.PER_AZ),
            in_network(max_azs=2, nat_gateways=NatGateways.PER_AZ, interface_endpoints=True),
            in_network(max_azs=3, nat_gateways=NatGateways.PER_AZ, interface_endpoints=True),
            in_network(max_azs=3, nat_gateways=NatGateways.PER_AZ, interface_endpoints=True, isolated_subnets=True),
        ),
    ),
    # queues and topics
    Scenario(
        name="a topic goes, and others change places",
        steps=(queue("orders", "returns"), queue("returns", "orders"), queue("returns"), queue("orders", "returns")),
        happens=(frozenset(), frozenset({"deletes SNS::Subscription"}), frozenset()),
    ),
    # jobs
    Scenario(
        name="another schedule",
        steps=(
            job(schedule="rate(1 day)"),
            job(schedule="cron(0 3 * * ? *)"),
            job(schedule="rate(2 days)"),
        ),
    ),
    # connections
    Scenario(
        name="who is called",
        steps=(
            calling(("Web", "Orders"), ("Web", "Returns")),
            calling(("Web", "Returns"), ("Web", "Orders")),
            calling(("Web", "Returns")),
            calling(),
        ),
    ),
    Scenario(
        name="services with one id in two places are called",
        steps=(
            calling(("Web", "Shop/Api"), ("Web", "Admin/Api")),
            calling(("Web", "Admin/Api"), ("Web", "Shop/Api")),
            calling(("Web", "Admin/Api")),
        ),
    ),
    Scenario(
        name="callers on the same instances",
        steps=(
            calling(("Web", "Orders"), ("Mobile", "Orders"), bridge=("Web", "Mobile")),
            calling(("Mobile", "Orders"), ("Web", "Orders"), bridge=("Web", "Mobile")),
            calling(("Mobile", "Orders"), bridge=("Web", "Mobile")),
        ),
    ),
    Scenario(
        name="called on the same instances",
        steps=(
            calling(("Web", "Orders"), ("Web", "Returns"), bridge=("Orders", "Returns")),
            calling(("Web", "Returns"), ("Web", "Orders"), bridge=("Orders", "Returns")),
            calling(("Web", "Returns"), bridge=("Orders", "Returns")),
        ),
    ),
    # an application
    Scenario(
        name="a service comes to an application, and goes",
        steps=(application("Web"), application("Api", "Web"), application("Web")),
        happens=(frozenset(), ROUTE_GOES | {"deletes ECS::Service", "deletes Logs::LogGroup"}),
    ),
]


def is_construct(made_from: Any) -> bool:
    return isclass(made_from) and issubclass(made_from, Construct)


def made(step: Step) -> Template:
    stack = new_stack(region="eu-west-1")
    step(stack)
    return synth(stack)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_nothing_happens_that_was_not_foreseen(scenario: Scenario):
    templates = [made(step) for step in scenario.steps]
    found = [consequences(before, after) for before, after in pairwise(templates)]
    assert found == list(scenario.happens or [frozenset()] * len(found))


STRATEGIES: dict[str, Deployment] = {
    "rolling": Rolling(),
    "blue/green": BlueGreen(),
    "linear": Linear(),
    "canary": Canary(),
    "CodeDeploy": CodeDeployBlueGreen(),
}


@pytest.fixture(scope="module")
def by_strategy() -> dict[str, Template]:
    return {name: made(deployed(deployment)) for name, deployment in STRATEGIES.items()}


@pytest.mark.parametrize(("before", "after"), list(permutations(STRATEGIES, 2)))
def test_a_strategy_follows_another(by_strategy: dict[str, Template], before: str, after: str):
    shifted_by_ecs = {"blue/green", "linear", "canary"}
    expected = set()
    if "CodeDeploy" in (before, after):
        expected |= {"deletes ECS::Service"}  # it has its own service
    if before == "CodeDeploy":
        expected |= {"deletes CodeDeploy::Application", "deletes CodeDeploy::DeploymentGroup"}
    if before != "rolling" and after == "rolling":
        expected |= {"deletes ElasticLoadBalancingV2::TargetGroup"}
    if before in shifted_by_ecs and after not in shifted_by_ecs:
        expected |= {"sets back the weights of a rule"}
    assert consequences(by_strategy[before], by_strategy[after]) == expected


# ---- a tag for everything


def tagged(step: Step) -> Step:
    def make(stack: cdk.Stack) -> None:
        step(stack)
        cdk.Tags.of(stack).add("team", "shop")

    return make


@pytest.mark.parametrize("deployment", [BlueGreen(), Linear(), Canary()], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("exposure", ["alb", "nlb"])
def test_a_tag_leaves_the_rules_alone_whose_weights_are_those_of_ecs(deployment: Deployment, exposure: str):
    def step(stack: cdk.Stack) -> None:
        if exposure == "alb":
            shown: AlbExposure | NlbExposure = AlbExposure(port=8080, certificate=certificate(stack), test_port=9000)
        else:
            shown = NlbExposure(port=8080, listener_port=443, test_port=9000)
        service(kind=WebService, deployment=deployment, exposure=shown)(stack)

    before, after = made(step), made(tagged(step))
    assert consequences(before, after) == set()
    assert before != after


@pytest.mark.parametrize("name", [name for name, subject in BY_NAME.items() if is_construct(subject.of)])
def test_a_tag_replaces_nothing(name: str):
    subject = BY_NAME[name]
    assert consequences(made(subject.build), made(tagged(subject.build))) == set()
