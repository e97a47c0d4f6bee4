"""Log routers and collectors that cannot work: one error that names the option, and nothing in the stack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    BackendService,
    CloudWatchLogsOutput,
    ConstructError,
    ContainerLogs,
    Disabled,
    Ec2TaskDefinition,
    FargateTaskDefinition,
    FirehoseOutput,
    FireLens,
    FluentBitOutput,
    LogDriver,
    OpenTelemetry,
    S3ConfigFile,
    TaskOptions,
)
from cdk_containers.core.practices import PRACTICES
from tests.toolkit import IMAGE, backend, cluster, container, new_stack, on_ec2

SECRET = "hunter2-hunter2"  # noqa: S105


def routed(**options: Any) -> dict[str, Any]:
    return {"task": TaskOptions(log_router=FireLens(**options))}


def traced(**options: Any) -> dict[str, Any]:
    return {"task": TaskOptions(telemetry=OpenTelemetry(**options))}


def output(**options: Any) -> dict[str, Any]:
    return routed(output=FluentBitOutput(**{"name": "datadog"} | options))


def fargate(memory: int = 512, **options: Any) -> dict[str, Any]:
    return {"container": container(memory_limit_mib=memory), "task": TaskOptions(**options)}


def many(count: int) -> list[Any]:
    return [container(name=f"c{index}") for index in range(count)]


@dataclass(frozen=True)
class Case:
    """What is given, and what the one problem has to say about it."""

    name: str
    given: dict[str, Any]
    option: str
    allowed: str
    practice: str | None
    what: str = ""


CASES = [
    # ---- where logs go
    Case(
        "a bucket as a delivery stream",
        routed(output=FirehoseOutput(delivery_stream="logs")),  # type: ignore[arg-type]
        "task.log_router.output.delivery_stream",
        "aws_kinesisfirehose",
        "log-router-output",
    ),
    Case(
        "no delivery stream",
        routed(outputs={"app": FirehoseOutput(delivery_stream=None)}),  # type: ignore[arg-type]
        "task.log_router.outputs['app'].delivery_stream",
        "aws_kinesisfirehose",
        "log-router-output",
    ),
    Case(
        "a name as a log group",
        routed(output=CloudWatchLogsOutput(log_group="group")),  # type: ignore[arg-type]
        "task.log_router.output.log_group",
        "ILogGroup",
        None,
    ),
    Case("options as the output", routed(output={"Name": "s3"}), "task.log_router.output", "FluentBitOutput", None),
    Case("no plugin", output(name=" "), "task.log_router.output.name", "plugin", "log-router-output"),
    Case(
        "numbers among options",
        output(options={"Port": 443}),
        "task.log_router.output.options['Port']",
        "str",
        None,
    ),
    Case(
        "the name among the options",
        output(options={"Name": "s3"}),
        "task.log_router.output.options['Name']",
        "`name`",
        "log-router-output",
    ),
    Case(
        "a match among the options",
        output(options={"match": "*"}),
        "task.log_router.output.options['match']",
        "FireLens.outputs",
        "log-router-output",
    ),
    Case(
        "a secret among the options",
        output(options={"apikey": SECRET}),
        "task.log_router.output.options['apikey']",
        "`secret_options`",
        "no-secrets-in-environment",
    ),
    Case(
        "a text among the secret options",
        output(secret_options={"apikey": SECRET}),
        "task.log_router.output.secret_options['apikey']",
        "aws_secretsmanager.ISecret",
        "no-secrets-in-environment",
    ),
    Case(
        "an output of no container",
        routed(outputs={"ap": FluentBitOutput(name="null")}),
        "task.log_router.outputs['ap']",
        "app",
        "log-router-output",
        "no such container",
    ),
    Case(
        "an output of a container with a log driver",
        {
            "sidecars": [container(name="b", log_driver=LogDriver(name="splunk"))],
            **routed(outputs={"b": FluentBitOutput(name="null")}),
        },
        "task.log_router.outputs['b']",
        "app",
        "log-router-output",
        "has its own log driver",
    ),
    Case(
        "awsfirelens without a router",
        {"container": container(log_driver=LogDriver(name="awsfirelens"))},
        "container.log_driver",
        "FireLens(…)",
        "log-router-output",
        "no log router",
    ),
    # ---- the router
    Case("too large a buffer", routed(buffer_mib=513), "task.log_router.buffer_mib", "1–512", "log-router-output"),
    Case(
        "a relative file",
        routed(config_file="extra.conf"),
        "task.log_router.config_file",
        "absolute",
        "log-router-config-file",
    ),
    *(
        Case(
            f"{file} of AWS",
            routed(config_file=f"/fluent-bit/configs/{file}"),
            "task.log_router.config_file",
            "HTTP_Server On",
            "sidecar-health-check",
        )
        for file in ("parse-json.conf", "minimize-log-loss.conf", "parse-multiline-json.conf", "newer.conf")
    ),
    Case(
        "a file of AWS in an image of the caller's",
        routed(config_file="/fluent-bit/configs/parse-json.conf", image="example.com/router:1.0.0"),
        "task.log_router.config_file",
        "health_check=Disabled",
        "sidecar-health-check",
    ),
    Case("a floating image", routed(image="fluent-bit"), "task.log_router.image", "a tag", "pinned-image"),
    Case("a named user", routed(user="fluent"), "task.log_router.user", "1000", "non-root-user"),
    Case("root", routed(user="0"), "task.log_router.user", "Disabled", "non-root-user"),
    Case(
        "too little memory",
        routed(memory_reservation_mib=1),
        "task.log_router.memory_reservation_mib",
        "6",
        "container-memory",
    ),
    Case(
        "no reason",
        routed(health_check=Disabled("no")),
        "task.log_router.health_check.reason",
        "a reason",
        None,
    ),
    Case(
        "a secret in the environment of the router",
        routed(environment={"API_KEY": SECRET}),
        "task.log_router.environment['API_KEY']",
        "`secrets`",
        "no-secrets-in-environment",
    ),
    Case(
        "blocking mode",
        {"task": TaskOptions(log_router=FireLens(), logs=ContainerLogs(mode="blocking"))},
        "task.logs.mode",
        "buffer_mib",
        "log-delivery-mode",
    ),
    # ---- the collector
    Case(
        "nothing to collect", traced(traces=False, metrics=False), "task.telemetry.traces", "logs", "trace-collection"
    ),
    Case("no sampling", traced(sampling=0), "task.telemetry.sampling", "0.05", "trace-sampling"),
    Case("percent", traced(sampling=5), "task.telemetry.sampling", "up to 1", "trace-sampling"),
    Case("no propagator", traced(propagators=[]), "task.telemetry.propagators", "tracecontext", "trace-propagation"),
    Case(
        "none and one",
        traced(propagators=["none", "xray"]),
        "task.telemetry.propagators",
        '["none"]',
        "trace-propagation",
    ),
    Case("unknown propagator", traced(propagators=["w3c"]), "task.telemetry.propagators[0]", "'tracecontext'", None),
    Case("another sampler", traced(sampling="always"), "task.telemetry.sampling", "'xray'", None),
    Case(
        "rules for no traces",
        traced(sampling="xray", traces=False),
        "task.telemetry.sampling",
        "traces=True",
        "trace-sampling",
    ),
    Case("another protocol", traced(protocol="http/json"), "task.telemetry.protocol", "'grpc'", None),
    Case(
        "an attribute with a comma",
        traced(resource_attributes={"team": "a,b"}),
        "task.telemetry.resource_attributes['team']",
        "without commas",
        "trace-collection",
    ),
    Case("an empty name", traced(service_name=""), "task.telemetry.service_name", "text", "trace-collection"),
    Case("an empty configuration", traced(config=" "), "task.telemetry.config", "text", "trace-collection"),
    Case(
        "a secret in the configuration",
        traced(config="headers: https://me:hunter2@example.com"),
        "task.telemetry.config",
        "`secrets`",
        "no-secrets-in-environment",
    ),
    Case("a floating collector", traced(image="otel:latest"), "task.telemetry.image", "a tag", "pinned-image"),
    # ---- where they run
    Case(
        "a router on Windows",
        {
            "cpu": 1024,
            "memory_limit_mib": 2048,
            "task": TaskOptions(log_router=FireLens(), operating_system="WINDOWS_SERVER_2022_CORE"),
        },
        "task.log_router",
        "LINUX",
        "sidecar-platform",
    ),
    Case(
        "a collector on Windows",
        {
            "cpu": 1024,
            "memory_limit_mib": 2048,
            "task": TaskOptions(telemetry=OpenTelemetry(), operating_system="WINDOWS_SERVER_2022_CORE"),
        },
        "task.telemetry",
        "LINUX",
        "sidecar-platform",
    ),
    # ---- with the containers of the caller
    Case(
        "a container with the name of the router",
        {"sidecars": [container(name="log-router")], **routed()},
        "sidecars[0].name",
        "another name",
        "container-names",
    ),
    Case(
        "a container with the name of the collector",
        {"container": container(name="otel-collector"), **traced()},
        "container.name",
        "another name",
        "container-names",
    ),
    Case(
        "a container on the port of the router",
        {"container": container(ports=[2020]), **routed()},
        "container.ports[0]",
        "another port",
        "port-mappings",
    ),
    Case(
        "a container on the port of the collector",
        {"sidecars": [container(name="b", ports=[80, 4317])], **traced()},
        "sidecars[0].ports[1]",
        "another port",
        "port-mappings",
    ),
    Case(
        "an eleventh container",
        {"sidecars": many(9), **routed()},
        "task.log_router",
        "1–10",
        "container-count",
    ),
    Case(
        "an eleventh container beside a router",
        {"sidecars": many(8), "task": TaskOptions(log_router=FireLens(), telemetry=OpenTelemetry())},
        "task.telemetry",
        "1–10",
        "container-count",
    ),
    Case(
        "no memory left for the router",
        fargate(log_router=FireLens()),
        "task.log_router",
        "up to 512",
        "container-memory",
    ),
    Case(
        "no memory left for the collector",
        fargate(400, log_router=FireLens(), telemetry=OpenTelemetry()),
        "task.telemetry",
        "up to 512",
        "container-memory",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_refused_with_one_clear_error(case: Case, stack: cdk.Stack):
    options = {"cluster": cluster(stack), **({} if "container" in case.given else {"image": IMAGE}), **case.given}
    with pytest.raises(ConstructError) as raised:
        BackendService(stack, "Backend", **options)
    assert len(raised.value.problems) == 1, str(raised.value)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (case.option, case.practice)
    assert case.allowed in problem.allowed
    assert case.what in problem.what
    assert problem.practice is None or problem.practice in PRACTICES
    assert SECRET not in str(raised.value)
    assert stack.node.try_find_child("Backend") is None


@pytest.fixture
def stack() -> cdk.Stack:
    return new_stack()


def test_ten_containers_with_the_sidecars_are_right(stack: cdk.Stack):
    backend(stack, sidecars=many(7), task=TaskOptions(log_router=FireLens(), telemetry=OpenTelemetry()))


def test_a_collector_with_bridge_networking(stack: cdk.Stack):
    given = on_ec2(stack, "bridge", 8080)
    with pytest.raises(ConstructError) as raised:
        backend(stack, **given | {"task": TaskOptions(network_mode="bridge", telemetry=OpenTelemetry())})
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("task.telemetry", "sidecar-platform")


def test_sidecars_that_leave_no_room_on_an_instance(stack: cdk.Stack):
    given = on_ec2(stack, "bridge", container=container(memory_limit_mib=6000), memory_limit_mib=None)
    backend(stack, **given)
    router = TaskOptions(network_mode="bridge", log_router=FireLens(memory_reservation_mib=4000))
    with pytest.raises(ConstructError) as raised:
        backend(stack, "Other", **given | {"task": router})
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("capacity[0]", "task-fits-instance")


def test_a_task_definition_by_itself_says_options(stack: cdk.Stack):
    with pytest.raises(ConstructError) as raised:
        FargateTaskDefinition(
            stack,
            "Task",
            containers=[container(memory_limit_mib=512)],
            options=TaskOptions(log_router=FireLens()),
        )
    assert [problem.option for problem in raised.value.problems] == ["options.log_router"]


def test_a_file_in_a_bucket_on_fargate_and_on_ec2(stack: cdk.Stack):
    file = S3ConfigFile(bucket=s3.Bucket.from_bucket_name(stack, "Bucket", "bucket"), key="extra.conf")
    options = TaskOptions(log_router=FireLens(config_file=file))
    make: Callable[..., object] = Ec2TaskDefinition
    make(stack, "Right", containers=[container(memory_limit_mib=256)], options=options)
    with pytest.raises(ConstructError) as raised:
        FargateTaskDefinition(stack, "Wrong", containers=[container()], options=options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("options.log_router.config_file", "log-router-config-file")


@pytest.mark.parametrize(
    ("file", "option"),
    [
        (S3ConfigFile(bucket="bucket", key="extra.conf"), "bucket"),  # type: ignore[arg-type]
        (S3ConfigFile(bucket=None, key="extra.conf"), "bucket"),  # type: ignore[arg-type]
    ],
)
def test_a_file_in_no_bucket(stack: cdk.Stack, file: S3ConfigFile, option: str):
    with pytest.raises(ConstructError) as raised:
        FargateTaskDefinition(
            stack, "Task", containers=[container()], options=TaskOptions(log_router=FireLens(config_file=file))
        )
    assert [problem.option for problem in raised.value.problems] == [f"options.log_router.config_file.{option}"]


def test_all_of_it_is_said_at_once(stack: cdk.Stack):
    with pytest.raises(ConstructError) as raised:
        backend(
            stack,
            cpu=300,
            task=TaskOptions(
                log_router=FireLens(output=FluentBitOutput(name=""), image="fluent-bit", buffer_mib=0),
                telemetry=OpenTelemetry(sampling=5, memory_reservation_mib=1),
            ),
        )
    assert {problem.option for problem in raised.value.problems} == {
        "cpu",
        "task.log_router.output.name",
        "task.log_router.image",
        "task.log_router.buffer_mib",
        "task.telemetry.sampling",
        "task.telemetry.memory_reservation_mib",
    }
