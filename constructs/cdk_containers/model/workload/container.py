"""One container of a workload."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, disabled_problems, field_problems, is_token, name_problem, seconds
from cdk_containers.core.practices import Disabled

from .docker_options import DockerOptions
from .environment_file import EnvironmentFile
from .image import ImageLike, image_problems
from .linux_options import LinuxOptions, Privileged, Ulimit
from .secrets import (
    NotSecret,
    environment_problems,
    plain_value,
    secret_problems,
    text_problems,
    variable_problems,
)

DependencyCondition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]

DEFAULT_USER = "1000:1000"
"""Most base images that have a user besides root give it this id."""

_INTERVAL, _TIMEOUT = timedelta(seconds=10), timedelta(seconds=5)
_MAX_STOP_TIMEOUT = 120
_MAX_PORT = 65535
_MAX_ENVIRONMENT_FILES = 10
_CONTROLS = ("net.", "fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm")
_MODE = re.compile(r"[0-7]{3,4}")
_USER = re.compile(r"[\w.-]+(:[\w.-]+)?")
_PORT_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Port:
    """A port on which a container listens.

    Attributes:
        number: The port in the container, 1–65535.
        protocol: `tcp` or `udp`. Default: `tcp`.
        name: Name by which Service Connect and VPC Lattice know the port. Default: none.
        host_port: Port on the instance, EC2 only. Default: any free port with bridge networking, the same otherwise.
        app_protocol: What Service Connect may understand of what goes over a port with a name: `http`, `http2` or
            `grpc`, which it retries and counts by status. Default: nothing, it passes bytes on.
    """

    number: int
    protocol: Literal["tcp", "udp"] = "tcp"
    name: str | None = None
    host_port: int | None = None
    app_protocol: Literal["http", "http2", "grpc"] | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this port."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        host_port = self.host_port
        if host_port is not None and not is_token(host_port) and not 0 <= host_port <= _MAX_PORT:
            found.add(
                "host_port",
                "not a port",
                given=host_port,
                allowed="1–65535, or 0 for any free port",
                practice="port-mappings",
            )
        if not is_token(self.number) and not 1 <= self.number <= _MAX_PORT:
            found.add("number", "not a port", given=self.number, allowed="1–65535", practice="port-mappings")
        if self.name is not None and not is_token(self.name) and not _PORT_NAME.fullmatch(self.name):
            found.add(
                "name",
                "not a name that ECS takes for a port",
                given=self.name,
                allowed="up to 64 lower-case letters, digits, underscores and hyphens, no hyphen first",
                practice="port-mappings",
            )
        if self.app_protocol is not None and (self.name is None or self.protocol == "udp"):
            found.add(
                "app_protocol",
                "only Service Connect reads it, which knows TCP ports by their names",
                given=self.app_protocol,
                allowed="Port(name=…, app_protocol=…) with protocol tcp, or nothing here",
                practice="port-mappings",
            )
        return list(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class PortRange:
    """Ports in a row on which a container listens, such as those of media streams; no load balancer sends there.

    Attributes:
        first: The first port, 1–65535.
        last: The last port, up to 65535.
        protocol: `tcp` or `udp`. Default: `tcp`.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """

    first: int
    last: int
    protocol: Literal["tcp", "udp"] = "tcp"

    def problems(self) -> list[Problem]:
        """Find what is wrong with this range."""
        found = Problems()
        found.extend(field_problems(self))
        # CDK takes the range as text, and no tokens in it.
        if not found and (is_token([self.first, self.last]) or not 1 <= self.first < self.last <= _MAX_PORT):
            given = Shown("a token" if is_token([self.first, self.last]) else f"{self.first}-{self.last}")
            found.add("", "not a range of ports", given=given, allowed="1–65535, the first below the last")
        return list(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCheck:
    """A command that tells, in the container, whether it is healthy.

    Attributes:
        command: The command, as a list for `CMD` or as one string for a shell; a list may begin with `CMD` or
            `CMD-SHELL`, as ECS writes it. Exit code 0 means healthy.
        interval: Time between checks, 5–300 s. Default: 10 s, so that a task that fails is replaced within a minute.
        timeout: Time for one check, 2–60 s. It may be longer than the interval. Default: 5 s.
        retries: Failures in a row that make the container unhealthy, 1–10. Default: 3.
        start_period: Time at the start in which failures do not count, 0–300 s. Default: 30 s.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
    """

    command: str | Sequence[str]
    interval: DurationLike | None = None
    timeout: DurationLike | None = None
    retries: int = 3
    start_period: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this health check."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not self.command:
            found.add("command", "there is no command", given=self.command, allowed="a command")
        found.extend(
            text_problems(self.command, option="command", way_out="a variable, which a shell reads when it runs")
        )
        if not isinstance(self.command, str):
            found.extend(unsplit_problems("command", self.command, instead="one string, for a shell"))
        interval = seconds(_INTERVAL if self.interval is None else self.interval)
        timeout = seconds(_TIMEOUT if self.timeout is None else self.timeout)
        start_period = 0 if self.start_period is None else seconds(self.start_period)
        for option, value, low, high in (
            ("interval", interval, 5, 300),
            ("timeout", timeout, 2, 60),
            ("start_period", start_period, 0, 300),
        ):
            # CDK compares these times itself, so interval and timeout cannot be known at deployment only.
            if not low <= value <= high and not (option == "start_period" and is_token(value)):
                found.add(
                    option,
                    "out of range",
                    given=Shown("a token") if is_token(value) else f"{value} s",
                    allowed=f"{low}–{high} s",
                    practice="container-health-check",
                )
        if not is_token(self.retries) and not 1 <= self.retries <= 10:
            found.add("retries", "out of range", given=self.retries, allowed="1–10", practice="container-health-check")
        return list(found)


def unsplit_problems(option: str, words: Sequence[str], *, instead: str) -> list[Problem]:
    """Find a command that is one word with spaces in it: no program has that name."""
    found = Problems()
    if len(words) == 1 and not is_token(words[0]) and "\\" not in words[0] and len(words[0].split()) > 1:
        split = ", ".join(f'"{word}"' for word in words[0].split())
        found.add(
            option,
            "one word with spaces in it, and no program of that name",
            given=list(words),
            allowed=f"[{split}], a word for each argument; or {instead}",
        )
    return list(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class RestartPolicy:
    """Restart a container on its own, without a new task, when it exits.

    Attributes:
        ignored_exit_codes: Exit codes that do not cause a restart, up to 50. Default: none.
        attempt_period: Time that the container must have run before it is restarted, 60–1800 s. Default: 300 s.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    """

    ignored_exit_codes: Sequence[int] = ()
    attempt_period: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this policy."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if len(self.ignored_exit_codes) > 50:
            found.add("ignored_exit_codes", "too many", given=len(self.ignored_exit_codes), allowed="up to 50")
        if self.attempt_period is not None:
            value = seconds(self.attempt_period)
            if not 60 <= value <= 1800:  # CDK compares it too, so it cannot be known at deployment only
                given = Shown("a token") if is_token(value) else f"{value} s"
                found.add("attempt_period", "out of range", given=given, allowed="60–1800 s, known at synthesis")
        return list(found)


_TMPFS_OPTIONS = frozenset(
    {"defaults", "ro", "rw", "sync", "async", "dirsync", "remount", "bind", "rbind"}
    | {"suid", "nosuid", "dev", "nodev", "exec", "noexec", "mand", "nomand"}
    | {"atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime"}
    | {"unbindable", "runbindable", "private", "rprivate", "shared", "rshared", "slave", "rslave"}
)
_TMPFS_SETTINGS = ("mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tmpfs:
    """A writable directory in memory: empty at the start, gone at the end.

    Attributes:
        path: Absolute path in the container.
        size_mib: Upper bound in MiB; what is written counts as the container's memory. Default: 64.
        uid: Number of the user who owns it. Default: the container's `user`, where that is a number.
        gid: Number of the group that owns it. Default: the group in the container's `user`, where that is a number.
        mode: Permissions in octal digits, such as `0700`. Default: `1777` where no owner is known, and otherwise those
            of the directory that it covers.
        exec: Whether programs may run from it, as those do that unpack native code to `/tmp`. Default: False.
        options: Further mount options that ECS knows, such as `noatime` or `nr_inodes=4096`. Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
    """

    path: str
    size_mib: int = 64
    uid: int | None = None
    gid: int | None = None
    mode: str | None = None
    exec: bool = False
    options: Sequence[str] = ()

    def problems(self) -> list[Problem]:
        """Find what is wrong with this directory."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.path) and not self.path.startswith("/"):
            found.add("path", "not an absolute path", given=self.path, allowed="a path such as /tmp")
        if not is_token(self.size_mib) and self.size_mib < 1:
            found.add("size_mib", "out of range", given=self.size_mib, allowed="1 or more")
        for option, number in (("uid", self.uid), ("gid", self.gid)):
            if number is not None and (is_token(number) or number < 0):
                given = Shown("a token") if is_token(number) else number
                found.add(option, "out of range", given=given, allowed="0 or more, known at synthesis")
        if self.mode is not None and not is_token(self.mode) and not _MODE.fullmatch(self.mode):
            found.add("mode", "no permissions", given=self.mode, allowed="three or four octal digits, such as 0700")
        for index, option in enumerate(self.options):
            name, _, value = option.partition("=")
            if name in ("mode", "uid", "gid", "exec", "noexec"):
                found.add(f"options[{index}]", "it has an option of its own", given=option, allowed=f"Tmpfs({name}=…)")
            elif not (value if name in _TMPFS_SETTINGS else option in _TMPFS_OPTIONS) and not is_token(option):
                near = ", ".join(sorted(_TMPFS_OPTIONS | {f"{setting}=…" for setting in _TMPFS_SETTINGS[3:]}))
                found.add(f"options[{index}]", "ECS has no such mount option", given=option, allowed=near)
        return list(found)

    def mount_options(self, user: str | None) -> list[str]:
        """Return the mount options for a container that runs as a user, None where only the image knows.

        Engines differ in what they do without being told: Docker mounts without execution. The owner is never that of
        the directory that is covered, and older engines put the permissions of that directory back after `mode`.
        """
        owner, _, group = (user or "").partition(":")
        uid = int(owner) if self.uid is None and owner.isdecimal() else self.uid
        gid = int(group) if self.gid is None and group.isdecimal() else self.gid
        mode = "1777" if self.mode is None and uid is None and gid is None else self.mode
        given = {"uid": uid, "gid": gid, "mode": mode}
        return [
            *("rw", "nosuid", "nodev", "exec" if self.exec else "noexec"),
            *(f"{name}={value}" for name, value in given.items() if value is not None),
            *self.options,
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeMount:
    """A volume of the workload, mounted in one container.

    Attributes:
        volume: Name of the volume.
        path: Absolute path in the container.
        read_only: Whether the container may only read. Default: False.
    """

    volume: str
    path: str
    read_only: bool = False

    def problems(self) -> list[Problem]:
        """Find what is wrong with this mount."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and not is_token(self.path) and not self.path.startswith("/"):
            found.add("path", "not an absolute path", given=self.path, allowed="a path such as /data")
        return list(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class LogDriver:
    """Another way for the log than the log group that the construct owns.

    Attributes:
        name: `splunk` on Fargate, and `awsfirelens` in a task with a log router.
        options: Options of the driver. What looks like a secret is refused.
        secret_options: Options whose values come from Secrets Manager or SSM.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    secret_options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def problems(self) -> list[Problem]:
        """Find what is wrong with this driver."""
        return field_problems(self) or [
            *environment_problems(self.options, option="options", secrets="secret_options"),
            *secret_problems(self.secret_options),
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A container, with the defaults that make it safe.

    Attributes:
        name: Name in the task, up to 255 letters, digits, hyphens and underscores. Default: `app`.
        image: A reference, `Image.from_asset`, `Repository.image`, or an `aws_ecs.ContainerImage`.
        ports: Ports on which the container listens, as numbers or `Port`. Default: none.
        environment: Plain settings. What looks like a secret, or would become one at deployment, is refused;
            `NotSecret` takes what only looks like one. Default: none.
        secrets: Settings that come from Secrets Manager or SSM when the container starts; the execution role may read
            these and no others. Each is an `aws_secretsmanager.ISecret` or an `aws_ssm.IParameter`, or, for one field
            of a secret, `ecs.Secret.from_secrets_manager(secret, "password")`. Default: none.
        command: Overrides the image's `CMD`. It is as readable as `environment`, and checked as it is. Default: the
            image's.
        entry_point: Overrides the image's `ENTRYPOINT`, and is checked like `command`. Default: the image's.
        working_directory: Overrides the image's. Default: the image's.
        user: User id and group id. Default: `1000:1000`, since a process that breaks out as root owns the host's
            kernel interface. `Disabled(reason="…")` takes the image's user, which may be root.
        readonly_root_filesystem: Default: True, so that nobody can plant a program; `tmpfs` gives room to write.
            `Disabled(reason="…")` makes it writable.
        tmpfs: Writable directories in memory. Default: `/tmp` with 64 MiB when the root is read-only, none otherwise.
        init_process: Run an init process as process 1, so that SIGTERM arrives and zombies are reaped. Default: True.
        cpu: CPU units kept for this container. Default: none, containers share the task's.
        memory_limit_mib: Memory in MiB at which the container is killed. Default: the task's.
        memory_reservation_mib: Memory in MiB kept for this container. Default: none.
        essential: Whether the task stops when this container does. Default: True.
        depends_on: Containers that come first, by name, with the condition they must have reached. Default: none.
        health_check: Command that tells whether the container is healthy. Default: none; a load balancer's check is
            separate from it.
        restart: Restart this container alone when it exits. Default: none, the task is replaced.
        stop_timeout: Time between SIGTERM and SIGKILL: 0–120 s, on Fargate 2–120 s. Default: 30 s. On instances,
            `Disabled(reason="…")` leaves it to the agent (`ECS_CONTAINER_STOP_TIMEOUT`).
        mounts: Volumes of the workload that this container sees. Default: none.
        log_driver: Another way for the log. Default: none, which means the log group that the construct owns.
        privileged: Default: False. On EC2, `Privileged("reason")` gives the container the rights of root on its
            instance; Fargate has no such containers.
        gpus: GPUs for this container alone; EC2 only. Default: 0.
        neuron_devices: AWS's own accelerators (Inferentia, Trainium) that the container sees. On EC2 a number, from
            `/dev/neuron0` on: ECS does not count them, so tasks on one instance share them. On Managed Instances `ALL`
            of the instance. Default: 0.
        version_consistency: Have all tasks of a deployment run the image that the tag meant at first. Default: True.
            `Disabled(reason="…")` lets each task take what the tag means when it starts.
        ulimits: Limits of the operating system. Default: none beyond the platform's.
        linux: Capabilities, shared memory and swap. Default: none beyond Docker's.
        docker: What Docker does on an instance: names, links, name servers. Default: none.
        port_ranges: Ports in a row on which the container listens. Default: none.
        docker_labels: Labels of the container, which routers and agents on the instance read. Default: none.
        environment_files: Files in S3 with plain settings, up to 10. Default: none.
        system_controls: Kernel parameters in the container's namespaces, such as
            `{"net.ipv4.ip_unprivileged_port_start": "0"}`. With awsvpc, those of `net` are the whole task's. Default:
            none.
        start_timeout: Time in which the containers that this one waits for must get there, 2–120 s. Default: ECS's own,
            three minutes.

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
    health_check: HealthCheck | None = None
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
        """The ports, those given as bare numbers included."""
        return [port if isinstance(port, Port) else Port(number=port) for port in self.ports]

    @property
    def all_tmpfs(self) -> Sequence[Tmpfs]:
        """The writable directories in memory, the default included."""
        if self.tmpfs is not None:
            return self.tmpfs
        return (Tmpfs(path="/tmp"),) if self.readonly_root_filesystem is True else ()  # noqa: S108  (in the container)

    def problems(self) -> list[Problem]:
        """Find what is wrong with this container by itself."""
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
        if len(self.environment_files) > _MAX_ENVIRONMENT_FILES:
            given, allowed = len(self.environment_files), f"up to {_MAX_ENVIRONMENT_FILES}"
            found.add("environment_files", "too many for one container", given=given, allowed=allowed)
        found.extend(environment_problems(self.docker_labels, option="docker_labels"))
        for name in self.system_controls:
            if not is_token(name) and not name.startswith(_CONTROLS):
                found.add(
                    f"system_controls[{name!r}]",
                    "not a parameter of a container's own",
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
                    allowed='another user, or Disabled(reason="…") for the user of the image',
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
        found.extend(self._timeout_problems())
        return list(found)

    def _timeout_problems(self) -> list[Problem]:
        found = Problems()
        if self.start_timeout is not None:
            timeout = seconds(self.start_timeout)
            if not is_token(timeout) and not 2 <= timeout <= _MAX_STOP_TIMEOUT:
                found.add("start_timeout", "out of range", given=Shown(f"{timeout} s"), allowed="2–120 s")
        if isinstance(self.stop_timeout, Disabled):
            found.extend(disabled_problems(self.stop_timeout), under="stop_timeout")
        elif self.stop_timeout is not None:
            timeout = seconds(self.stop_timeout)
            if not is_token(timeout) and not 0 <= timeout <= _MAX_STOP_TIMEOUT:
                found.add(
                    "stop_timeout",
                    "out of range",
                    given=Shown(f"{timeout} s"),
                    allowed=f"0–{_MAX_STOP_TIMEOUT} s",
                    practice="stop-timeout",
                )
        return list(found)
