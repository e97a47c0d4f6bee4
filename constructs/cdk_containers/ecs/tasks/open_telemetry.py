"""A collector for traces and metrics of a task's containers: AWS Distro for OpenTelemetry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs
from cdk_containers.model.workload import (
    Container,
    DependencyCondition,
    ImageLike,
    NotSecret,
    RestartPolicy,
    VolumeMount,
)
from cdk_containers.model.workload.container import DEFAULT_USER
from cdk_containers.model.workload.secrets import environment_problems

from .place import Place, sidecar_health_check

COLLECTOR = "otel-collector"

_IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"
_HERE = "127.0.0.1"
_GRPC, _HTTP, _SAMPLING, _HEALTH = 4317, 4318, 2000, 13133

Propagator = Literal["tracecontext", "baggage", "b3", "b3multi", "jaeger", "ottrace", "xray", "xray-lambda", "none"]
"""Values that OpenTelemetry accepts in `OTEL_PROPAGATORS`."""


@frozen
class OpenTelemetry:
    """A collector sidecar that sends traces of a task's containers to X-Ray and metrics to CloudWatch.

    Containers get its address in the variables that every OpenTelemetry SDK reads, except those that they set
    themselves. You must instrument your application.

    Attributes:
        traces: Sends traces to X-Ray. Default: True.
        metrics: Sends metrics to CloudWatch. Default: True.
        logs: Sends log records received through OTLP to the log group of the task. Default: False.
        sampling: Share of requests to trace, up to 1, or `xray` for the sampling rules in X-Ray, if the SDK supports
            them. Default: 0.05, as in X-Ray's default rule; SDKs would trace every request.
        propagators: Headers that propagate a trace between services, in order of preference. Default: `tracecontext`
            and `baggage` (W3C), which every SDK has. `xray` also continues the traces of load balancers and API
            Gateway, and requires a package in the image: `opentelemetry-propagator-aws-xray` for Python, where the
            application exits without it, `@opentelemetry/propagator-aws-xray` for Node.js,
            `opentelemetry-aws-xray-propagator` for Java.
        protocol: Protocol between containers and the collector. Default: `http/protobuf`, as in most SDKs.
        service_name: Name of the service in traces, and namespace of its metrics. Default: the service's id.
        resource_attributes: Additional attributes of each trace and metric; the collector adds cluster and task.
            Default: the name of the stack as `service.namespace`.
        metrics_logs: Retention of the log events from which CloudWatch reads metrics. Default: a log group that keeps
            them for a year.
        config: Configuration of the collector, in YAML or JSON, instead of the one generated from these options.
            Permissions still follow the options. Default: none.
        image: Image of the collector, AWS Distro for OpenTelemetry. Default:
            `public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0`.
        mounts: Volumes of the task that the collector mounts. Default: none.
        environment: Environment variables of the collector. Default: none.
        secrets: Environment variables of the collector from Secrets Manager or SSM. Default: none.
        memory_reservation_mib: Memory reservation of the collector in MiB; above it, the collector refuses data.
            Default: 128.
        memory_limit_mib: Hard memory limit of the collector in MiB. Default: the memory of the task.
        essential: Whether the task stops when the collector stops. Default: False; ECS restarts only the collector,
            because requests matter more than their traces.
        health_check: Checks that the collector is ready before other containers start. With `Disabled(reason="…")`,
            they start as soon as the collector has started. Default: True.
        user: User id and group id. `Disabled(reason="…")` uses the image's user. Default: `1000:1000`.
        readonly_root_filesystem: Makes the root file system read-only. `Disabled(reason="…")` makes it writable, for
            images that need it. Default: True.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/trace-data.html
    """

    traces: bool = True
    metrics: bool = True
    logs: bool = False
    sampling: float | Literal["xray"] = 0.05
    propagators: Sequence[Propagator] = ("tracecontext", "baggage")
    protocol: Literal["http/protobuf", "grpc"] = "http/protobuf"
    service_name: str | None = None
    resource_attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    metrics_logs: Logs = field(default_factory=Logs)
    config: str | None = None
    image: ImageLike = _IMAGE
    mounts: Sequence[VolumeMount] = ()
    environment: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])
    secrets: Mapping[str, Any] = field(default_factory=dict[str, Any])
    memory_reservation_mib: int = 128
    memory_limit_mib: int | None = None
    essential: bool = False
    health_check: Literal[True] | Disabled = True
    user: str | Disabled = DEFAULT_USER
    readonly_root_filesystem: Literal[True] | Disabled = True

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not (self.traces or self.metrics or self.logs):
            found.add(
                "traces",
                "the collector would have nothing to collect",
                given=False,
                allowed="traces, metrics or logs",
                practice="trace-collection",
            )
        found.extend(self._sampling_problems())
        found.extend(self._propagator_problems())
        found.extend(environment_problems(self.resource_attributes, option="resource_attributes"))
        for name, value in self.resource_attributes.items():
            if not name or any(character in name + ("" if is_token(value) else value) for character in ",="):
                found.add(
                    f"resource_attributes[{name!r}]",
                    "SDKs read attributes as name=value, with commas between them",
                    given=value,
                    allowed="a name and a value without commas and equals signs",
                    practice="trace-collection",
                )
        for option, text in (("service_name", self.service_name), ("config", self.config)):
            if text is not None and not text.strip():
                found.add(option, "it is empty", given=text, allowed="text, or None", practice="trace-collection")
        if self.config is not None:
            config = environment_problems({"config": self.config})
            found.extend(replace(problem, option="config") for problem in config)
        found.extend(self.metrics_logs.problems(), under="metrics_logs")
        if isinstance(self.health_check, Disabled):
            found.extend(disabled_problems(self.health_check), under="health_check")
        # The container has options of the same names.
        found.extend_anew(self.container(None).problems())
        return list(found)

    def _sampling_problems(self) -> list[Problem]:
        found = Problems()
        if not isinstance(self.sampling, str) and (is_token(self.sampling) or not 0 < self.sampling <= 1):
            found.add(
                "sampling",
                "out of range",
                given=self.sampling,
                allowed="more than 0 and up to 1, such as 0.05 for 5 %, or 'xray'",
                practice="trace-sampling",
            )
        elif self.sampling == "xray" and not self.traces:
            found.add(
                "sampling",
                "there are no traces to sample",
                given=self.sampling,
                allowed="traces=True, or remove it",
                practice="trace-sampling",
            )
        return list(found)

    def _propagator_problems(self) -> list[Problem]:
        found = Problems()
        wrong = (
            "no headers, which SDKs treat as their default"
            if not self.propagators
            else "`none` means no header, but the list has others"
            if "none" in self.propagators and len(self.propagators) > 1
            else None
        )
        if wrong is not None:
            found.add(
                "propagators",
                wrong,
                given=list(self.propagators),
                allowed='one or more, such as ["tracecontext", "xray"]; or ["none"]',
                practice="trace-propagation",
            )
        return list(found)

    @property
    def listens_on(self) -> Mapping[int, str]:
        """The ports that it takes in the task, and what they are for."""
        ports = {_GRPC: "the collector receives OTLP", _HTTP: "the collector receives OTLP"}
        if self.health_check is True:
            ports[_HEALTH] = "the collector reports its health"
        if self.sampling == "xray":
            ports[_SAMPLING] = "the collector serves sampling rules"
        return ports

    @property
    def condition(self) -> DependencyCondition:
        """What containers wait for before they start."""
        return "HEALTHY" if self.health_check is True else "START"

    @property
    def actions(self) -> list[str]:
        """X-Ray permissions that the task needs."""
        actions = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"] if self.traces else []
        if self.sampling == "xray":
            actions += ["xray:GetSamplingRules", "xray:GetSamplingTargets"]
        return actions

    def container(self, place: Place | None) -> Container:
        """Return the collector's container; without a place, only for checks."""
        config = {} if place is None else {"AOT_CONFIG_CONTENT": self.config or self._configuration(place)}
        return Container(
            name=COLLECTOR,
            image=self.image,
            environment={**config, **self.environment},
            secrets=self.secrets,
            mounts=self.mounts,
            memory_reservation_mib=self.memory_reservation_mib,
            memory_limit_mib=self.memory_limit_mib,
            essential=self.essential,
            user=self.user,
            readonly_root_filesystem=self.readonly_root_filesystem,
            restart=None if self.essential else RestartPolicy(),
            # The image has no shell, but a program for the health check.
            health_check=sidecar_health_check(["/healthcheck"]) if self.health_check is True else None,
        )

    def used_by(self, container: Container, place: Place | None) -> Container:
        """Return a container that knows the collector and starts after it; without a place, only for checks."""
        told = {} if place is None else self._variables(place)
        told = {name: value for name, value in told.items() if name not in container.secrets}
        return replace(
            container,
            environment={**told, **container.environment},
            depends_on={**container.depends_on, COLLECTOR: self.condition},
        )

    def _variables(self, place: Place) -> dict[str, str]:
        attributes = {"service.namespace": place.stack.stack_name, **self.resource_attributes}
        sampler, argument = "parentbased_traceidratio", str(self.sampling)
        if self.sampling == "xray":
            sampler, argument = "xray", f"endpoint=http://{_HERE}:{_SAMPLING}"
        off = {
            f"OTEL_{signal.upper()}_EXPORTER": "none"
            for signal, on in (("traces", self.traces), ("metrics", self.metrics), ("logs", self.logs))
            if not on
        }
        return {
            "OTEL_SERVICE_NAME": place.service,
            "OTEL_RESOURCE_ATTRIBUTES": ",".join(f"{name}={value}" for name, value in attributes.items()),
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{_HERE}:{_GRPC if self.protocol == 'grpc' else _HTTP}",
            "OTEL_EXPORTER_OTLP_PROTOCOL": self.protocol,
            "OTEL_PROPAGATORS": ",".join(self.propagators),
            "OTEL_TRACES_SAMPLER": sampler,
            "OTEL_TRACES_SAMPLER_ARG": argument,
            **off,
        }

    def _configuration(self, place: Place) -> str:
        """Return the configuration of the collector as JSON, which is also YAML."""
        exporters: dict[str, tuple[str, Mapping[str, object]]] = {}
        if self.traces:
            exporters["traces"] = "awsxray", {"region": place.region}
        if self.metrics and place.metrics is not None:
            exporters["metrics"] = (
                "awsemf",
                {
                    "region": place.region,
                    "namespace": place.service,
                    "log_group_name": place.metrics.log_group_name,
                    "log_stream_name": "{TaskId}",
                    "dimension_rollup_option": "NoDimensionRollup",
                },
            )
        if self.logs:
            exporters["logs"] = (
                "awscloudwatchlogs",
                {
                    "region": place.region,
                    "log_group_name": place.log_group.log_group_name,
                    "log_stream_name": "otlp/{TaskId}",
                },
            )
        # Only the task itself can reach these listeners.
        extensions: dict[str, object] = {"health_check": {"endpoint": f"{_HERE}:{_HEALTH}"}}
        if self.sampling == "xray":
            extensions["awsproxy"] = {"endpoint": f"{_HERE}:{_SAMPLING}", "region": place.region}
        processors = {
            "memory_limiter": {"check_interval": "1s", "limit_mib": self.memory_reservation_mib},
            "resourcedetection": {"detectors": ["env", "ecs"]},
            "batch": {},
        }
        receivers = {
            "otlp": {"protocols": {"grpc": {"endpoint": f"{_HERE}:{_GRPC}"}, "http": {"endpoint": f"{_HERE}:{_HTTP}"}}}
        }
        return place.stack.to_json_string(
            {
                "extensions": extensions,
                "receivers": receivers,
                "processors": processors,
                "exporters": dict(exporters.values()),
                "service": {
                    "extensions": list(extensions),
                    "pipelines": {
                        signal: {"receivers": ["otlp"], "processors": list(processors), "exporters": [exporter]}
                        for signal, (exporter, _) in exporters.items()
                    },
                },
            }
        )
