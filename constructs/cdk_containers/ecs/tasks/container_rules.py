"""Rules of ECS for containers, in addition to those of all platforms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import field_problems, is_token, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import (
    Container,
    DockerOptions,
    EnvironmentFile,
    HealthCheck,
    HttpCheck,
    Port,
    RestartPolicy,
    Tmpfs,
)
from cdk_containers.model.workload.health_check import CheckTimes
from cdk_containers.model.workload.tmpfs import MOUNT_OPTIONS_OF_THEIR_OWN

_MAX_TIMEOUT = 120
_MAX_ENVIRONMENT_FILES = 10
_PORT_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
_SECURITY = re.compile(r"no-new-privileges|apparmor:.+|label:.+|seccomp:.+|credentialspec(domainless)?:.+")
_TMPFS_OPTIONS = frozenset(
    {"defaults", "ro", "rw", "sync", "async", "dirsync", "remount", "bind", "rbind"}
    | {"suid", "nosuid", "dev", "nodev", "exec", "noexec", "mand", "nomand"}
    | {"atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime"}
    | {"unbindable", "runbindable", "private", "rprivate", "shared", "rshared", "slave", "rslave"}
)
_TMPFS_SETTINGS = ("mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol")


def container_problems(container: Container) -> list[Problem]:
    """Find what ECS refuses in a container whose values have the right types."""
    found = Problems()
    if field_problems(container):
        return []
    for index, port in enumerate(container.all_ports):
        if not field_problems(port):
            found.extend(_port_problems(port), under=f"ports[{index}]")
    for index, entry in enumerate(container.all_tmpfs):
        if not field_problems(entry):
            found.extend(_tmpfs_problems(entry), under=f"tmpfs[{index}]")
    found.extend(_files_problems(container.environment_files), under="environment_files")
    found.extend(_health_check_problems(container.health_check), under="health_check")
    if container.restart is not None and not field_problems(container.restart):
        found.extend(_restart_problems(container.restart), under="restart")
    found.extend(_timeout_problems(container))
    if container.docker is not None and not field_problems(container.docker):
        found.extend(_docker_problems(container.docker), under="docker")
    return list(found)


def _docker_problems(docker: DockerOptions) -> list[Problem]:
    found = Problems()
    if wrong := [one for one in docker.security_options if not is_token(one) and not _SECURITY.fullmatch(one)]:
        allowed = "no-new-privileges, label:…, apparmor:… or credentialspec:…"
        found.add("security_options", "ECS does not support this option", given=wrong, allowed=allowed)
    return list(found)


def _port_problems(port: Port) -> list[Problem]:
    found = Problems()
    if port.name is not None and not is_token(port.name) and not _PORT_NAME.fullmatch(port.name):
        found.add(
            "name",
            "not a valid ECS port name",
            given=port.name,
            allowed="up to 64 lowercase letters, digits, underscores and hyphens, no hyphen first",
            practice="port-mappings",
        )
    if port.app_protocol is not None and (port.name is None or port.protocol == "udp"):
        found.add(
            "app_protocol",
            "only Service Connect uses it, and only for TCP ports with a name",
            given=port.app_protocol,
            allowed="Port(name=…, app_protocol=…) with protocol tcp, or remove it",
            practice="port-mappings",
        )
    return list(found)


def _tmpfs_problems(entry: Tmpfs) -> list[Problem]:
    found = Problems()
    for index, option in enumerate(entry.options):
        name, _, value = option.partition("=")
        if name in MOUNT_OPTIONS_OF_THEIR_OWN:
            continue  # already reported
        if not (value if name in _TMPFS_SETTINGS else option in _TMPFS_OPTIONS) and not is_token(option):
            near = ", ".join(sorted(_TMPFS_OPTIONS | {f"{setting}=…" for setting in _TMPFS_SETTINGS[3:]}))
            found.add(f"options[{index}]", "ECS does not support this mount option", given=option, allowed=near)
    return list(found)


def _health_check_problems(check: HealthCheck | HttpCheck | None) -> list[Problem]:
    found = Problems()
    if check is None or field_problems(check):
        return []
    if isinstance(check, HttpCheck):
        found.add(
            "",
            "ECS runs health checks as commands in a container and cannot send requests",
            given=Shown(f"HttpCheck(path={check.path!r})"),
            allowed="HealthCheck(command=…), or the health_check_path of an exposure, which the load balancer requests",
            practice="container-health-check",
        )
        return list(found)
    times = CheckTimes.of(check)
    start_period = 0 if check.start_period is None else times.start_period
    for option, value, low, high in (
        ("interval", times.interval, 5, 300),
        ("timeout", times.timeout, 2, 60),
        ("start_period", start_period, 0, 300),
    ):
        # CDK compares these times, so interval and timeout must be known at synthesis.
        if not low <= value <= high and not (option == "start_period" and is_token(value)):
            found.add(
                option,
                "out of range",
                given=Shown("a token") if is_token(value) else f"{value} s",
                allowed=f"{low}–{high} s",
                practice="container-health-check",
            )
    if not is_token(check.retries) and not 1 <= check.retries <= 10:
        found.add("retries", "out of range", given=check.retries, allowed="1–10", practice="container-health-check")
    return list(found)


def _restart_problems(policy: RestartPolicy) -> list[Problem]:
    found = Problems()
    if len(policy.ignored_exit_codes) > 50:
        found.add("ignored_exit_codes", "too many", given=len(policy.ignored_exit_codes), allowed="up to 50")
    if policy.attempt_period is not None:
        value = seconds(policy.attempt_period)
        if not 60 <= value <= 1800:  # CDK compares it too, so it must be known at synthesis
            given = Shown("a token") if is_token(value) else f"{value} s"
            found.add("attempt_period", "out of range", given=given, allowed="60–1800 s, known at synthesis")
    return list(found)


def _files_problems(files: Sequence[EnvironmentFile]) -> list[Problem]:
    found = Problems()
    for index, file in enumerate(files):
        if not field_problems(file) and not is_token(file.key) and not file.key.endswith(".env"):
            allowed = "a key such as shop/web.env"
            found.add(f"[{index}].key", "ECS accepts only files that end with .env", given=file.key, allowed=allowed)
    if len(files) > _MAX_ENVIRONMENT_FILES:
        allowed = f"up to {_MAX_ENVIRONMENT_FILES}"
        found.add("", "too many for one container", given=len(files), allowed=allowed)
    return list(found)


def _timeout_problems(container: Container) -> list[Problem]:
    found = Problems()
    if container.start_timeout is not None:
        timeout = seconds(container.start_timeout)
        if not is_token(timeout) and not 2 <= timeout <= _MAX_TIMEOUT:
            found.add("start_timeout", "out of range", given=Shown(f"{timeout} s"), allowed=f"2–{_MAX_TIMEOUT} s")
    if container.stop_timeout is not None and not isinstance(container.stop_timeout, Disabled):
        timeout = seconds(container.stop_timeout)
        if not is_token(timeout) and not 0 <= timeout <= _MAX_TIMEOUT:
            found.add(
                "stop_timeout",
                "out of range",
                given=Shown(f"{timeout} s"),
                allowed=f"0–{_MAX_TIMEOUT} s",
                practice="stop-timeout",
            )
    return list(found)
