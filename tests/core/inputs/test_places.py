"""Things of another account or region, and text that should be an ARN: one error each, where both places are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs, aws_secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from cdk_containers import (
    Alarms,
    AlarmTopic,
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    BlueGreen,
    CloudWatchLogsOutput,
    Cluster,
    ClusterEvents,
    ConstructError,
    Container,
    ContainerLogs,
    DeploymentHook,
    Ec2Capacity,
    EfsVolume,
    EventJob,
    FireLens,
    Logs,
    Namespace,
    Network,
    Repository,
    ServiceConnect,
    TaskOptions,
    TopicSubscription,
    VolumeMount,
    WebService,
    WorkerService,
    WorkQueue,
)
from cdk_containers.core.errors import Problem
from cdk_containers.core.inputs.places import place_problems
from tests.toolkit import IMAGE, cluster, network, properties, synth

HERE, THERE = ("111111111111", "eu-west-1"), ("222222222222", "us-east-1")
REGION, ACCOUNT = ("111111111111", "us-east-1"), ("222222222222", "eu-west-1")


def in_place(place: tuple[str, str] | None, app: cdk.App | None = None, name: str = "Shop") -> cdk.Stack:
    env = None if place is None else cdk.Environment(account=place[0], region=place[1])
    return cdk.Stack(app or cdk.App(), name, env=env)


def problems(make: Callable[[], object]) -> list[Problem]:
    try:
        make()
    except ConstructError as error:
        return list(error.problems)
    return []


def backend(stack: cdk.Stack, **options: Any) -> BackendService:
    if "container" not in options:
        options.setdefault("image", IMAGE)
    return BackendService(stack, "Web", cluster=cluster(stack), **options)


def certificate(stack: cdk.Stack, arn: str) -> WebService:
    given = acm.Certificate.from_certificate_arn(stack, "Certificate", arn)
    return WebService(
        stack, "Web", cluster=cluster(stack), image=IMAGE, exposure=AlbExposure(port=8080, certificate=given)
    )


def certificate_of_a_load_balancer(stack: cdk.Stack, arn: str) -> ApplicationLoadBalancer:
    given = acm.Certificate.from_certificate_arn(stack, "Certificate", arn)
    return ApplicationLoadBalancer(stack, "Web", network=network(stack), certificates=[given])


def key(stack: cdk.Stack, arn: str) -> BackendService:
    given = kms.Key.from_key_arn(stack, "Key", arn)
    return backend(stack, task=TaskOptions(logs=ContainerLogs(encryption_key=given)))


def topic(stack: cdk.Stack, arn: str) -> BackendService:
    return backend(stack, alarms=Alarms(topic=sns.Topic.from_topic_arn(stack, "Topic", arn)))


def queue(stack: cdk.Stack, arn: str) -> WorkerService:
    given = sqs.Queue.from_queue_arn(stack, "Given", arn)
    return WorkerService(stack, "Web", cluster=cluster(stack), image=IMAGE, queue=given)


def log_group(stack: cdk.Stack, arn: str) -> BackendService:
    given = aws_logs.LogGroup.from_log_group_arn(stack, "Group", arn)
    router = FireLens(output=CloudWatchLogsOutput(log_group=given))
    return backend(stack, task=TaskOptions(log_router=router))


def log_group_of_a_service_of_aws(stack: cdk.Stack, arn: str) -> ClusterEvents:
    given = aws_logs.LogGroup.from_log_group_arn(stack, "Group", arn)
    return ClusterEvents(stack, "Web", cluster=cluster(stack), logs=Logs(log_group=given))


def role(stack: cdk.Stack, arn: str) -> BackendService:
    return backend(stack, task=TaskOptions(task_role=iam.Role.from_role_arn(stack, "Role", arn)))


def bus(stack: cdk.Stack, arn: str) -> EventJob:
    given = events.EventBus.from_event_bus_arn(stack, "Bus", arn)
    pattern = {"source": ["shop"]}
    return EventJob(stack, "Web", cluster=cluster(stack), image=IMAGE, event_pattern=pattern, event_bus=given)


def hook(stack: cdk.Stack, arn: str) -> WebService:
    function = lambda_.Function.from_function_arn(stack, "Hook", arn)
    return WebService(
        stack,
        "Web",
        cluster=cluster(stack),
        image=IMAGE,
        exposure=AlbExposure(
            port=8080, certificate=acm.Certificate.from_certificate_arn(stack, "C", arn_in(certificate, HERE))
        ),
        deployment=BlueGreen(hooks=[DeploymentHook(stages=["PRE_SCALE_UP"], function=function)]),
    )


def namespace(stack: cdk.Stack, arn: str) -> Namespace:
    return Namespace.from_attributes(stack, "Web", name="shop.internal", namespace_id="ns-1", namespace_arn=arn)


def load_balancer(stack: cdk.Stack, arn: str) -> object:
    return ApplicationLoadBalancer.from_attributes(
        stack,
        "Web",
        load_balancer_arn=arn,
        listener_arn=ARNS[load_balancer][0].format("eu-west-1", "111111111111").replace(":loadbalancer/", ":listener/"),
        security_group_id="sg-0123456789abcdef0",
        dns_name="lb.example.com",
        vpc=network(stack).vpc,
    )


ARNS: dict[Callable[[cdk.Stack, str], object], tuple[str, str, bool, bool]] = {
    certificate: ("arn:aws:acm:{}:{}:certificate/1", "exposure.certificate", True, True),
    certificate_of_a_load_balancer: ("arn:aws:acm:{}:{}:certificate/1", "certificates[0]", True, True),
    key: ("arn:aws:kms:{}:{}:key/1", "task.logs.encryption_key", True, False),
    topic: ("arn:aws:sns:{}:{}:alarms", "alarms.topic", True, False),
    queue: ("arn:aws:sqs:{}:{}:orders", "queue", True, True),
    log_group: ("arn:aws:logs:{}:{}:log-group:shop:*", "task.log_router.output.log_group", False, True),
    log_group_of_a_service_of_aws: ("arn:aws:logs:{}:{}:log-group:shop:*", "logs.log_group", True, True),
    role: ("arn:aws:iam::{1}:role/shop", "task.task_role", False, True),
    bus: ("arn:aws:events:{}:{}:event-bus/shop", "event_bus", True, True),
    hook: ("arn:aws:lambda:{}:{}:function:hook", "deployment.hooks[0].function", True, False),
    namespace: ("arn:aws:servicediscovery:{}:{}:namespace/ns-1", "namespace_arn", True, False),
    load_balancer: (
        "arn:aws:elasticloadbalancing:{}:{}:loadbalancer/app/shop/1",
        "load_balancer_arn",
        True,
        True,
    ),
}
"""The ARN of each kind, the option that it is given by, and whether region and account have to be the stack's."""

