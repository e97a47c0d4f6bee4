"""Bad input: one clear error that says all of it, and nothing in the stack."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    AlbExposure,
    BackendService,
    Cluster,
    ConstructError,
    Container,
    Disabled,
    FargateCapacity,
    HealthCheck,
    Image,
    LogDriver,
    NotSecret,
    Port,
    Privileged,
    Rolling,
    ServiceScaling,
    SharedVolume,
    TaskOptions,
    Tmpfs,
    VolumeMount,
    WebService,
)
from cdk_containers.core.practices import PRACTICES
from tests.toolkit import IMAGE, REASON, backend, certificate, cluster, container, new_stack, synth, web

SECRET = "hunter2-hunter2"  # noqa: S105


def named(*names: str) -> list[Container]:
    return [container(name=name) for name in names]


@dataclass(frozen=True)
class Case:
    """What is given, and what the one problem has to say about it."""

    name: str
    given: dict[str, Any]
    option: str
    allowed: str
    practice: str | None
    shown: str | None = None
    what: str = ""
    build: Callable[..., object] = field(default=backend)


CASES = [
    Case(
        "a size that Fargate does not have",
        {"cpu": 300, "memory_limit_mib": 512},
        "cpu",
        "the nearest sizes are 512 with 1024, 256 with 512",
        "fargate-task-size",
        "cpu=300, memory_limit_mib=512",
    ),
    Case(
        "a pair that Fargate does not have",
        {"cpu": 256, "memory_limit_mib": 4096},
        "cpu",
        "512 with 4096",
        "fargate-task-size",
    ),
    Case("more tasks than a service has", {"desired_count": 5001}, "desired_count", "up to 5,000", "hard-limits"),
    Case(
        "more tasks than a service grows to",
        {"scaling": ServiceScaling(min_tasks=2, max_tasks=5001)},
        "scaling.max_tasks",
        "up to 5,000; or several services",
        "hard-limits",
    ),
    Case(
        "eleven containers",
        {"sidecars": named(*"abcdefghij")},
        "sidecars",
        "1–10",
        "container-count",
        "11",
    ),
    Case(
        "no essential container",
        {"container": container(essential=False), "sidecars": [container(name="b", essential=False)]},
        "sidecars",
        "essential=True",
        "essential-container",
        "['app', 'b']",
    ),
    Case(
        "a log driver that Fargate does not have",
        {"container": container(log_driver=LogDriver(name="journald"))},
        "container.log_driver",
        "awslogs, splunk, awsfirelens",
        "fargate-log-driver",
        "'journald'",
    ),
    Case(
        "more memory than the task has",
        {"container": container(memory_limit_mib=1024)},
        "container.memory_limit_mib",
        "up to 512",
        "container-memory",
        "1024",
    ),
    Case(
        "more memory together than the task has",
        {"sidecars": [container(name="b", memory_limit_mib=400), container(name="c", memory_limit_mib=200)]},
        "sidecars",
        "up to 512 in all",
        "container-memory",
        "400 + 200",
    ),
    Case(
        "more kept than the limit",
        {"container": container(memory_limit_mib=100, memory_reservation_mib=200)},
        "container.memory_reservation_mib",
        "up to 100",
        "container-memory",
    ),
    Case(
        "more CPU than the task has",
        {"sidecars": [container(name="b", cpu=512)]},
        "sidecars[0].cpu",
        "up to 256",
        "container-memory",
    ),
    Case(
        "two containers on one port",
        {"container": container(ports=[8080]), "sidecars": [container(name="b", ports=[8080])]},
        "sidecars",
        "a port for each",
        "port-mappings",
        "8080/tcp",
    ),
    Case(
        "two ports with one name",
        {"container": container(ports=[Port(number=1, name="web"), Port(number=2, name="web")])},
        "container",
        "a name for each",
        "port-mappings",
        "'web'",
    ),
    Case(
        "a port that is none",
        {"container": container(ports=[70_000])},
        "container.ports[0].number",
        "1–65535",
        "port-mappings",
    ),
    Case(
        "a port name that ECS refuses",
        {"container": container(ports=[Port(number=1, name="Web Port")])},
        "container.ports[0].name",
        "lowercase",
        "port-mappings",
    ),
    Case(
        "an access key",
        {"container": container(environment={"AWS_SECRET_ACCESS_KEY": SECRET})},
        "container.environment['AWS_SECRET_ACCESS_KEY']",
        "task role",
        "no-access-keys",
        "(not shown)",
    ),
    Case(
        "an access key under another name",
        {"container": container(environment={"UPLOAD_KEY": "AKIA" + "ABCDEFGHIJKLMNOP"})},
        "container.environment['UPLOAD_KEY']",
        "`secrets`",
        "no-secrets-in-environment",
        "(not shown)",
    ),
    Case(
        "a secret by its name",
        {"container": container(environment={"DB_PASSWORD": SECRET})},
        "container.environment['DB_PASSWORD']",
        "NotSecret",
        "no-secrets-in-environment",
        "(not shown)",
    ),
    Case(
        "a secret in a sidecar",
        {"sidecars": [container(name="b", environment={"URL": f"postgres://shop:{SECRET}@db/shop"})]},
        "sidecars[0].environment['URL']",
        "`secrets`",
        "no-secrets-in-environment",
        "(not shown)",
    ),
    Case(
        "a reason that says nothing",
        {"container": container(environment={"TOKEN": NotSecret("x", reason="no")})},
        "container.environment['TOKEN'].reason",
        "10 characters",
        "no-secrets-in-environment",
        "'no'",
    ),
    Case(
        "a secret that is plain text",
        {"container": container(secrets={"PASSWORD": SECRET})},
        "container.secrets['PASSWORD']",
        "ISecret",
        "no-secrets-in-environment",
        "a value of type str",
    ),
    Case(
        "a fixed count together with scaling",
        {"desired_count": 2, "scaling": ServiceScaling(min_tasks=1, max_tasks=3)},
        "desired_count",
        "or scaling",
        "fixed-count-or-scaling",
        "2",
    ),
    Case(
        "a minimum above the maximum",
        {"scaling": ServiceScaling(min_tasks=5, max_tasks=3)},
        "scaling.max_tasks",
        "more than 5",
        "scaling-bounds",
        "3",
    ),
    Case("fewer than no tasks", {"desired_count": -1}, "desired_count", "0 or more", "several-tasks", "-1"),
    Case(
        "containers that wait for each other",
        {
            "container": container(depends_on={"b": "START"}),
            "sidecars": [
                container(name="b", depends_on={"c": "START"}),
                container(name="c", depends_on={"app": "START"}),
            ],
        },
        "sidecars",
        "an order",
        "container-dependencies",
        " → ",
    ),
    Case(
        "a container that waits for itself",
        {"container": container(depends_on={"app": "START"})},
        "container",
        "an order",
        "container-dependencies",
    ),
    Case(
        "a container that waits for nobody",
        {"container": container(depends_on={"b": "START"})},
        "container.depends_on",
        "app",
        "container-dependencies",
        "'b'",
    ),
    Case(
        "a wait for health that nobody checks",
        {"container": container(depends_on={"b": "HEALTHY"}), "sidecars": named("b")},
        "container.depends_on",
        "health_check",
        "container-dependencies",
    ),
    Case(
        "a wait for the end of an essential container",
        {"container": container(depends_on={"b": "SUCCESS"}), "sidecars": named("b")},
        "container.depends_on",
        "essential=False",
        "container-dependencies",
    ),
    Case(
        "too little ephemeral storage",
        {"task": TaskOptions(ephemeral_storage_gib=20)},
        "task.ephemeral_storage_gib",
        "21–200",
        "ephemeral-storage",
        "20",
    ),
    Case(
        "too much ephemeral storage",
        {"task": TaskOptions(ephemeral_storage_gib=201)},
        "task.ephemeral_storage_gib",
        "21–200",
        "ephemeral-storage",
    ),
    Case("the tag latest", {"image": "nginx:latest"}, "image", "pinned=Disabled", "pinned-image", "'nginx:latest'"),
    Case("no tag", {"image": "nginx"}, "image", "pinned=Disabled", "pinned-image", "'nginx'"),
    Case("no image name", {"image": " "}, "image", "a reference", None, "' '"),
    Case(
        "no Dockerfile",
        {"image": Image.from_asset("/nowhere")},
        "image.directory",
        "a Dockerfile",
        None,
        "'/nowhere/Dockerfile'",
    ),
    Case("no image", {"image": None}, "image", "one of image and container", "container-count"),
    Case("an image twice", {"container": container(), "image": IMAGE}, "image", "one of", "container-count"),
    Case("an empty name", {"sidecars": named("")}, "sidecars[0].name", "255", "container-names", "''"),
    Case("a name with a space", {"container": container(name="my app")}, "container.name", "255", "container-names"),
    Case(
        "two containers with one name",
        {"sidecars": named("app")},
        "sidecars",
        "a name for each",
        "container-names",
        "'app'",
    ),
    Case(
        "two volumes with one name",
        {
            "container": container(mounts=[VolumeMount(volume="a", path="/a")]),
            "volumes": [SharedVolume(name="a"), SharedVolume(name="a")],
        },
        "volumes",
        "a name for each",
        "container-names",
    ),
    Case(
        "an empty volume name",
        {"volumes": [SharedVolume(name="")], "container": container(mounts=[VolumeMount(volume="", path="/a")])},
        "volumes[0].name",
        "letters",
        "container-names",
    ),
    Case("an empty family", {"task": TaskOptions(family="")}, "task.family", "255", None, "''"),
    Case(
        "a volume that nobody mounts",
        {"volumes": [SharedVolume(name="a")]},
        "volumes[0]",
        "a VolumeMount",
        None,
    ),
    Case(
        "a mount of no volume",
        {"container": container(mounts=[VolumeMount(volume="a", path="/a")])},
        "container.mounts",
        "none is declared",
        None,
        "'a'",
    ),
    Case(
        "two mounts at one path",
        {"container": container(tmpfs=[Tmpfs(path="/a"), Tmpfs(path="/a")])},
        "container",
        "a path for each",
        None,
    ),
    Case("root", {"container": container(user="root")}, "container.user", "Disabled", "non-root-user", "'root'"),
    Case("root by number", {"container": container(user="0:0")}, "container.user", "Disabled", "non-root-user"),
    Case(
        "a privileged container",
        {"container": container(privileged=Privileged("loads kernel modules"))},
        "container.privileged",
        "capacity on EC2",
        "no-privileged-containers",
    ),
    Case(
        "a stop timeout that ECS does not have",
        {"container": container(stop_timeout=timedelta(minutes=3))},
        "container.stop_timeout",
        "0–120 s",
        "stop-timeout",
        "180 s",
    ),
    Case(
        "a stop timeout that Fargate does not have",
        {"container": container(stop_timeout=timedelta(seconds=1))},
        "container.stop_timeout",
        "2–120 s",
        "stop-timeout",
    ),
    Case(
        "a health check out of range",
        {"container": container(health_check=HealthCheck(command="true", interval=cdk.Duration.seconds(301)))},
        "container.health_check.interval",
        "5–300 s",
        "container-health-check",
    ),
    Case(
        "a health check without a pause",
        {"container": container(health_check=HealthCheck(command="true", interval=timedelta(0)))},
        "container.health_check.interval",
        "5–300 s",
        "container-health-check",
        "0 s",
    ),
    Case(
        "a time that CDK has to know",
        {
            "container": container(
                health_check=HealthCheck(
                    command="true", interval=cdk.Duration.seconds(cdk.Token.as_number(cdk.Fn.ref("Interval")))
                )
            )
        },
        "container.health_check.interval",
        "5–300 s",
        "container-health-check",
        "a token",
    ),
    Case(
        "a deployment that cannot be",
        {"deployment": Rolling(max_healthy_percent=99)},
        "deployment.max_healthy_percent",
        "100–200",
        "full-capacity-during-deployment",
    ),
    Case(
        "one capacity twice",
        {"capacity": [FargateCapacity(), FargateCapacity()]},
        "capacity",
        "each once",
        "one-kind-per-strategy",
    ),
    Case(
        "a shell on a read-only root",
        {"enable_execute_command": True},
        "enable_execute_command",
        "readonly_root_filesystem=Disabled",
        "read-only-root-filesystem",
    ),
    Case(
        "a reason that is none",
        {"container": container(user=Disabled("why not"))},
        "container.user.reason",
        "a reviewer",
        None,
        "'why not'",
    ),
    Case("a number as text", {"cpu": "256"}, "cpu", "int", None, "'256'"),
    Case("a flag as a number", {"cpu": True}, "cpu", "int", None, "True"),
    Case("text as a list", {"sidecars": "proxy"}, "sidecars", "a list of Container", None, "'proxy'"),
    Case("a list of the wrong things", {"sidecars": [container(name="b"), "proxy"]}, "sidecars[1]", "Container", None),
    Case("a cluster of CDK", {"cluster": "shop"}, "cluster", "Cluster", None, "'shop'"),
    Case(
        "a wrong type deep inside",
        {"container": container(depends_on={"b": "STARTED"})},
        "container.depends_on['b']",
        "'START' or 'COMPLETE'",
        None,
        "'STARTED'",
    ),
    Case(
        "seconds as a number",
        {"container": container(stop_timeout=30)},
        "container.stop_timeout",
        "timedelta",
        None,
        "30",
    ),
    Case(
        "part of a second",
        {"container": container(stop_timeout=cdk.Duration.millis(2500))},
        "container.stop_timeout",
        "whole seconds",
        None,
    ),
    Case(
        "a default that is off without a word",
        {"alarms": False},
        "alarms",
        "Alarms or Disabled",
        None,
        "False",
        "to turn it off, write Disabled",
    ),
    # what only exposed services can do wrong
    Case("no exposure", {"exposure": []}, "exposure", "an AlbExposure", "explicit-ingress", build=web),
    Case(
        "HTTPS without a certificate",
        {"exposure": AlbExposure(port=8080)},
        "exposure.certificate",
        "Disabled",
        "https-listener",
        build=web,
    ),
    Case(
        "a port that the container does not have",
        {
            "container": container(ports=[80, 81]),
            "exposure": AlbExposure(port=8080, https=Disabled(REASON)),
        },
        "exposure.port",
        "80, 81",
        "port-mappings",
        "8080",
        build=web,
    ),
    Case(
        "a port that a sidecar does not have",
        {
            "sidecars": [container(name="b", ports=[81])],
            "exposure": AlbExposure(port=80, container="b", https=Disabled(REASON)),
        },
        "exposure.port",
        "81",
        "port-mappings",
        build=web,
    ),
    Case(
        "a container that is not there",
        {"exposure": AlbExposure(port=80, container="b", https=Disabled(REASON))},
        "exposure.container",
        "app",
        "port-mappings",
        "'b'",
        build=web,
    ),
    Case(
        "a port that no container can have",
        {"exposure": AlbExposure(port=0, https=Disabled(REASON))},
        "exposure.port",
        "1–65535",
        "port-mappings",
        "0",
        build=web,
    ),
    Case(
        "a path without a slash",
        {"exposure": AlbExposure(port=80, https=Disabled(REASON), health_check_path="healthz")},
        "exposure.health_check_path",
        "/healthz",
        "target-health-check",
        build=web,
    ),
    Case(
        "too long a deregistration delay",
        {"exposure": AlbExposure(port=80, https=Disabled(REASON), deregistration_delay=cdk.Duration.hours(2))},
        "exposure.deregistration_delay",
        "0–3600 s",
        "deregistration-delay",
        "7200 s",
        build=web,
    ),
    Case(
        "the second of two exposures",
        {"exposure": [AlbExposure(port=80, https=Disabled(REASON)), AlbExposure(port=81)]},
        "exposure[1].certificate",
        "a certificate",
        "https-listener",
        build=web,
    ),
]


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    """One stack for all: nothing that is refused may leave a trace in it."""
    return new_stack()


@pytest.fixture(scope="module")
def place(stack: cdk.Stack) -> Cluster:
    return cluster(stack)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_refused_with_one_clear_error(case: Case, stack: cdk.Stack, place: Cluster):
    service = "Backend" if case.build is backend else "Web"
    options = {"cluster": place, "image": IMAGE} | case.given
    if "container" in case.given and "image" not in case.given:
        del options["image"]
    with pytest.raises(ConstructError) as raised:
        (BackendService if case.build is backend else WebService)(stack, service, **options)
    error = raised.value
    assert error.path == f"Shop/{service}"
    assert len(error.problems) == 1, str(error)
    [problem] = error.problems
    assert (problem.option, problem.practice) == (case.option, case.practice)
    assert case.allowed in problem.allowed
    assert case.what in problem.what
    assert problem.practice is None or problem.practice in PRACTICES
    if case.shown is not None:
        assert case.shown in str(problem.given)
    assert stack.node.try_find_child(service) is None
    text = str(error)
    assert text.startswith(f"Shop/{service}: 1 problem with the arguments\n  1. {case.option}: ")
    assert SECRET not in text
    assert "jsii" not in text
    assert error.__cause__ is None


def test_all_of_it_is_said_at_once(stack: cdk.Stack, place: Cluster):
    with pytest.raises(ConstructError) as raised:
        WebService(
            stack,
            "Web",
            cluster=place,
            cpu=300,
            container=container(environment={"DB_PASSWORD": SECRET}, user="root", log_driver=LogDriver(name="syslog")),
            sidecars=[container(name="b", image="nginx", stop_timeout=timedelta(minutes=3))],
            task=TaskOptions(ephemeral_storage_gib=500),
            exposure=[AlbExposure(port=80), AlbExposure(port=90_000, https=Disabled("no"))],
            desired_count=1,
            scaling=ServiceScaling(min_tasks=3, max_tasks=2, cpu_percent=200),
            deployment=Rolling(min_healthy_percent=-1),
            capacity=[],
            enable_execute_command=True,
            alarms=False,  # type: ignore[arg-type]
        )
    assert {problem.option for problem in raised.value.problems} == {
        "alarms",
        "container.environment['DB_PASSWORD']",
        "container.user",
        "sidecars[0].image",
        "sidecars[0].stop_timeout",
        "cpu",
        "task.ephemeral_storage_gib",
        "container.log_driver",
        "exposure[0].certificate",
        "exposure[1].port",
        "exposure[1].https.reason",
        "desired_count",
        "scaling.max_tasks",
        "scaling.cpu_percent",
        "deployment.min_healthy_percent",
        "capacity",
        "enable_execute_command",
    }
    count = len(raised.value.problems)
    assert str(raised.value).startswith(f"Shop/Web: {count} problems with the arguments\n")
    assert f"  {count}. " in str(raised.value)
    assert SECRET not in str(raised.value)
    assert stack.node.try_find_child("Web") is None


def test_a_secret_is_not_shown_where_the_type_is_wrong_either(stack: cdk.Stack, place: Cluster):
    environment: Any = {"DB_PASSWORD": SECRET, "COUNT": 5}
    with pytest.raises(ConstructError) as raised:
        backend(stack, cluster=place, container=container(environment=environment))
    assert SECRET not in str(raised.value)
    with pytest.raises(ConstructError) as raised:
        backend(stack, cluster=place, sidecars=container(environment={"DB_PASSWORD": SECRET}))
    assert SECRET not in str(raised.value)
    with pytest.raises(ConstructError) as raised:
        backend(stack, cluster=place, container=container(environment=f"DB_PASSWORD={SECRET}"))
    assert SECRET not in str(raised.value)


def test_a_network_without_public_subnets_is_no_place_for_a_public_service():
    stack = new_stack()
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="A", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
    )
    inside = Cluster(stack, "Cluster", network=vpc)
    with pytest.raises(ConstructError) as raised:
        web(stack, cluster=inside, exposure=AlbExposure(port=80, certificate=certificate(stack)))
    [problem] = raised.value.problems
    assert problem.option == "cluster"
    assert stack.node.try_find_child("Web") is None


@pytest.mark.parametrize("name", ["Web", "", None, 5, "${Token[TOKEN.1]}"], ids=repr)
@pytest.mark.parametrize("make", [web, backend], ids=["web", "backend"])
def test_a_name_is_there_and_not_taken(make: Callable[..., object], name: Any):
    stack = new_stack()
    cdk.Stack(stack, "Web")
    with pytest.raises(ConstructError) as raised:
        make(stack, name, cluster=cluster(stack), exposure=AlbExposure(port=80, https=Disabled(REASON)))
    [problem] = raised.value.problems
    assert problem.option == "id"
    assert raised.value.__cause__ is None
    assert "jsii" not in str(raised.value)
    assert len(stack.node.children) == 3


# ---- tokens


def test_what_is_known_only_at_deployment_passes():
    stack = new_stack()

    def number(name: str) -> Any:
        return cdk.CfnParameter(stack, name, type="Number").value_as_number

    def text(name: str) -> str:
        return cdk.CfnParameter(stack, name).value_as_string

    port = number("Port")
    web(
        stack,
        container=container(
            image=text("Image"),
            ports=[port, Port(number=number("Other"))],
            environment={"MODE": text("Mode")},
            user=text("User"),
            memory_limit_mib=number("Limit"),
            memory_reservation_mib=number("Reservation"),
            stop_timeout=cdk.Duration.seconds(number("StopTimeout")),
            health_check=HealthCheck(
                command="true", retries=number("Retries"), start_period=cdk.Duration.seconds(number("StartPeriod"))
            ),
        ),
        cpu=number("Cpu"),
        memory_limit_mib=number("Memory"),
        task=TaskOptions(ephemeral_storage_gib=number("Disk"), family=text("Family")),
        exposure=AlbExposure(
            port=port,
            certificate=certificate(stack),
            health_check_path=text("Path"),
            deregistration_delay=cdk.Duration.seconds(number("Delay")),
        ),
        scaling=ServiceScaling(
            min_tasks=number("Min"),
            max_tasks=number("Max"),
            cpu_percent=number("CpuPercent"),
            scale_in_cooldown=cdk.Duration.seconds(number("Cooldown")),
        ),
        deployment=Rolling(min_healthy_percent=number("MinPercent"), max_healthy_percent=number("MaxPercent")),
        capacity=[FargateCapacity(base=number("Base"), weight=number("Weight"))],
    )
    template = synth(stack)
    rendered = str(template["Resources"])
    unused = [name for name in template["Parameters"] if f"{{'Ref': '{name}'}}" not in rendered]
    assert unused == ["BootstrapVersion"]
    assert "WebAlbTargets" in rendered, "the id of the route does not depend on the number of the token"


def test_a_lazy_number_passes():
    stack = new_stack()
    backend(stack, desired_count=cdk.Token.as_number(cdk.Fn.ref("Count")))
    assert "Count" in str(synth(stack)["Resources"])


# ---- what CDK lets through


def test_cdk_takes_eleven_containers_and_any_size():
    stack = new_stack()
    task = ecs.FargateTaskDefinition(stack, "Task", cpu=300, memory_limit_mib=512)
    for name in "abcdefghijk":
        task.add_container(name, image=ecs.ContainerImage.from_registry(IMAGE))
    [definition] = [
        entry["Properties"]
        for entry in synth(stack)["Resources"].values()
        if entry["Type"] == "AWS::ECS::TaskDefinition"
    ]
    assert len(definition["ContainerDefinitions"]) == 11
    assert definition["Cpu"] == "300"
