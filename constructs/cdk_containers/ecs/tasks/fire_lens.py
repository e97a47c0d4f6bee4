"""A log router for the containers of a task: Fluent Bit with FireLens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Literal

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, has_members, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import (
    Container,
    DependencyCondition,
    DockerOptions,
    HealthCheck,
    ImageLike,
    LogDriver,
    NotSecret,
    Port,
    VolumeMount,
)
from cdk_containers.model.workload.container import DEFAULT_USER

from .container_rules import container_problems
from .fire_lens_outputs import DRIVER, CloudWatchLogsOutput, FluentBitOutput, Output
from .place import Place, sidecar_health_check

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

    Bucket = s3.IBucket
else:
    Bucket = Any

LOG_ROUTER = "log-router"

# The 3.x line is built on Amazon Linux 2023, 2.x on Amazon Linux 2, which has no support since June 2026.
_IMAGE = "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15"
_CONFIGS = "/fluent-bit/configs/"
_HTTP_SERVER_ON = f"{_CONFIGS}output-metrics-healthcheck.conf"
# As of aws-for-fluent-bit 3.4: https://github.com/aws/aws-for-fluent-bit/tree/mainline/configs
_WITH_HTTP_SERVER = (
    _HTTP_SERVER_ON,
    f"{_CONFIGS}plugin-and-storage-metrics-to-cloudwatch.conf",
    f"{_CONFIGS}plugin-metrics-to-cloudwatch.conf",
)
_WITHOUT_HTTP_SERVER = (
    f"{_CONFIGS}minimize-log-loss.conf",
    f"{_CONFIGS}multiline-parse-json.conf",
    f"{_CONFIGS}parse-json.conf",
    f"{_CONFIGS}parse-multiline-json.conf",
)
_UPTIME = "curl -f http://127.0.0.1:2020/api/v1/uptime || exit 1"
_USER_ID = re.compile(r"\d+(:[\w.-]+)?")
_MAX_BUFFER_MIB = 512


@frozen
class S3ConfigFile:
    """A configuration file for Fluent Bit in a bucket; EC2 only.

    Attributes:
        bucket: The bucket, an `aws_s3.IBucket`. The execution role gets permission to read only this object.
        key: Key of the object.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef-customconfig.html
    """

    bucket: Bucket
    key: str

    def problems(self) -> list[Problem]:
        """Find problems with this file."""
        found = Problems()
        found.extend(field_problems(self))
        practice = "log-router-config-file"
        if not has_members(self.bucket, "bucket_arn", "arn_for_objects"):
            given = Shown(f"a value of type {type(self.bucket).__name__}")
            found.add("bucket", "not an S3 bucket", given=given, allowed="an aws_s3.IBucket", practice=practice)
        if not found.has("key") and not self.key:
            found.add("key", "there is no key", given=self.key, allowed="the key of an object", practice=practice)
        return list(found)


@frozen
class FireLens:
    """A log router sidecar that sends the logs of a task's containers to outputs you choose.

    Containers with their own `log_driver` keep it. The router's own logs go to the log group of the task.

    Attributes:
        output: Destination of logs: `CloudWatchLogsOutput`, `FirehoseOutput` or `FluentBitOutput`. Default:
            `CloudWatchLogsOutput()`, the task's own log group.
        outputs: Different outputs by container name. Default: none.
        config_file: Additional configuration: a path in the image, or on EC2 an `S3ConfigFile`. The health check
            requires that it turns on Fluent Bit's HTTP server on port 2020, which `parse-json.conf` and other AWS files
            do not. Default: the file in the AWS image that does so.
        ecs_metadata: Adds cluster, task and task definition to each line. Default: True.
        buffer_mib: Memory buffer for lines that wait for the router, per container, in MiB, up to 512. Default: 1 MiB,
            as in Docker.
        image: Image of the router. Default: `public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15`.
        type: `fluentbit` or `fluentd`. Fluentd requires your own `image` and a `FluentBitOutput` with its plugin names.
            Default: `fluentbit`.
        command: Overrides the image's `CMD`. Default: the image's.
        entry_point: Overrides the image's `ENTRYPOINT`. Default: the image's.
        mounts: Volumes of the task that the router mounts, such as for its buffers. Default: none.
        ports: Additional ports on which the router listens, such as 24224 for lines from elsewhere. Default: none.
        links: Containers of the task that the router reaches by name; requires bridge networking. Default: none.
        environment: Environment variables of the router. Default: none.
        secrets: Environment variables of the router from Secrets Manager or SSM. Default: none.
        memory_reservation_mib: Memory reservation of the router in MiB. Default: 64.
        memory_limit_mib: Hard memory limit of the router in MiB. Default: the memory of the task.
        essential: Whether the task stops when the router stops. Default: True, because missing logs go unnoticed.
        health_check: Checks that Fluent Bit responds before other containers start. A `HealthCheck` replaces this
            check; with `Disabled(reason="…")`, containers start as soon as the router has started. Default: True.
        user: User id and group id, as numbers. `Disabled(reason="…")` uses the image's user everywhere. Default:
            `1000:1000` on instances, where the ECS agent creates the router's socket for this user from version 1.96.0
            on. On Fargate, AWS does not document this, so the default there is the image's user, root.
        readonly_root_filesystem: Makes the root file system read-only. `Disabled(reason="…")` makes it writable, for
            images that need it. Default: True.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
    """

    output: Output = field(default_factory=CloudWatchLogsOutput)
    outputs: Mapping[str, Output] = field(default_factory=dict[str, Output])
    config_file: str | S3ConfigFile | None = None
    ecs_metadata: bool = True
    buffer_mib: int | None = None
    image: ImageLike = _IMAGE
    type: Literal["fluentbit", "fluentd"] = "fluentbit"
    command: Sequence[str | NotSecret] | None = None
    entry_point: Sequence[str | NotSecret] | None = None
    mounts: Sequence[VolumeMount] = ()
    ports: Sequence[int | Port] = ()
    links: Sequence[str] = ()
    environment: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])
    secrets: Mapping[str, Any] = field(default_factory=dict[str, Any])
    memory_reservation_mib: int = 64
    memory_limit_mib: int | None = None
    essential: bool = True
    health_check: Literal[True] | HealthCheck | Disabled = True
    user: str | Disabled | None = None
    readonly_root_filesystem: Literal[True] | Disabled = True

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(self.output.problems(), under="output")
        for name, output in self.outputs.items():
            found.extend(output.problems(), under=f"outputs[{name!r}]")
        found.extend(self._config_file_problems())
        found.extend(self._type_problems())
        if isinstance(self.health_check, Disabled):
            found.extend(disabled_problems(self.health_check), under="health_check")
        buffer = self.buffer_mib
        if buffer is not None and (is_token(buffer) or not 1 <= buffer <= _MAX_BUFFER_MIB):
            found.add(
                "buffer_mib",
                "out of range",
                given=Shown("a token") if is_token(buffer) else buffer,
                allowed=f"1–{_MAX_BUFFER_MIB} MiB, known at synthesis",
                practice="log-router-output",
            )
        # The container has options with the same names.
        container = self.container()
        found.extend_anew([*container.problems(), *container_problems(container)])
        user = self.user
        if isinstance(user, str) and not found.has("user") and not is_token(user) and not _USER_ID.fullmatch(user):
            found.add(
                "user",
                "ECS requires the numeric user id of a log router",
                given=user,
                allowed="numbers, such as 1000 or 1000:1000",
                practice="non-root-user",
            )
        return list(found)

    def _type_problems(self) -> list[Problem]:
        found = Problems()
        if self.type == "fluentbit":
            return []
        if self.image == _IMAGE:
            found.add("image", "this image contains Fluent Bit", given=self.image, allowed="an image with Fluentd")
        if self.health_check is True:
            found.add(
                "health_check",
                "the default check queries Fluent Bit",
                given=True,
                allowed='a HealthCheck that the image can run, or Disabled(reason="…")',
                practice="sidecar-health-check",
            )
        named = {"output": self.output} | {f"outputs[{name!r}]": output for name, output in self.outputs.items()}
        for option, output in named.items():
            if not isinstance(output, FluentBitOutput):
                found.add(
                    option,
                    "a plugin of Fluent Bit",
                    given=Shown(type(output).__name__),
                    allowed="FluentBitOutput(name=…) with a plugin of Fluentd",
                    practice="log-router-output",
                )
        return list(found)

    def _config_file_problems(self) -> list[Problem]:
        found = Problems()
        file = self.config_file
        if isinstance(file, S3ConfigFile):
            found.extend(file.problems(), under="config_file")
        elif file is not None and not is_token(file) and not file.startswith("/"):
            found.add(
                "config_file",
                "not a path in the image",
                given=file,
                allowed="an absolute path, or an S3ConfigFile on EC2",
                practice="log-router-config-file",
            )
        elif isinstance(file, str) and self.health_check is True and self._has_no_http_server(file):
            found.add(
                "config_file",
                "this AWS file does not turn on Fluent Bit's HTTP server, which the health check needs, so the router "
                "would be unhealthy and the application would never start",
                given=file,
                allowed="a file in your own image that also has HTTP_Server On and HTTP_Port 2020; "
                f'{", ".join(_WITH_HTTP_SERVER)}; or health_check=Disabled(reason="…")',
                practice="sidecar-health-check",
            )
        return list(found)

    def _has_no_http_server(self, file: str) -> bool:
        """Tell whether a file is known not to turn it on. The content of another image is unknown."""
        of_aws = isinstance(self.image, str) and "aws-for-fluent-bit" in self.image
        return file in _WITHOUT_HTTP_SERVER or (of_aws and file not in _WITH_HTTP_SERVER and file.startswith(_CONFIGS))

    @property
    def listens_on(self) -> Mapping[int, str]:
        """The ports that it uses in the task, with their purpose."""
        return {24224: "the log router receives lines"} | (
            {2020: "the log router reports its health"} if self.health_check is True else {}
        )

    @property
    def condition(self) -> DependencyCondition:
        """The condition that containers wait for before they start."""
        return "START" if isinstance(self.health_check, Disabled) else "HEALTHY"

    def container(self) -> Container:
        """Return the router's container."""
        return Container(
            name=LOG_ROUTER,
            image=self.image,
            environment=self.environment,
            secrets=self.secrets,
            memory_reservation_mib=self.memory_reservation_mib,
            memory_limit_mib=self.memory_limit_mib,
            essential=self.essential,
            user=DEFAULT_USER if self.user is None else self.user,
            readonly_root_filesystem=self.readonly_root_filesystem,
            health_check=self._check(),
            command=self.command,
            entry_point=self.entry_point,
            mounts=self.mounts,
            ports=self.ports,
            docker=DockerOptions(links=self.links) if self.links else None,
        )

    def _check(self) -> HealthCheck | None:
        if isinstance(self.health_check, Disabled):
            return None
        return sidecar_health_check(_UPTIME) if self.health_check is True else self.health_check

    def configuration(self) -> ecs.FirelensConfig:
        """Return CDK's FireLens configuration of a container."""
        file = self.config_file
        if file is None and self.health_check is True:
            file = _HTTP_SERVER_ON
        kind, value = None, None
        if isinstance(file, S3ConfigFile):
            kind, value = ecs.FirelensConfigFileType.S3, file.bucket.arn_for_objects(file.key)
        elif file is not None:
            kind, value = ecs.FirelensConfigFileType.FILE, file
        return ecs.FirelensConfig(
            type=ecs.FirelensLogRouterType[self.type.upper()],
            options=ecs.FirelensOptions(
                enable_ecs_log_metadata=self.ecs_metadata, config_file_type=kind, config_file_value=value
            ),
        )

    def output_of(self, container: Container) -> Output | None:
        """Return the output of a container, or None if it has its own log driver."""
        return None if container.log_driver is not None else self.outputs.get(container.name, self.output)

    def used_by(self, container: Container, place: Place | None) -> Container:
        """Return a container that logs through the router and starts after it; without a place, only for checks."""
        driver = container.log_driver
        output = self.output_of(container)
        if output is not None:
            driver = LogDriver(name=DRIVER) if place is None else self._buffered(output.driver(container.name, place))
        if driver is None or driver.name != DRIVER:
            return container
        return replace(container, log_driver=driver, depends_on={**container.depends_on, LOG_ROUTER: self.condition})

    def _buffered(self, driver: LogDriver) -> LogDriver:
        if self.type == "fluentd":  # which calls its plugins so
            named = {"@type" if key == "Name" else key: value for key, value in driver.options.items()}
            driver = replace(driver, options=named)
        if self.buffer_mib is None:
            return driver
        return replace(
            driver, options={**driver.options, "log-driver-buffer-limit": str(self.buffer_mib * 1024 * 1024)}
        )