KINDS = pytest.mark.parametrize("make", ARNS, ids=lambda make: make.__name__)


def arn_in(make: Callable[[cdk.Stack, str], object], place: tuple[str, str]) -> str:
    account, region = place
    return ARNS[make][0].format(region, account)


def test_an_arn_is_named_in_each_error():
    stack = in_place(HERE)
    arn = arn_in(certificate, REGION)
    given = {"certificate": acm.Certificate.from_certificate_arn(stack, "Certificate", arn)}
    assert [[it.given for it in place_problems(stack, given)] for _ in range(2)] == [[arn], [arn]]


@KINDS
def test_what_is_where_the_stack_is_passes(make: Callable[[cdk.Stack, str], object]):
    assert problems(lambda: make(in_place(HERE), arn_in(make, HERE))) == []


@KINDS
def test_what_is_elsewhere_passes_where_nobody_knows_where_the_stack_is(make: Callable[[cdk.Stack, str], object]):
    assert problems(lambda: make(in_place(None), arn_in(make, THERE))) == []


@KINDS
@pytest.mark.parametrize("place", [REGION, ACCOUNT], ids=["region", "account"])
def test_what_aws_takes_from_here_alone_is_an_error(make: Callable[[cdk.Stack, str], object], place: tuple[str, str]):
    _, option, same_region, same_account = ARNS[make]
    arn = arn_in(make, place)
    found = problems(lambda: make(in_place(HERE), arn))
    what = "region" if place is REGION else "account"
    if not (same_region if place is REGION else same_account):
        assert found == []
        return
    mine = [problem for problem in found if problem.option == option]
    assert len(mine) == 1, found
    assert f"is in another {what} than the stack" in mine[0].what
    assert mine[0].given == arn
    assert "account 111111111111, region eu-west-1" in mine[0].allowed


