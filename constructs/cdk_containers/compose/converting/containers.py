"""Converts the container of a service."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from typing import Any

from cdk_containers.core.secret_texts import kind_of_secret
from cdk_containers.model.workload.linux_options import CAPABILITIES

from ..reading.models import HealthCheck, Service, Ulimit
from .context import Context
from .known_images import has_init, runs_as
from .source import Call, Raw, call

_ROOT = ("root", "0")
_USER = re.compile(r"[\w.-]+(:[\w.-]+)?")


def user_of(context: Context, name: str, service: Service) -> Any:
    """Return the user of a container, as an expression."""
    if service.user is None:
        return Raw("IMAGE_USER")
    if service.user.partition(":")[0] in _ROOT:
        return Raw("ROOT_USER")
    if not _USER.fullmatch(service.user):
        context.refuse(name, "user", message=f"got {service.user!r}; allowed: a user, or user:group, such as 1000:1000")
    return service.user


def owner_of(user: Any, image: str | None) -> Any:
    """Return the owner of the container's files on EFS: its numeric user if known, otherwise root."""
    if isinstance(user, str):
        return user if re.fullmatch(r"[1-9]\d*(:\d+)?", user) else Raw("OWN_FILES")
    return (runs_as(image) if user == Raw("IMAGE_USER") else None) or Raw("OWN_FILES")


def container_options(context: Context, name: str, service: Service) -> dict[str, Any]:
    """Return the options of a container that depend only on its service."""
    stop = _clamped(context, name, "stop_grace_period", service.stop_grace_period, low=2, high=120)
    return {
        "command": _words(context, name, "command", service.command),
        "entry_point": _words(context, name, "entrypoint", service.entrypoint),
        "working_directory": service.working_dir,
        "readonly_root_filesystem": None if service.read_only else Raw("WRITABLE"),
        "init_process": Raw("OWN_INIT") if not service.init and has_init(service.image) else None,
        "health_check": health_check(context, name, service.healthcheck),
        "stop_timeout": None if stop is None else call("cdk.Duration.seconds", stop),
        "ulimits": _ulimits(context, name, service) or None,
        "linux": _linux(context, name, service),
        "system_controls": dict(service.sysctls) if service.sysctls else None,
    }


def _words(context: Context, name: str, key: str, given: str | list[str] | None) -> list[str] | None:
    """Return a command as words. A text is split like shell words, but no shell runs it."""
    if given is None:
        return None
    try:
        words = shlex.split(given) if isinstance(given, str) else [word for word in given if word is not None]
    except ValueError as error:
        context.refuse(name, key, message=f"the quotes do not match: {str(error).lower()}")
        return None
    text = " ".join(words)
    if kind_of_secret("", text, assignments=True) is not None:
        message = (
            "it contains a secret, which everyone with access to the task definition could read: move it to "
            '`environment`, and write entrypoint: ["sh", "-c"] and $$NAME instead, which a shell reads when the '
            "container starts"
        )
        context.refuse(name, key, message=message)
    if len(words) == 1 and len(words[0].split()) > 1 and not (key == "command" and service_has_shell(context, name)):
        message = f"one word with spaces is not a program: write {words[0].split()!r}, one word for each argument"
        context.refuse(name, key, message=message)
    return words


def service_has_shell(context: Context, name: str) -> bool:
    """Tell whether an entry point can be a shell that splits the command."""
    return context.project.services[name].entrypoint is not None


def health_check(context: Context, name: str, check: HealthCheck | None) -> Call | None:
    """Return the health check of a container, within the limits of ECS."""
    if check is None or check.disable or check.test is None:
        if check is not None and not check.disable:
            context.say(
                name, ("the image's own health check does not run: ECS runs only health checks in the task definition")
            )
        return None
    command = _test(context, name, check.test)
    if command is None:
        return None
    times = {
        key: _clamped(context, name, f"healthcheck.{key}", value or default, low=low, high=high)
        for key, value, default, low, high in (
            ("interval", check.interval, timedelta(seconds=30), 5, 300),
            ("timeout", check.timeout, timedelta(seconds=30), 2, 60),
            ("start_period", check.start_period, None, 0, 300),
        )
    }
    retries = 3 if check.retries is None else check.retries
    if not 1 <= retries <= 10:
        context.say(name, f"healthcheck.retries: {retries} becomes {min(max(retries, 1), 10)}, as ECS allows")
    return call(
        "HealthCheck",
        command=command,
        **{key: None if value is None else call("cdk.Duration.seconds", value) for key, value in times.items()},
        retries=min(max(retries, 1), 10),
    )


