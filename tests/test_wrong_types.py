"""No wrong value, wherever it is given, lets anything out but a `ConstructError`.

Each option of everything is given things that do not belong there. What comes is our error, or, where the value happens
to be right, something that can be synthesized.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    Cluster,
    ConstructError,
    Container,
    Disabled,
    Ec2Capacity,
    FargateCapacity,
    InstanceRequirements,
    ManagedInstancesCapacity,
    Namespace,
    Network,
    NetworkLoadBalancer,
    NotSecret,
    Port,
    PullThroughCache,
    Repository,
    ServiceNetwork,
    TaskOptions,
    WorkQueue,
)
from cdk_containers.core.errors import Problem
from cdk_containers.load_balancing import ListenerRule
from tests.made_once import made_once
from tests.subjects import SUBJECTS, Subject
from tests.subjects.subject import defaults_of
from tests.toolkit import IMAGE, backend, certificate, cluster, container, network, new_stack, on_ec2, synth, web

WRONG: Any = 5
JUNK: list[Any] = [
    None,
    5,
    -1,
    0,
    2.5,
    "",
    "x y",
    "/",
    True,
    False,
    Ellipsis,
    int,
    [],
    [None],
    ["x"],
    [5],
    {},
    {"a": None},
    {5: 5},
    {"a": "b"},
    {"a": NotSecret(WRONG, reason=WRONG)},
    b"x",
    timedelta(seconds=1),
    timedelta(milliseconds=1500),
    Disabled("short"),
    Disabled(WRONG),
    cdk.RemovalPolicy.DESTROY,
    [
        Container(
            image=WRONG,
            name=WRONG,
            ports=WRONG,
            environment=WRONG,
            secrets=WRONG,
            user=WRONG,
            tmpfs=WRONG,
            cpu=WRONG,
            depends_on=WRONG,
            health_check=WRONG,
            restart=WRONG,
            stop_timeout=WRONG,
            mounts=WRONG,
            log_driver=WRONG,
        )
    ],
]


@made_once
def shared(stack: cdk.Stack) -> ApplicationLoadBalancer:
    return ApplicationLoadBalancer(
        stack, "Shared", network=network(stack, "Inside"), certificates=[certificate(stack, "SharedCertificate")]
    )


def behind_shared(stack: cdk.Stack, given: dict[str, Any]) -> object:
    other = AlbExposure(port=8080, load_balancer=shared(stack), rule=ListenerRule(paths=["/other"]))
    return web(stack, container=container(ports=[8080]), exposure=[AlbExposure(**given), other])


def route(stack: cdk.Stack) -> dict[str, Any]:
    return {"port": 8080, "load_balancer": shared(stack)}


# The same parts inside a service, where other checks read them too.
MORE = [
    Subject(Container, lambda stack, given: web(stack, container=Container(**given)), lambda _: {"image": IMAGE}),
    Subject(
        Container,
        lambda stack, given: web(
            stack, container=container(ports=[8080], depends_on={"side": "START"}), sidecars=[Container(**given)]
        ),
        lambda _: {"image": IMAGE, "name": "side"},
    ),
    Subject(
        Port, lambda stack, given: web(stack, container=container(ports=[Port(**given)])), lambda _: {"number": 8080}
    ),
    Subject(
        Container,
        lambda stack, given: backend(
            stack,
            **on_ec2(
                stack, container=container(ports=[8080], depends_on={"side": "START"}), sidecars=[Container(**given)]
            ),
        ),
        lambda _: {"image": IMAGE, "name": "side"},
    ),
    Subject(
        Port,
        lambda stack, given: backend(stack, **on_ec2(stack, "bridge", Port(**given))),
        lambda _: {"number": 8080},
    ),
    Subject(TaskOptions, lambda stack, given: backend(stack, **on_ec2(stack, task=TaskOptions(**given)))),
    Subject(AlbExposure, behind_shared, route),
    Subject(ListenerRule, lambda stack, given: behind_shared(stack, route(stack) | {"rule": ListenerRule(**given)})),
]


READ_BY_THE_SUBJECT = {f"{kind}Volume.name" for kind in ("Docker", "Ebs", "Efs", "Host", "Shared")}


def options() -> list[Any]:
    return [
        pytest.param(subject, option, id=f"{subject.name}-{option}{'-in-a-service' if subject in MORE else ''}")
        for subject in [*SUBJECTS, *MORE]
        for option in subject.options
        if f"{subject.name}.{option}" not in READ_BY_THE_SUBJECT
    ]


class Scene:
    """A stack in which a subject refuses values; what is around the subject is made for the first."""

    _last: tuple[Subject, Scene] | None = None

    @classmethod
    def of(cls, subject: Subject) -> Scene:
        """Find the scene of the option before: what was refused there left it as it was."""
        if cls._last is None or cls._last[0] is not subject:
            return cls.new(subject)
        cls._last[1]._around = None  # another option may need other parts around the subject
        return cls._last[1]

    @classmethod
    def new(cls, subject: Subject) -> Scene:
        cls._last = (subject, cls(subject))
        return cls._last[1]

    def __init__(self, subject: Subject) -> None:
        self.stack = new_stack()
        self.base = subject.base(self.stack)
        self._around: int | None = None
        self._refused: set[tuple[str, ...]] = set()

    def problems_with(self, subject: Subject, options: dict[str, Any]) -> Sequence[Problem]:
        """Make the subject, and return why it refuses the options."""
        try:
            subject.make(self.stack, options)
        except ConstructError as error:
            return error.problems
        return ()

    def refuses(self, value: object, error: ConstructError) -> None:
        """Fail if the value left something: asked once for values with the same problems, and at the end for all."""
        problems = tuple(problem.what for problem in error.problems)
        if problems not in self._refused:
            self._refused.add(problems)
            self.is_clean(after=value)

    def is_clean(self, after: object) -> None:
        left = self.stack.node.children
        if self._around is None:
            self._around = len(left)
        if len(left) != self._around:
            Scene._last = None
            pytest.fail(f"{after!r} was refused and left {[child.node.id for child in left]}")


def is_default(subject: Subject, option: str, value: object) -> bool:
    """Whether an option has this value without being given; `test_defaults_are_accepted` gives all of them."""
    default = defaults_of(subject.of).get(option, Ellipsis)
    return type(value) is type(default) and value == default


@pytest.mark.parametrize("subject", [*SUBJECTS, *MORE], ids=lambda it: it.name)
def test_defaults_are_accepted(subject: Subject):
    scene = Scene.new(subject)
    known = {name: value for name, value in defaults_of(subject.of).items() if name in subject.options}
    if refused := scene.problems_with(subject, known | scene.base):
        assert refused == scene.problems_with(subject, scene.base), "something that it needs is missing without them"
    else:
        synth(scene.stack)


@pytest.mark.parametrize(("subject", "option"), options())
def test_a_wrong_value_is_refused_by_our_own_error(subject: Subject, option: str):
    scene = Scene.of(subject)
    late = [cdk.Duration.millis(1500), cdk.Duration.minutes(cdk.Token.as_number(cdk.Fn.ref("Minutes")))]
    errors: list[ConstructError] = []
    for value in [*JUNK, *late]:
        if option not in scene.base and is_default(subject, option, value):
            continue
        try:
            subject.make(scene.stack, scene.base | {option: value})
        except ConstructError as error:
            errors.append(error)
            scene.refuses(value, error)
        else:
            synth(scene.stack)
            scene = Scene.new(subject)
    scene.is_clean(after=late[-1])
    assert errors, "some of it was wrong"
    assert all(error.problems and error.problems[0].option != "id" for error in errors)
    assert not [error for error in errors if "jsii" in str(error)]


# ---- what makes something of what exists


def key(stack: cdk.Stack) -> kms.IKey:
    return kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/abc")


ALB = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:{}/app/shop/0123456789abcdef"
FACTORIES: dict[str, tuple[Callable[..., object], Callable[[cdk.Stack], dict[str, Any]]]] = {
    "Network": (
        Network.from_attributes,
        lambda _: {
            "vpc_id": "vpc-1",
            "availability_zones": ["eu-west-1a", "eu-west-1b"],
            "private_subnet_ids": ["subnet-1", "subnet-2"],
            "public_subnet_ids": ["subnet-3", "subnet-4"],
            "dual_stack": True,
        },
    ),
    "Repository": (
        Repository.from_attributes,
        lambda _: {
            "repository_name": "shop/web",
            "repository_arn": "arn:aws:ecr:eu-west-1:111111111111:repository/shop/web",
        },
    ),
    "Cluster": (
        Cluster.from_attributes,
        lambda stack: {
            "cluster_name": "shop",
            "network": network(stack),
            "capacity": [FargateCapacity()],
            "instance_security_group_ids": ["sg-01"],
            "execute_command_log_group": aws_logs.LogGroup.from_log_group_name(stack, "Sessions", "sessions"),
            "encryption_key": key(stack),
            "has_container_insights": True,
        },
    ),
    "Ec2Capacity": (
        Ec2Capacity.from_attributes,
        lambda stack: {
            "cluster": cluster(stack),
            "capacity_provider_name": "shop",
            "security_group_id": "sg-01",
            "instance_types": ["m7i.large"],
            "eni_trunking": True,
        },
    ),
    "ManagedInstancesCapacity": (
        ManagedInstancesCapacity.from_attributes,
        lambda stack: {
            "cluster": cluster(stack),
            "capacity_provider_name": "shop",
            "security_group_id": "sg-01",
            "requirements": InstanceRequirements(),
        },
    ),
    "WorkQueue": (
        WorkQueue.from_attributes,
        lambda stack: {
            "queue_arn": "arn:aws:sqs:eu-west-1:111111111111:orders",
            "queue_url": "https://sqs.eu-west-1.amazonaws.com/111111111111/orders",
            "visibility_timeout": timedelta(minutes=1),
            "dead_letter_queue_arn": "arn:aws:sqs:eu-west-1:111111111111:letters",
            "encryption_key": key(stack),
        },
    ),
    "Vpc": (
        Network.from_vpc,
        lambda stack: {
            "vpc": network(stack).vpc,
            "task_subnets": ec2.SubnetSelection(availability_zones=["eu-west-1a"]),
        },
    ),
    "ApplicationLoadBalancer": (
        ApplicationLoadBalancer.from_attributes,
        lambda stack: {
            "load_balancer_arn": ALB.format("loadbalancer"),
            "listener_arn": ALB.format("listener") + "/0123456789abcdef",
            "security_group_id": "sg-1",
            "dns_name": "shop.example.com",
            "vpc": network(stack).vpc,
            "security_group_allows_all_outbound": False,
            "canonical_hosted_zone_id": "Z32O12XQLNTSW2",
            "ip_address_type": elbv2.IpAddressType.DUAL_STACK,
        },
    ),
    "NetworkLoadBalancer": (
        NetworkLoadBalancer.from_attributes,
        lambda stack: {
            "load_balancer_arn": ALB.format("loadbalancer"),
            "security_group_id": "sg-1",
            "dns_name": "shop.example.com",
            "vpc": network(stack).vpc,
            "ingress": [ec2.Peer.any_ipv4()],
            "security_group_allows_all_outbound": False,
            "canonical_hosted_zone_id": "Z32O12XQLNTSW2",
            "ip_address_type": elbv2.IpAddressType.DUAL_STACK,
        },
    ),
    "Service": (
        BackendService.from_attributes,
        lambda stack: {
            "service_arn": "arn:aws:ecs:eu-west-1:111111111111:service/shop/orders",
            "cluster": cluster(stack),
            "security_group_id": "sg-1",
            "task_role_arn": "arn:aws:iam::111111111111:role/orders",
            "endpoint": "http://orders:8080",
            "namespace": Namespace(stack, "Names", name="shop.internal"),
        },
    ),
    "Namespace": (
        Namespace.from_attributes,
        lambda stack: {
            "name": "shop.internal",
            "namespace_id": "ns-0123456789abcdef",
            "namespace_arn": "arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-0123456789abcdef",
            "network": network(stack),
        },
    ),
    "ServiceNetwork": (
        ServiceNetwork.from_attributes,
        lambda stack: {
            "service_network_arn": "arn:aws:vpc-lattice:eu-west-1:111111111111:servicenetwork/sn-0123456789abcdef0",
            "security_group_id": "sg-1",
            "prefix_list_id": "pl-1",
            "network": network(stack),
        },
    ),
}


@pytest.mark.parametrize(
    ("name", "option"),
    [
        (name, option)
        for name, (function, _) in FACTORIES.items()
        for option in inspect.signature(function).parameters
        if option not in ("scope", "id")
    ],
)
def test_a_wrong_attribute_is_refused_by_our_own_error(name: str, option: str):
    make, attributes = FACTORIES[name]
    stack = new_stack()
    given = attributes(stack)
    assert option in given, "give it a right value in FACTORIES"
    refused = 0
    for index, value in enumerate([*JUNK, "arn:aws:iam::1", "${Token[Shop.Arn.5]}"]):
        try:
            make(stack, f"Existing{index}", **given | {option: value})
        except ConstructError as error:
            refused += 1
            if error.path != f"Shop/Existing{index}":
                pytest.fail(f"the error is about {error.path}")
    assert refused


@pytest.mark.parametrize("name", [value for value in JUNK if value not in (None, "x")], ids=str)
def test_an_image_of_a_cache_has_a_name(name: Any):
    cache = PullThroughCache(new_stack(), "Cache", upstream="quay.io", prefix="quay")
    with pytest.raises(ConstructError) as raised:
        cache.image(name, "1.4.2")
    assert (raised.value.path, raised.value.problems[0].option) == ("Shop/Cache.image", "name")


@pytest.mark.parametrize("scope", [None, 5, "Shop"])
def test_a_parent_is_a_construct(scope: Any):
    with pytest.raises(ConstructError) as raised:
        Repository(scope, "Images")
    assert [problem.option for problem in raised.value.problems] == ["scope"]


def test_a_service_that_nothing_leads_to_has_no_load_balancer():
    service = backend(new_stack())
    with pytest.raises(ConstructError, match="the service has no Application Load Balancer"):
        _ = service.load_balancer
    with pytest.raises(ConstructError, match="the service has no Application Load Balancer"):
        _ = service.target_group