def test_two_things_elsewhere_are_said_together_with_what_else_is_wrong():
    stack = in_place(HERE)
    given = acm.Certificate.from_certificate_arn(stack, "Certificate", arn_in(certificate, REGION))
    alarms = Alarms(topic=sns.Topic.from_topic_arn(stack, "Topic", arn_in(topic, REGION)))
    exposure = AlbExposure(port=8080, certificate=given)
    found = problems(
        lambda: WebService(stack, "Web", cluster=cluster(stack), image=IMAGE, exposure=exposure, alarms=alarms, cpu=300)
    )
    assert {problem.option for problem in found} >= {"exposure.certificate", "alarms.topic", "cpu"}
    assert len(found) == 3


@pytest.mark.parametrize("make", [certificate])
def test_text_that_is_no_arn_is_an_error(make: Callable[[cdk.Stack, str], object]):
    for stack in (in_place(HERE), in_place(None)):
        [problem] = problems(lambda stack=stack: make(stack, "not-an-arn"))
        assert (problem.option, problem.given) == ("exposure.certificate", "'not-an-arn'")
        assert problem.allowed.startswith("arn:")


def test_what_is_known_at_deployment_only_passes():
    stack = in_place(HERE)
    parameter = cdk.CfnParameter(stack, "CertificateArn")
    assert problems(lambda: certificate(stack, parameter.value_as_string)) == []


# ---- things of other stacks


def of_another(place: tuple[str, str] | None, own: tuple[str, str] | None = HERE) -> tuple[cdk.Stack, cdk.Stack]:
    app = cdk.App()
    return in_place(place, app, "Other"), in_place(own, app)


def of_places(found: list[Problem]) -> list[Problem]:
    """Leave out that it is of another cluster or network: where that is, is what is asked here."""
    return [
        problem for problem in found if "belongs to a stack" in problem.what or "account and region" in problem.what
    ]


MADE: dict[str, Callable[[cdk.Stack, cdk.Stack], object]] = {
    "cluster": lambda other, own: BackendService(own, "Web", image=IMAGE, cluster=Cluster(other, "Cluster")),
    "network": lambda other, own: Cluster(own, "Cluster", network=Network(other, "Network")),
    "queue": lambda other, own: WorkerService(
        own, "Web", image=IMAGE, cluster=cluster(own), queue=WorkQueue(other, "Queue")
    ),
    "exposure.load_balancer": lambda other, own: backend(
        own,
        exposure=AlbExposure(
            port=8080,
            load_balancer=ApplicationLoadBalancer(
                other,
                "Alb",
                network=Network(other, "Network"),
                certificates=[acm.Certificate(other, "Certificate", domain_name="shop.example.com")],
            ),
        ),
    ),
    "service_connect.namespace": lambda other, own: backend(
        own, service_connect=ServiceConnect(namespace=Namespace(other, "Names", name="shop.internal"))
    ),
    "capacity[0].capacity": lambda other, own: backend(
        own,
        capacity=[
            Ec2Capacity(
                other, "Instances", cluster=Cluster(other, "Cluster"), instance_types=["m7i.large"], max_instances=2
            ).share()
        ],
    ),
    "container.secrets['P']": lambda other, own: backend(
        own, container=Container(image=IMAGE, secrets={"P": aws_secretsmanager.Secret(other, "Secret")})
    ),
    "encryption_key": lambda other, own: WorkQueue(own, "Queue", encryption_key=kms.Key(other, "Key")),
    "alarms.topic": lambda other, own: backend(own, alarms=Alarms(topic=AlarmTopic(other, "Topic").topic)),
    "exposure.certificate": lambda other, own: backend(
        own,
        exposure=AlbExposure(port=8080, certificate=acm.Certificate(other, "C", domain_name="shop.example.com")),
    ),
    "volumes[0].file_system": lambda other, own: backend(
        own,
        container=Container(image=IMAGE, mounts=[VolumeMount(volume="files", path="/files")]),
        volumes=[
            EfsVolume(name="files", file_system=efs.FileSystem(other, "Files", vpc=Network(other, "Network").vpc))
        ],
    ),
    "image.repository": lambda other, own: backend(own, image=Repository(other, "Images").image("1.0")),
    "subscriptions[0].topic": lambda other, own: WorkQueue(
        own, "Queue", subscriptions=[TopicSubscription(topic=sns.Topic(other, "Topic"))]
    ),
}


