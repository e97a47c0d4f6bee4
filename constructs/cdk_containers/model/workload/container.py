"""One container of a workload."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, disabled_problems, field_problems, is_token, name_problem
from cdk_containers.core.practices import Disabled

from .command import unsplit_problems
from .docker_options import DockerOptions
from .environment_file import EnvironmentFile
from .health_check import HealthCheck, HttpCheck
from .image import ImageLike, image_problems
from .linux_options import LinuxOptions, Privileged, Ulimit
from .log_driver import LogDriver
from .port import Port, PortRange
from .restart_policy import RestartPolicy
from .secrets import (
    NotSecret,
    environment_problems,
    plain_value,
    secret_problems,
    text_problems,
    variable_problems,
)
from .tmpfs import Tmpfs
from .volume_mount import VolumeMount

DependencyCondition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]

DEFAULT_USER = "1000:1000"
"""Most base images with a user other than root give it this id."""

_CONTROLS = ("net.", "fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm")
_USER = re.compile(r"[\w.-]+(:[\w.-]+)?")


@frozen
class Container:
    """A container with secure defaults.

    Attributes:
        name: Name in the task: up to 255 letters, digits, hyphens and underscores. Default: `app`.
        image: Container image: a reference, `Image.from_asset`, `Repository.image`, or an `aws_ecs.ContainerImage`.
        ports: Ports on which the container listens, as numbers or `Port`. Default: none.
        environment: Environment variables in plain text. Values that look like secrets, or become secrets at
            deployment, are rejected; use `NotSecret` for a value that only looks like one. Default: none.
        secrets: Environment variables from Secrets Manager or SSM, read when the container starts; the execution role
            gets permission to read only these. Each value is an `aws_secretsmanager.ISecret` or an
            `aws_ssm.IParameter`, or, for one field of a secret, `ecs.Secret.from_secrets_manager(secret, "password")`.
            Default: none.
        command: Overrides the image's `CMD`. It is readable like `environment`, and checked in the same way. Default:
            the image's.
        entry_point: Overrides the image's `ENTRYPOINT`, and is checked like `command`. Default: the image's.
        working_directory: Overrides the image's. Default: the image's.
        user: User id and group id of the processes. `Disabled(reason="…")` uses the image's user, which may be root.
            Default: `1000:1000`, because a process that escapes as root controls the host.
        readonly_root_filesystem: Makes the root file system read-only. Use `tmpfs` for writable directories, or
            `Disabled(reason="…")` for a writable root. Default: True, so that an attacker cannot install programs.
        tmpfs: Writable directories in memory. Default: `/tmp` with 64 MiB when the root is read-only, none otherwise.
        init_process: Runs an init process as process 1, which forwards SIGTERM and reaps zombies. Default: True.
        cpu: CPU units reserved for this container. Default: none, containers share the CPU of the task.
        memory_limit_mib: Maximum memory in MiB; above it, the container is killed. Default: the task's.
        memory_reservation_mib: Memory in MiB reserved for this container. Default: none.
        essential: Whether the task stops when this container does. Default: True.
        depends_on: Containers that start first, by name, with the condition that they must reach. Default: none.
        health_check: Command that checks the health of the container; on Kubernetes also a request (`HttpCheck`). The
            load balancer's health check is separate. Default: none.
        restart: Restarts only this container when it exits. Default: none, the task is replaced.
        stop_timeout: Time between SIGTERM and SIGKILL; on ECS 0–120 s, on Fargate 2–120 s. Default: 30 s. On instances,
            `Disabled(reason="…")` uses the agent's setting (`ECS_CONTAINER_STOP_TIMEOUT`).
        mounts: Volumes of the workload that this container mounts. Default: none.
        log_driver: Log driver instead of awslogs. Default: none, which means the log group of the construct.
        privileged: On EC2, `Privileged("reason")` gives the container root permissions on its instance. Fargate does
            not support it. Default: False.
        gpus: Number of GPUs for the exclusive use of this container; EC2 only. Default: 0.
        neuron_devices: Accelerators from AWS (Inferentia, Trainium) that the container sees. On EC2 a number, starting
            with `/dev/neuron0`: ECS does not reserve them, so tasks on one instance share them. On Managed Instances,
            `ALL` devices of the instance. Default: 0.
        version_consistency: Makes all tasks of a deployment run the image digest that the tag had at first.
            `Disabled(reason="…")` lets each task resolve the tag when it starts. Default: True.
        ulimits: Limits of the operating system. Default: those of the platform.
        linux: Capabilities, shared memory and swap. Default: those of Docker.
        docker: Docker options on an instance: names, links, name servers. Default: none.
        port_ranges: Ranges of ports on which the container listens. Default: none.
        docker_labels: Labels of the container for routers and agents on the instance. Default: none.
        environment_files: Up to 10 files in S3 with environment variables in plain text. Default: none.
        system_controls: Kernel parameters in the container's namespaces, such as
            `{"net.ipv4.ip_unprivileged_port_start": "0"}`. With awsvpc, those of `net` apply to the whole task.
            Default: none.
        start_timeout: Time in which the containers that this one waits for must reach their condition, 2–120 s.
            Default: the ECS default, three minutes.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """

    image: ImageLike
    name: str = "app"
    ports: Sequence[int | Port] = ()
    environment: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])
    secrets: Mapping[str, Any] = field(default_factory=dict[str, Any])
    command: Sequence[str | NotSecret] | None = None
    entry_point: Sequence[str | NotSecret] | None = None
    working_directory: str | None = None
    user: str | Disabled = DEFAULT_USER
    readonly_root_filesystem: Literal[True] | Disabled = True
    tmpfs: Sequence[Tmpfs] | None = None
    init_process: Literal[True] | Disabled = True
    cpu: int | None = None
    memory_limit_mib: int | None = None
    memory_reservation_mib: int | None = None
    essential: bool = True
    depends_on: Mapping[str, DependencyCondition] = field(default_factory=dict[str, "DependencyCondition"])
    health_check: HealthCheck | HttpCheck | None = None
    restart: RestartPolicy | None = None
    stop_timeout: DurationLike | Disabled | None = None
    mounts: Sequence[VolumeMount] = ()
    log_driver: LogDriver | None = None
    privileged: Literal[False] | Privileged = False
    gpus: int = 0
    neuron_devices: int | Literal["ALL"] = 0
    version_consistency: Literal[True] | Disabled = True
    ulimits: Sequence[Ulimit] = ()
    linux: LinuxOptions | None = None
    docker: DockerOptions | None = None
    port_ranges: Sequence[PortRange] = ()
    docker_labels: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])
    environment_files: Sequence[EnvironmentFile] = ()
    system_controls: Mapping[str, str] = field(default_factory=dict[str, str])
    start_timeout: DurationLike | None = None

    @property
    def all_ports(self) -> list[Port]:
        """The ports, including those given as numbers."""
        return [port if isinstance(port, Port) else Port(number=port) for port in self.ports]

    @property
    def all_tmpfs(self) -> Sequence[Tmpfs]:
        """The writable directories in memory, including the default."""
        if self.tmpfs is not None:
            return self.tmpfs
        return (Tmpfs(path="/tmp"),) if self.readonly_root_filesystem is True else ()  # noqa: S108  (in the container)

    @property
    def opt_outs(self) -> Iterator[tuple[str, Disabled]]:
        """The defaults that are turned off, each with its practice."""
        for practice, value in (
            ("non-root-user", self.user),
            ("read-only-root-filesystem", self.readonly_root_filesystem),
            ("init-process", self.init_process),
            ("version-consistency", self.version_consistency),
        ):
            if isinstance(value, Disabled):
                yield practice, value
        if isinstance(self.privileged, Privileged):
            yield "no-privileged-containers", Disabled(self.privileged.reason)

    def problems(self) -> list[Problem]:
        """Find the problems of this container on its own."""
        found = Problems()
        wrong_types = field_problems(self)
        found.extend(wrong_types)
        found.extend(image_problems(self.image), under="image")
        if wrong_types:
            return list(found)
        found.extend(self._name_problems())
        found.extend(environment_problems(self.environment))
        found.extend(secret_problems(self.secrets))
        found.extend(variable_problems(self.environment, self.secrets))
        found.extend(self._command_problems())
        found.extend(self._privilege_problems())
        found.extend(self._resource_problems())
        for index, port in enumerate(self.all_ports):
            found.extend(port.problems(), under=f"ports[{index}]")
        for index, entry in enumerate(self.all_tmpfs):
            found.extend(entry.problems(), under=f"tmpfs[{index}]")
        for index, mount in enumerate(self.mounts):
            found.extend(mount.problems(), under=f"mounts[{index}]")
        found.extend(self._part_problems())
        both = sorted(set(self.environment) & set(self.secrets))
        if both:
            found.add(
                "secrets",
                "a variable is both plain and secret",
                given=both,
                allowed="one of the two",
                practice="no-secrets-in-environment",
            )
        return list(found)

    def _part_problems(self) -> list[Problem]:
        found = Problems()
        for option, part in (
            ("health_check", self.health_check),
            ("restart", self.restart),
            ("log_driver", self.log_driver),
            ("linux", self.linux),
            ("docker", self.docker),
            ("privileged", self.privileged or None),
        ):
            if part is not None:
                found.extend(part.problems(), under=option)
        for index, ulimit in enumerate(self.ulimits):
            found.extend(ulimit.problems(), under=f"ulimits[{index}]")
        for index, ports in enumerate(self.port_ranges):
            found.extend(ports.problems(), under=f"port_ranges[{index}]")
        for index, file in enumerate(self.environment_files):
            found.extend(file.problems(), under=f"environment_files[{index}]")
        found.extend(environment_problems(self.docker_labels, option="docker_labels"))
        for name in self.system_controls:
            if not is_token(name) and not name.startswith(_CONTROLS):
                found.add(
                    f"system_controls[{name!r}]",
                    "not a kernel parameter of a container",
                    given=name,
                    allowed="net.…, fs.mqueue.…, or kernel.msg…, kernel.sem and kernel.shm…",
                )
        return list(found)

    def _command_problems(self) -> list[Problem]:
        found = Problems()
        for option, words in (("command", self.command), ("entry_point", self.entry_point)):
            if words is not None:
                found.extend(text_problems(words, option=option))
        # What the entry point says, such as sh -c, may split the command; what the image's says is not known.
        option, words = ("command", self.command) if self.entry_point is None else ("entry_point", self.entry_point)
        if words is not None:
            found.extend(
                unsplit_problems(option, [plain_value(word) for word in words], instead='entry_point=["sh", "-c"]')
            )
        return list(found)

    def _name_problems(self) -> list[Problem]:
        found = Problems()
        if wrong := name_problem(self.name):
            found.add(
                "name",
                wrong,
                given=self.name,
                practice="container-names",
                allowed="up to 255 letters, digits, hyphens and underscores",
            )
        return list(found)

    def _privilege_problems(self) -> list[Problem]:
        found = Problems()
        if isinstance(self.user, Disabled):
            found.extend(disabled_problems(self.user), under="user")
        elif not is_token(self.user):
            name = self.user.partition(":")[0]
            if not _USER.fullmatch(self.user):
                found.add(
                    "user",
                    "not a user",
                    given=self.user,
                    allowed="a user, or user:group, such as 1000:1000",
                    practice="non-root-user",
                )
            elif name in ("root", "0"):
                found.add(
                    "user",
                    "the container would run as root",
                    given=self.user,
                    practice="non-root-user",
                    allowed='a user other than root, or Disabled(reason="…") for the user of the image',
                )
        for option, value in (
            ("readonly_root_filesystem", self.readonly_root_filesystem),
            ("init_process", self.init_process),
            ("version_consistency", self.version_consistency),
        ):
            if isinstance(value, Disabled):
                found.extend(disabled_problems(value), under=option)
        return list(found)

    def _memory_problems(self) -> list[Problem]:
        found = Problems()
        limit, reservation = self.memory_limit_mib, self.memory_reservation_mib
        if limit is not None and reservation is not None and not is_token([limit, reservation]) and reservation > limit:
            found.add(
                "memory_reservation_mib",
                f"more than the limit of {limit} MiB",
                given=reservation,
                allowed=f"up to {limit}",
                practice="container-memory",
            )
        return list(found)

    def _resource_problems(self) -> list[Problem]:
        found = Problems()
        if not is_token(self.gpus) and self.gpus < 0:
            found.add("gpus", "out of range", given=self.gpus, allowed="0 or more", practice="gpu-capacity")
        if is_token(self.neuron_devices) or (isinstance(self.neuron_devices, int) and self.neuron_devices < 0):
            found.add(
                "neuron_devices",
                "out of range",
                given=Shown("a token") if is_token(self.neuron_devices) else self.neuron_devices,
                allowed="0 or more, known at synthesis, or ALL on Managed Instances",
                practice="neuron-devices",
            )
        elif self.neuron_devices and self.gpus:
            found.add(
                "neuron_devices",
                "no instance has both GPUs and Neuron devices",
                given=self.neuron_devices,
                allowed="gpus or neuron_devices",
                practice="neuron-devices",
            )
        for option, value, low in (
            ("cpu", self.cpu, 0),
            ("memory_limit_mib", self.memory_limit_mib, 6),
            ("memory_reservation_mib", self.memory_reservation_mib, 6),
        ):
            if value is not None and not is_token(value) and value < low:
                found.add(option, "too small", given=value, allowed=f"{low} or more", practice="container-memory")
        found.extend(self._memory_problems())
        if isinstance(self.stop_timeout, Disabled):
            found.extend(disabled_problems(self.stop_timeout), under="stop_timeout")
        return list(found)