def _test(context: Context, name: str, test: str | list[str]) -> str | list[str] | None:
    """Return the command of a health check; None for none."""
    words = ["CMD-SHELL", test] if isinstance(test, str) else [word or "" for word in test]
    if not words or words[0] == "NONE":
        return None
    shell, text = words[0] == "CMD-SHELL", " ".join(words[1:])
    message = None
    if words[0] not in ("CMD", "CMD-SHELL"):
        message = "a list must start with CMD, CMD-SHELL or NONE"
    elif not text.strip():
        message = "the command is empty"
    elif kind_of_secret("", text, assignments=True) is not None:
        message = "it contains a secret: write $$NAME, a variable of the container, and CMD-SHELL"
    elif not shell and len(words) == 2 and len(text.split()) > 1:
        message = "one word with spaces is not a program: write CMD-SHELL"
    if message is not None:
        context.refuse(name, "healthcheck", "test", message=message)
        return None
    return text if shell else words[1:]


def _clamped(context: Context, name: str, key: str, given: timedelta | None, *, low: int, high: int) -> int | None:
    if given is None:
        return None
    seconds = round(given.total_seconds())
    allowed = min(max(seconds, low), high)
    if allowed != given.total_seconds():
        context.say(name, f"{key}: {given.total_seconds():g} s becomes {allowed} s; ECS allows {low}–{high}")
    return allowed


def _ulimits(context: Context, name: str, service: Service) -> list[Call]:
    made = []
    for limit, value in (service.ulimits or {}).items():
        soft, hard = (value.soft, value.hard) if isinstance(value, Ulimit) else (value, value)
        if limit != "nofile":
            context.say(name, f"the ulimit {limit} is omitted: Fargate supports only nofile")
        elif soft is None or hard is None or not 0 <= soft <= hard:
            context.refuse(
                name, "ulimits", limit, message=("allowed: a number, or `soft` and `hard`, with soft not above hard")
            )
        else:
            made.append(call("Ulimit", name=limit, soft=soft, hard=hard))
    return made


def _linux(context: Context, name: str, service: Service) -> Call | None:
    added, dropped = ([one.removeprefix("CAP_") for one in caps or []] for caps in (service.cap_add, service.cap_drop))
    for key, capabilities in (("cap_add", added), ("cap_drop", dropped)):
        for index, one in enumerate(capabilities):
            if one not in CAPABILITIES:
                context.refuse(name, key, index, message=f"got {one!r}; allowed: a capability such as NET_ADMIN")
            elif key == "cap_add" and one != "SYS_PTRACE":
                message = "Fargate allows only SYS_PTRACE: remove it, or add `Ec2Capacity` to the cluster"
                context.refuse(name, key, index, message=message)
    _look_at_privileges(context, name, service)
    if not added and not dropped:
        return None
    return call("LinuxOptions", add_capabilities=added or None, drop_capabilities=dropped or None)


def _look_at_privileges(context: Context, name: str, service: Service) -> None:
    for index, option in enumerate(service.security_opt or []):
        if option.startswith("no-new-privileges"):
            context.say(name, f"`security_opt: {option}` is omitted: Fargate does not have this option")
        else:
            context.refuse(name, "security_opt", index, message="Fargate uses its own profiles: remove it")
    if service.privileged:
        message = "Fargate has no privileged containers: remove it, or add `Ec2Capacity` to the cluster"
        context.refuse(name, "privileged", message=message)
    for control in service.sysctls or {}:
        if not control.startswith("net."):
            context.refuse(name, "sysctls", control, message="Fargate allows only kernel parameters of net.")
