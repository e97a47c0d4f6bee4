"""Why tasks stop: what AWS says of it, and what it mostly means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from cdk_containers.core.frozen import frozen

from .states import TaskState

Place: TypeAlias = Literal["reason", "log", "exit", "events"]


@frozen
class Cause:
    """A likely cause.

    Attributes:
        id: A name that stays.
        says: What it is.
        remedy: What to do about it.
    """

    id: str
    says: str
    remedy: str


@frozen(kw_only=False)
class _Sign:
    """What gives a cause away: a pattern, and where it stands."""

    pattern: str
    cause: Cause
    place: Place = "reason"


def _sign(id_: str, pattern: str, says: str, remedy: str, place: Place = "reason") -> _Sign:
    return _Sign(pattern, Cause(id=id_, says=says, remedy=remedy), place)


_REACH = "give the subnets a NAT gateway or VPC endpoints, and let the security group of the tasks out on port 443"
_FETCHING = "(pull secrets|retrieved? secret|ssm parameters)"

_SIGNS = (
    _sign(
        "image-architecture",
        r"does not contain descriptor matching platform|exec format error",
        "the image is for another processor architecture",
        "build it for the architecture of the task (`architecture` of its options), or for both",
    ),
    _sign(
        "image-architecture",
        r"exec format error",
        "the image is for another processor architecture",
        "build it for the architecture of the task (`architecture` of its options), or for both",
        "log",
    ),
    _sign(
        "image-rate-limit",
        r"CannotPull.*(toomanyrequests|rate limit)",
        "the registry allows no more pulls for now",
        "pull through the cache of ECR (`PullThroughCache`), or sign in to the registry",
    ),
    _sign(
        "image-not-reached",
        r"CannotPull.*(timeout|timed out|deadline exceeded|dial tcp|waiting for connection|no route)",
        "the registry cannot be reached from the subnets of the tasks",
        _REACH,
    ),
    _sign(
        "image-access-denied",
        r"CannotPull.*(403|denied|no basic auth|not authorized|unauthorized)",
        "the registry does not let the task pull the image",
        "let the execution role pull from the repository, and let the repository allow the account",
    ),
    _sign(
        "image-not-found",
        r"CannotPull.*(not found|404|does not exist|manifest unknown)",
        "the image or its tag is not there",
        "push the image first, or name a tag that exists; a lifecycle rule may have removed it",
    ),
    _sign(
        "disk-full",
        r"no space left on device",
        "the disk of the task is full",
        "ask for more ephemeral storage, or for a smaller image",
    ),
    _sign(
        "image-not-pulled",
        r"CannotPull",
        "the image could not be pulled",
        "the reason above says what the registry answered",
    ),
    _sign(
        "secret-not-reached",
        rf"{_FETCHING}.*(timeout|timed out|deadline exceeded|RequestCanceled|dial tcp)",
        "Secrets Manager or Parameter Store cannot be reached from the subnets of the tasks",
        _REACH,
    ),
    _sign(
        "secret-key",
        rf"{_FETCHING}.*(kms|KMS|Decrypt)",
        "the execution role may not use the key that encrypts the secret",
        "allow it kms:Decrypt in its policy and in the policy of the key",
    ),
    _sign(
        "secret-access-denied",
        rf"{_FETCHING}.*(AccessDenied|not authorized)",
        "the execution role may not read the secret",
        "allow it secretsmanager:GetSecretValue or ssm:GetParameters, and look for a denial in the secret's policy",
    ),
    _sign(
        "secret-not-found",
        rf"{_FETCHING}.*(ResourceNotFound|can't find|invalid ssm parameters|json key)",
        "the secret, or the key inside it, is not there",
        "make the secret, or correct its name and key in the container's `secrets`",
    ),
    _sign(
        "log-group",
        r"validate logger args|log stream|log group does not exist",
        "the task cannot write to its log group",
        "keep the log group, let the execution role write to it, and let the subnets reach CloudWatch Logs",
    ),
    _sign(
        "file-system",
        r"EFS utils|mount.*(efs|file system)|fs-[0-9a-f]+",
        "the file system cannot be mounted",
        "open port 2049 from the tasks to the mount targets, and allow the access point in the policy",
    ),
    _sign(
        "network-interface",
        r"network interface provisioning|RESOURCE:ENI|InsufficientFreeAddresses|attach.*network interface",
        "the task got no network interface",
        "look for free addresses in the subnets and for the quota of network interfaces",
    ),
    _sign(
        "role-trust",
        r"unable to assume( the)? role|is unable to assume",
        "ECS cannot take on a role of the task",
        "let ecs-tasks.amazonaws.com assume the role, and keep the role while tasks use it",
    ),
    _sign(
        "out-of-memory",
        r"OutOfMemory",
        "the container used more memory than it may",
        "raise the memory of the container or task, or find the leak",
    ),
    _sign(
        "spot-interruption",
        r"Spot Task was interrupted|SpotInterruption|spot interruption",
        "Fargate Spot or EC2 Spot took the capacity back",
        "run several tasks, and some of them on capacity that is not Spot",
    ),
    _sign(
        "no-capacity",
        r"Capacity is unavailable|unable to place a task|RESOURCE:(CPU|MEMORY|FARGATE)|insufficient (cpu|memory)",
        "there is no place for the task",
        "raise the maximum of the capacity, ask for less CPU or memory, or allow more zones",
    ),
    _sign(
        "no-capacity",
        r"unable to place a task|Capacity is unavailable|no container instance met",
        "there is no place for the task",
        "raise the maximum of the capacity, ask for less CPU or memory, or allow more zones",
        "events",
    ),
    _sign(
        "health-check-path",
        r"ELB health checks.*(404|301|302|401|403)|failed with these codes: \[(404|301|302|401|403)",
        "the load balancer asks for a path that does not answer with 200",
        "set the path of the health check to one that the application answers without signing in",
    ),
    _sign(
        "health-check-errors",
        r"failed with these codes: \[5",
        "the application answers the health check of the load balancer with an error",
        "its log says why; a health check should not depend on what the application calls",
    ),
    _sign(
        "health-check",
        r"failed ELB health checks|Request timed out|failed.*target-group",
        "the application does not answer the load balancer",
        "look for the port, for the address it listens on (0.0.0.0), and for a start that takes longer than "
        "`health_check_grace_period`",
    ),
    _sign(
        "container-health-check",
        r"failed container health checks",
        "the health check of the container fails",
        "run its command in the image: the tool that it calls may be missing, or the start takes longer than its "
        "`start_period`",
    ),
    _sign(
        "command-not-found",
        r"executable file not found|no such file or directory",
        "the command of the container is not in the image",
        "correct `command` or `entry_point`, or build the program into the image",
    ),
    _sign(
        "command-not-allowed",
        r"CannotStart.*permission denied",
        "the user of the container may not run its command",
        "make the file executable for the user that the container runs as",
    ),
    _sign(
        "read-only-root",
        r"[Rr]ead-only file system|EROFS",
        "the application writes to its root file system, which is read-only",
        "write to /tmp, mount a volume where it writes, or switch the protection off with a reason",
        "log",
    ),
    _sign(
        "port-in-use",
        r"[Aa]ddress already in use|EADDRINUSE",
        "the port is taken",
        "two processes or containers of the task listen on one port",
        "log",
    ),
    _sign(
        "port-not-allowed",
        r"bind.*([Pp]ermission denied|EACCES)|listen EACCES",
        "the user of the container may not listen on that port",
        "listen on a port above 1023",
        "log",
    ),
    _sign(
        "dependency-not-reached",
        r"[Cc]onnection refused|ECONNREFUSED|ETIMEDOUT|[Cc]onnection timed out|could not connect to server",
        "something that the application needs cannot be reached",
        "look for the address and port in its log, and for `connect_to` or the security groups between them",
        "log",
    ),
    _sign(
        "aws-access-denied",
        r"AccessDenied(Exception)?\b|is not authorized to perform",
        "the task role lacks a permission",
        "grant what the log names to the task role",
        "log",
    ),
    _sign(
        "maintenance",
        r"maintenance on the underlying|TerminationNotice|InfrastructureHealth|Host EC2",
        "AWS or the group took the machine away",
        "nothing: ECS starts the task again; run several tasks in several zones",
    ),
    _sign(
        "by-scaling",
        r"Scaling activity initiated|ServiceSchedulerInitiated",
        "ECS stopped it on purpose: a deployment, scaling or rebalancing",
        "nothing",
    ),
    _sign(
        "by-a-person",
        r"UserInitiated",
        "somebody stopped it",
        "CloudTrail says who: StopTask",
    ),
)

_KILLED = 137

_EXITS = {
    126: Cause(
        id="command-not-allowed",
        says="the command of the container cannot be executed (exit code 126)",
        remedy="make the file executable for the user that the container runs as",
    ),
    127: Cause(
        id="command-not-found",
        says="the command of the container is not in the image (exit code 127)",
        remedy="correct `command` or `entry_point`, or build the program into the image",
    ),
    134: Cause(id="aborted", says="the application aborted (exit code 134)", remedy="its log says why"),
    _KILLED: Cause(
        id="killed",
        says="the container was killed (exit code 137): too little memory, or it did not end in time after SIGTERM",
        remedy="compare the memory that it uses with what it has, and have the application end on SIGTERM",
    ),
    139: Cause(
        id="segmentation-fault",
        says="the application crashed (segmentation fault, exit code 139)",
        remedy="look for native code that is built for another platform or libc",
    ),
    255: Cause(
        id="did-not-start",
        says="the container did not start, or ended at once (exit code 255)",
        remedy="its log says why; the image may be for another processor architecture",
    ),
}
_ENDED = Cause(
    id="application-ended",
    says="the application ended by itself with exit code 0, and a service has to go on",
    remedy="run it in the foreground, or make a job of it",
)
_FAILED = Cause(
    id="application-error",
    says="the application ended with an error",
    remedy="the last lines of its log say why",
)
_HARMLESS = ("by-scaling",)


def is_trouble(task: TaskState) -> bool:
    """Tell whether a stopped task is one that somebody has to look at."""
    found = causes(task)
    return not found or found[0].id not in _HARMLESS


def causes(task: TaskState, log: Sequence[str] = (), events: Sequence[str] = ()) -> list[Cause]:
    """Return the likely causes of the end of a task, the likeliest first, each once.

    Args:
        task: The task.
        log: The last lines of its log.
        events: What ECS and the load balancer said of the service at that time.
    """
    told = {
        "reason": " ".join((task.reason, *(it.reason for it in task.containers))),
        "log": "\n".join(log),
        "events": "\n".join(events),
    }
    found = [it.cause for it in _SIGNS if it.place in told and re.search(it.pattern, told[it.place], re.DOTALL)]
    if "health checks" in told["reason"]:  # the load balancer says why apart
        found = [it for it in causes_of_events(events) if it.id.startswith("health")] + found
    found += _by_exit_code(task)
    found += [it.cause for it in _SIGNS if it.place == "reason" and re.search(it.pattern, task.stop_code)]
    return list({it.id: it for it in reversed(found)}.values())[::-1]


def causes_of_events(events: Sequence[str]) -> list[Cause]:
    """Return what keeps tasks from starting or from getting well, by what ECS and the load balancer say."""
    told = "\n".join(events)
    found = [it.cause for it in _SIGNS if it.cause.id.startswith("health") and re.search(it.pattern, told)]
    found += [it.cause for it in _SIGNS if it.place == "events" and re.search(it.pattern, told)]
    return list({it.id: it for it in found}.values())


def _by_exit_code(task: TaskState) -> Iterator[Cause]:
    codes = [it.exit_code for it in task.containers if it.exit_code is not None]
    if task.stop_code != "EssentialContainerExited":
        return
    failed = [code for code in codes if code not in (0, 143)]
    killed_for_memory = any("OutOfMemory" in it.reason for it in task.containers)
    yield from (_EXITS[code] for code in failed if code in _EXITS and not (code == _KILLED and killed_for_memory))
    if any(code not in _EXITS for code in failed):
        yield _FAILED
    if codes and not failed and task.group.startswith("service:"):
        yield _ENDED
