"""Why tasks stop: what AWS says, and the cause that it mostly has."""

from __future__ import annotations

import pytest

from cdk_containers.operate.causes import _SIGNS, causes, causes_of_events, is_trouble
from cdk_containers.operate.states import ContainerState, TaskState
from cdk_containers.operate.tell_services import ending

PULL = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
FETCH = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to retrieve secret from asm: service call has been retried 1 time(s): "
)

REASONS = [
    (PULL + "x/web:9: not found", "image-not-found"),
    (PULL + "x/web:9: pulling from host failed with status code 403 Forbidden", "image-access-denied"),
    (PULL + "docker.io/library/nginx: 429 toomanyrequests: You have reached your pull rate limit", "image-rate-limit"),
    (PULL + "dial tcp 52.1.2.3:443: i/o timeout", "image-not-reached"),
    (
        "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
        "image-architecture",
    ),
    ("CannotPullContainerError: write /var/lib: no space left on device", "disk-full"),
    ("CannotPullContainerError: something else", "image-not-pulled"),
    (
        FETCH + "AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue",
        "secret-access-denied",
    ),
    (
        FETCH
        + "failed to fetch secret: RequestCanceled: request context canceled caused by: context deadline exceeded",
        "secret-not-reached",
    ),
    (FETCH + "ResourceNotFoundException: Secrets Manager can't find the specified secret.", "secret-not-found"),
    (FETCH + "AccessDeniedException: Access to KMS is not allowed", "secret-key"),
    ("ResourceInitializationError: failed to validate logger args: create stream has been retried", "log-group"),
    ("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes", "file-system"),
    ("Timeout waiting for network interface provisioning to complete.", "network-interface"),
    ("ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task", "role-trust"),
    ("Capacity is unavailable at this time. Please try again later or in a different availability zone", "no-capacity"),
    ("RESOURCE:MEMORY", "no-capacity"),
    ("Your Spot Task was interrupted.", "spot-interruption"),
    ("Task failed ELB health checks in (target-group arn:x)", "health-check"),
    ("Task failed container health checks", "container-health-check"),
    ('CannotStartContainerError: exec: "web": executable file not found in $PATH', "command-not-found"),
    ("CannotStartContainerError: exec /app/run: permission denied", "command-not-allowed"),
    ("ECS is performing maintenance on the underlying infrastructure hosting the task.", "maintenance"),
    ("Scaling activity initiated by (deployment ecs-svc/123)", "by-scaling"),
]


def task(reason: str = "", *, code: str = "TaskFailedToStart", exits: int | None = None, why: str = "") -> TaskState:
    container = ContainerState(name="app", exit_code=exits, reason=why)
    return TaskState(id="t", reason=reason, stop_code=code, containers=(container,), group="service:web")


@pytest.mark.parametrize(("reason", "cause"), REASONS, ids=[it[1] for it in REASONS])
def test_what_aws_says_has_a_likely_cause(reason: str, cause: str):
    found = causes(task(reason))
    assert found[0].id == cause
    assert found[0].remedy


EXITED = "EssentialContainerExited"

EXITS = [
    (137, "OutOfMemoryError: Container killed due to memory usage", ["out-of-memory"]),
    (137, "", ["killed"]),
    (139, "", ["segmentation-fault"]),
    (134, "", ["aborted"]),
    (127, "", ["command-not-found"]),
    (126, "", ["command-not-allowed"]),
    (255, "", ["did-not-start"]),
    (1, "", ["application-error"]),
    (0, "", ["application-ended"]),
]


@pytest.mark.parametrize(("code", "reason", "wanted"), EXITS)
def test_an_exit_code_has_a_likely_cause(code: int, reason: str, wanted: list[str]):
    assert [it.id for it in causes(task(code=EXITED, exits=code, why=reason))] == wanted


LOGS = [
    ("OSError: [Errno 30] Read-only file system: '/app/cache'", "read-only-root"),
    ("listen tcp :8080: bind: address already in use", "port-in-use"),
    ("Error: listen EACCES: permission denied 0.0.0.0:80", "port-not-allowed"),
    ("psycopg2.OperationalError: connection refused", "dependency-not-reached"),
    ("AccessDeniedException: User x is not authorized to perform: s3:GetObject", "aws-access-denied"),
    ("exec /usr/bin/web: exec format error", "image-architecture"),
]


@pytest.mark.parametrize(("line", "cause"), LOGS, ids=[it[1] for it in LOGS])
def test_the_last_lines_of_a_log_say_more_than_the_exit_code(line: str, cause: str):
    assert [it.id for it in causes(task(code=EXITED, exits=1), ["starting", line])] == [cause, "application-error"]
    assert [it.id for it in causes(task(code=EXITED, exits=1), ["starting"])] == ["application-error"]


def test_the_load_balancer_says_why_a_health_check_failed():
    failed = task("Task failed ELB health checks in (target-group x)", code="ServiceSchedulerInitiated")
    found = causes(failed, events=["Health checks failed with these codes: [404]"])
    assert [it.id for it in found] == ["health-check-path", "health-check", "by-scaling"]
    assert causes(failed, events=["Health checks failed with these codes: [502]"])[0].id == "health-check-errors"


def test_events_say_why_no_task_starts_at_all():
    placed = "(service web) was unable to place a task because no container instance met all of its requirements."
    assert [it.id for it in causes_of_events([placed])] == ["no-capacity"]
    assert [it.id for it in causes_of_events(["(service web) has reached a steady state."])] == []


def test_what_ecs_stops_on_purpose_is_no_trouble():
    assert not is_trouble(task("Scaling activity initiated by (deployment x)", code="ServiceSchedulerInitiated"))
    assert is_trouble(task("Task failed ELB health checks in (target-group x)", code="ServiceSchedulerInitiated"))
    assert is_trouble(task("something new"))
    assert ending(task("something new")) == "TaskFailedToStart"


def test_every_cause_of_the_table_is_shown_by_a_test():
    shown = {it[1] for it in (*REASONS, *LOGS)} | {one for it in EXITS for one in it[2]}
    shown |= {"health-check-path", "health-check-errors", "by-a-person"}
    assert {it.cause.id for it in _SIGNS} - shown == set()
    assert [it.id for it in causes(task("Task stopped by user", code="UserInitiated"))] == ["by-a-person"]
