"""Checks of log routers, collectors and tracing."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Partial, Reference, Resource, Value, texts_of

from .containers import Container, containers_of, each_container, network_mode, on_fargate, on_windows
from .identity import tasks_with
from .roles import ROLE, worst_grant
from .service_parts import TASK_DEFINITION
from .statements import Statement

_COLLECTORS = ("aws-otel-collector", "opentelemetry-collector", "adot-collector", "cloudwatch-agent", "otelcol")
_XRAY_DAEMON = "xray-daemon"
_WRITING = ("logs:PutLogEvents", "firehose:PutRecordBatch", "kinesis:PutRecords", "s3:PutObject", "es:ESHttpPost")
_IN_EVERY_SDK = {"tracecontext", "baggage"}
_PROPAGATORS = _IN_EVERY_SDK | {"b3", "b3multi", "jaeger", "xray", "xray-lambda", "ottrace"}
_ALL_TRACES = ("", "always_on", "parentbased_always_on")


@check("log-router-output", TASK_DEFINITION, fix="Set Name, the Fluent Bit plugin, in LogConfiguration.Options.")
@each_container
def output_is_named(container: Container) -> Outcome | None:
    """The log router has an output for each container."""
    if container.source.text("LogConfiguration", "LogDriver") != "awsfirelens":
        return None
    routers = [one for one in containers_of(container.task) if _is_router(one)]
    if not routers:
        return fault(
            f"{container} uses awsfirelens, but no container has a FirelensConfiguration",
            fix="Add a container with a FirelensConfiguration.",
        )
    if container.source.has("LogConfiguration", "Options", "Name"):
        return ok("each container has an output")
    if any(one.source.has("FirelensConfiguration", "Options", "config-file-value") for one in routers):
        raise CannotTell(f"the output of {container} is in a file of the log router")
    return fault(f"{container} has no output in its log router")


@check("log-router-essential", TASK_DEFINITION, fix="Set Essential to true on the log router.")
@each_container
def router_is_essential(container: Container) -> Outcome | None:
    """A task stops when its log router stops."""
    if not _is_router(container):
        return None
    if container.source.flag("Essential", default=True):
        return ok("the task stops with its log router")
    return fault(f"the task keeps running after {container} has stopped")


@check("log-router-config-file", TASK_DEFINITION, fix="Put the file into the image, and set config-file-type to file.")
@each_container
def config_file_is_in_the_image(container: Container) -> Outcome | None:
    """On Fargate, the configuration is in the image."""
    if not container.source.has("FirelensConfiguration", "Options", "config-file-type"):
        return None
    kind = container.source.text("FirelensConfiguration", "Options", "config-file-type")
    if kind == "s3" and on_fargate(container.task):
        return fault(f"{container} reads its configuration from S3, which Fargate does not support")
    return ok(f"the configuration of the log router is in its {'image' if kind == 'file' else kind}")


@check("log-router-rights", ROLE, fix="Allow the router to write only to its log group, stream or bucket, by ARN.")
def router_writes_to_its_destination(role: Resource) -> Outcome | None:
    """The application, which shares the permissions of the router, cannot write to other logs."""
    tasks = tasks_with(role, "TaskRoleArn")
    if not any(_is_router(one) for task in tasks for one in containers_of(task)):
        return None
    return worst_grant(role, _writing, _writing_policy)


def _writing(statement: Statement) -> Outcome | None:
    allowed = [action for action in _WRITING if statement.names(action)]
    if not allowed:
        return None
    if statement.on_everything and not statement.has_condition:
        return fault(f"{statement.policy} allows {allowed[0]} on everything")
    return ok("the log router can write only to named destinations")


def _writing_policy(name: str) -> Outcome | None:
    if name.endswith("FullAccess") or name in {"CloudWatchAgentServerPolicy", "AmazonECSTaskExecutionRolePolicy"}:
        return fault(f"{name} allows logs:PutLogEvents on everything")
    return None


@check(
    "sidecar-health-check",
    TASK_DEFINITION,
    fix=("Add a HealthCheck, and let the other containers wait until it is HEALTHY."),
)
@each_container
def sidecar_is_checked(sidecar: Container) -> Outcome | None:
    """Containers start after their log router and collector are ready."""
    if not _is_sidecar(sidecar):
        return None
    if not sidecar.source.has("HealthCheck"):
        return fault(f"{sidecar} has no HealthCheck", fix=f"Add a HealthCheck to {sidecar.name}.")
    others = [one for one in containers_of(sidecar.task) if one.number != sidecar.number and not _is_sidecar(one)]
    if others and not any(_waits(one, sidecar) for one in others):
        return fault(f"no container waits until {sidecar.name} is healthy", fix="Add it to DependsOn, with HEALTHY.")
    return ok("containers wait until the log router and the collector are healthy")


def _waits(one: Container, sidecar: Container) -> bool:
    return any(
        it.text("ContainerName") == sidecar.name and it.text("Condition").upper() == "HEALTHY"
        for it in one.source.maps("DependsOn")
    )


@check("sidecar-memory", TASK_DEFINITION, fix="Set MemoryReservation on the log router and on the collector.")
@each_container
def sidecar_has_memory(sidecar: Container) -> Outcome | None:
    """The log router and the collector have memory to buffer data."""
    if not _is_sidecar(sidecar):
        return None
    if (sidecar.source.number("MemoryReservation") or sidecar.source.number("Memory") or 0) > 0:
        return ok("the log router and the collector have their own memory")
    return fault(f"{sidecar} has no reserved memory", fix=f"Set MemoryReservation on {sidecar.name}.")


@check("sidecar-platform", TASK_DEFINITION, fix="Set NetworkMode to awsvpc. On Windows, use awslogs.")
@each_container
def sidecar_can_be_reached(sidecar: Container) -> Outcome | None:
    """A log router runs only on Linux, and a collector is at localhost only with awsvpc."""
    if not _is_sidecar(sidecar):
        return None
    if _is_router(sidecar) and on_windows(sidecar.task):
        return fault("FireLens does not run on Windows")
    if not _is_router(sidecar) and network_mode(sidecar.task) == "bridge":
        return fault(f"with bridge networking, no container can reach {sidecar.name} at localhost")
    return ok("containers can reach the log router and the collector")


@check("trace-collection", TASK_DEFINITION, fix="Replace the X-Ray daemon with the AWS Distro for OpenTelemetry.")
@each_container
def traces_go_to_opentelemetry(container: Container) -> Outcome | None:
    """The X-Ray daemon is in maintenance."""
    image = container.source.value("Image")
    if any(_XRAY_DAEMON in text for text in texts_of(image)):
        return fault(f"{container} is the X-Ray daemon, which is in maintenance mode")
    if _is_collector(container):
        return ok("a collector receives traces")
    return None


@check(
    "trace-sampling",
    TASK_DEFINITION,
    fix=("Set OTEL_TRACES_SAMPLER to parentbased_traceidratio, and OTEL_TRACES_SAMPLER_ARG to the ratio."),
)
@each_container
def share_of_traces_is_chosen(container: Container) -> Outcome | None:
    """Traces are sampled."""
    variables = _environment(container)
    if "OTEL_EXPORTER_OTLP_ENDPOINT" not in variables and "OTEL_TRACES_SAMPLER" not in variables:
        return None
    if variables.get("OTEL_TRACES_EXPORTER", "") == "none":
        return None
    sampler = variables.get("OTEL_TRACES_SAMPLER", "")
    if sampler in _ALL_TRACES:
        return fault(f"{container} traces every request")
    return ok(f"the sampler is {sampler}")


@check("trace-propagation", TASK_DEFINITION, fix="Set OTEL_PROPAGATORS to tracecontext,baggage, or remove it.")
@each_container
def headers_are_known(container: Container) -> Outcome | None:
    """The SDK supports the configured propagators."""
    variables = _environment(container)
    if "OTEL_PROPAGATORS" not in variables:
        return None
    names = {name.strip() for name in str(variables["OTEL_PROPAGATORS"]).split(",")}
    if names - _PROPAGATORS:
        return fault(
            f"{container} has the propagator {sorted(names - _PROPAGATORS)[0]!r}, which does not propagate traces"
        )
    if names - _IN_EVERY_SDK:
        raise CannotTell(f"the image of {container} must contain the package of {sorted(names - _IN_EVERY_SDK)[0]}")
    return ok("every SDK supports the headers")


@check("metrics-log-retention", TASK_DEFINITION, fix="Set log_group_name of awsemf to a log group of the template.")
@each_container
def metrics_go_to_a_log_group_of_ours(collector: Container) -> Outcome | None:
    """The log group of the metrics has a retention period."""
    if not _is_collector(collector):
        return None
    config = _environment(collector).get("AOT_CONFIG_CONTENT", "")
    parts = config.parts if isinstance(config, Partial) else (config,)
    text = "".join(texts_of(config))
    if "awsemf" not in text:
        return None
    if "log_retention" in text:
        return ok("the collector sets a retention")
    if "log_group_name" not in text:
        return fault(f"{collector} creates a log group that never expires its events")
    if any(isinstance(part, Reference) and part.resource.type == "AWS::Logs::LogGroup" for part in parts):
        return ok("the log group of the metrics is in the template")
    raise CannotTell(f"the log group of the metrics of {collector} is not in the templates")


def _is_router(container: Container) -> bool:
    return container.source.has("FirelensConfiguration")


def _is_collector(container: Container) -> bool:
    return any(name in text for text in texts_of(container.source.value("Image")) for name in _COLLECTORS)


def _is_sidecar(container: Container) -> bool:
    return _is_router(container) or _is_collector(container)


def _environment(container: Container) -> dict[str, Value]:
    variables = container.source.maps("Environment")
    names = ((one.value("Name"), one.value("Value")) for one in variables)
    return {name: value for name, value in names if isinstance(name, str)}
