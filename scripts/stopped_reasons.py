"""Texts of ECS and of logs for docs/troubleshooting.md, with the causes that `cdk-containers why` finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cdk_containers.operate.causes import Cause, causes
from cdk_containers.operate.states import ContainerState, TaskState

Row = Sequence[str]

REASONS: Mapping[str, str] = {
    "CannotPullContainerError: … image Manifest does not contain descriptor matching platform 'linux/arm64'": (
        "image-architecture"
    ),
    "CannotPullContainerError: … toomanyrequests: You have reached your pull rate limit": "image-rate-limit",
    "CannotPullContainerError: … dial tcp 10.0.1.5:443: i/o timeout": "image-not-reached",
    "CannotPullContainerError: … 403 Forbidden": "image-access-denied",
    "CannotPullContainerError: … not found": "image-not-found",
    "CannotPullContainerError: … no space left on device": "disk-full",
    "ResourceInitializationError: unable to pull secrets or registry auth: … context deadline exceeded": (
        "secret-not-reached"
    ),
    "ResourceInitializationError: unable to pull secrets or registry auth: … AccessDeniedException: … kms:Decrypt": (
        "secret-key"
    ),
    "ResourceInitializationError: unable to pull secrets or registry auth: … AccessDeniedException": (
        "secret-access-denied"
    ),
    "ResourceInitializationError: unable to pull secrets or registry auth: … ResourceNotFoundException": (
        "secret-not-found"
    ),
    "ResourceInitializationError: failed to validate logger args: … log group does not exist": "log-group",
    "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes": "file-system",
    "Timeout waiting for network interface provisioning to complete": "network-interface",
    "ECS was unable to assume the role": "role-trust",
    "OutOfMemoryError: Container killed due to memory usage": "out-of-memory",
    "Your Spot Task was interrupted": "spot-interruption",
    "Capacity is unavailable at this time": "no-capacity",
    "Task failed container health checks": "container-health-check",
    'CannotStartContainerError: … exec: "gunicorn": executable file not found in $PATH': "command-not-found",
    "CannotStartContainerError: … permission denied": "command-not-allowed",
    "ECS is performing maintenance on the underlying infrastructure hosting the task": "maintenance",
    "Scaling activity initiated by (deployment ecs-svc/0123456789)": "by-scaling",
}
"""Stopped reasons of tasks, and the cause that each means."""

EVENTS: Mapping[str, str] = {
    "(service web) was unable to place a task because no container instance met all of its requirements": "no-capacity",
    "Health checks failed with these codes: [404]": "health-check-path",
    "Health checks failed with these codes: [503]": "health-check-errors",
    "Request timed out": "health-check",
}
"""Events of services and reasons of targets, likewise."""

LOGS: Mapping[str, str] = {
    "exec /app/server: exec format error": "image-architecture",
    "OSError: [Errno 30] Read-only file system: '/app/cache'": "read-only-root",
    "bind() to 0.0.0.0:80 failed (13: Permission denied)": "port-not-allowed",
    "listen tcp :8080: bind: address already in use": "port-in-use",
    "connect ECONNREFUSED 10.0.2.7:5432": "dependency-not-reached",
    "AccessDeniedException: … is not authorized to perform: dynamodb:GetItem": "aws-access-denied",
}
"""Lines of the logs of containers, likewise."""

EXIT_CODES = (0, 1, 126, 127, 134, 137, 139, 255)


class NotFoundError(Exception):
    """A text of this page no longer leads to its cause."""


def stopped_reasons() -> tuple[Row, list[Row]]:
    """Return a table of stopped reasons and events, with causes and remedies."""
    rows = [_row(text, expected, causes(TaskState(id="task", reason=text))) for text, expected in REASONS.items()]
    for text, expected in EVENTS.items():
        # ECS says only that the health checks failed; the target group says why.
        task = TaskState(id="task", reason="Task failed ELB health checks" if "health" in expected else "")
        rows.append(_row(text, expected, causes(task, events=[text])))
    return ("Text", "Cause", "Fix", "`why` says"), rows


def log_lines() -> tuple[Row, list[Row]]:
    """Return a table of lines in logs, with causes and remedies."""
    found = ((text, expected, causes(TaskState(id="task"), log=[text])) for text, expected in LOGS.items())
    return ("Line in the log", "Cause", "Fix", "`why` says"), [_row(*it) for it in found]


def exit_codes() -> tuple[Row, list[Row]]:
    """Return a table of exit codes."""
    return ("Exit code", "Cause", "Fix"), list(_exits())


def _exits() -> Iterator[Row]:
    for code in EXIT_CODES:
        container = ContainerState(name="app", exit_code=code)
        task = TaskState(id="task", stop_code="EssentialContainerExited", group="service:web", containers=(container,))
        cause = causes(task)[0]
        yield str(code), _sentence(cause.says), _sentence(cause.remedy)


def _row(text: str, expected: str, found: Sequence[Cause]) -> Row:
    if not found or found[0].id != expected:
        raise NotFoundError(f"{text}: {expected} is not the first of {[it.id for it in found]}")
    return f"`{text}`", _sentence(found[0].says), _sentence(found[0].remedy), f"`{expected}`"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