@pytest.mark.parametrize("option", MADE)
@pytest.mark.parametrize("place", [REGION, ACCOUNT], ids=["region", "account"])
def test_what_another_stack_makes_elsewhere_is_one_error_before_cdk_says_it(option: str, place: tuple[str, str]):
    [found] = of_places(problems(lambda: MADE[option](*of_another(place))))
    assert found.option == option
    assert "belongs to a stack of another " + ("region" if place is REGION else "account") in found.what


@pytest.mark.parametrize("option", MADE)
@pytest.mark.parametrize("places", [(HERE, HERE), (None, None)], ids=["said", "not said"])
def test_what_another_stack_makes_here_passes(option: str, places: tuple[Any, Any]):
    made = of_another(*places)
    assert of_places(problems(lambda: MADE[option](*made))) == []


@pytest.mark.parametrize("option", ["cluster", "exposure.load_balancer", "encryption_key", "image.repository"])
def test_one_stack_that_says_where_it_is_and_one_that_does_not_is_an_error(option: str):
    for places in ((None, HERE), (HERE, None)):
        found = problems(lambda places=places: MADE[option](*of_another(*places)))
        [problem] = [problem for problem in found if problem.option == option]
        assert "have different settings for their account and region" in problem.what
        assert "env=cdk.Environment" in problem.allowed


@pytest.mark.parametrize("name", ["shop/web", cdk.PhysicalName.GENERATE_IF_NEEDED], ids=["named", "generated"])
def test_a_repository_with_a_name_is_pulled_from_another_account(name: str):
    other, own = of_another(ACCOUNT)
    backend(own, image=Repository(other, "Images", repository_name=name).image("1.0"))
    image = str(properties(synth(own), "AWS::ECS::TaskDefinition")["ContainerDefinitions"][0]["Image"])
    assert "222222222222" in image
    assert ".dkr.ecr." in image


def test_the_error_of_a_repository_without_a_name_says_the_way_out():
    [problem] = problems(lambda: MADE["image.repository"](*of_another(ACCOUNT)))
    assert "repository_name='…' or cdk.PhysicalName.GENERATE_IF_NEEDED" in problem.allowed


@pytest.mark.parametrize("option", ["cluster", "encryption_key", "container.secrets['P']"])
def test_what_a_stack_outside_of_a_stage_makes_is_an_error(option: str):
    app = cdk.App()
    other = in_place(HERE, app, "Other")
    stage = cdk.Stage(app, "Stage", env=cdk.Environment(account=HERE[0], region=HERE[1]))
    own = cdk.Stack(stage, "Shop")
    [problem] = problems(lambda: MADE[option](other, own))
    assert problem.option == option
    assert "outside this stage" in problem.what
    beside = cdk.Stack(stage, "Beside")
    assert problems(lambda: MADE[option](beside, cdk.Stack(stage, "Next"))) == []


def test_what_exists_already_is_used_in_each_stage_of_its_account_and_region():
    def found(place: tuple[str, str]) -> list[Problem]:
        app = cdk.App()
        other = in_place(place, app, "Other")
        stage = cdk.Stage(app, "Stage", env=cdk.Environment(account=HERE[0], region=HERE[1]))
        existing = Network.from_attributes(
            other, "Network", vpc_id="vpc-1", availability_zones=["a", "b"], private_subnet_ids=["s-1", "s-2"]
        )
        return list(place_problems(cdk.Stack(stage, "Shop"), {"network": existing}))

    assert found(HERE) == []
    for place, what in ((ACCOUNT, "another account"), (REGION, "another region")):
        [problem] = found(place)
        assert what in problem.what


def test_a_repository_of_another_account_that_is_named_by_its_arn_passes():
    own = in_place(HERE)
    images = Repository.from_attributes(
        own,
        "Given",
        repository_name="shop/web",
        repository_arn="arn:aws:ecr:us-east-1:222222222222:repository/shop/web",
    )
    backend(own, image=images.image("1.0"))
    image = str(properties(synth(own), "AWS::ECS::TaskDefinition")["ContainerDefinitions"][0]["Image"])
    assert "222222222222.dkr.ecr.us-east-1." in image
