"""Why tasks stop: the messages of AWS, and their most likely causes."""

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
        id: Stable identifier.
        says: Description of the cause.
        remedy: What to do about it.
    """

    id: str
    says: str
    remedy: str


@frozen(kw_only=False)
class _Sign:
    """Pattern that shows a cause, and the text to search for it."""

    pattern: str
    cause: Cause
    place: Place = "reason"


def _sign(id_: str, pattern: str, says: str, remedy: str, place: Place = "reason") -> _Sign:
    return _Sign(pattern, Cause(id=id_, says=says, remedy=remedy), place)


_REACH = "give the subnets a NAT gateway or VPC endpoints, and allow the tasks outbound traffic on port 443"
_FETCHING = "(pull secrets|retrieved? secret|ssm parameters)"

_SIGNS = (
    _sign(
        "image-architecture",
        r"does not contain descriptor matching platform|exec format error",
        "the image is built for another processor architecture",
        "build it for the architecture of the task (`architecture` of its options), or for both",
    ),
    _sign(
        "image-architecture",
        r"exec format error",
        "the image is built for another processor architecture",
        "build it for the architecture of the task (`architecture` of its options), or for both",
        "log",
    ),
    _sign(
        "image-rate-limit",
        r"CannotPull.*(toomanyrequests|rate limit)",
        "the registry limits the rate of pulls",
        "use a pull-through cache of ECR (`PullThroughCache`), or sign in to the registry",
    ),
    _sign(
        "image-not-reached",
        r"CannotPull.*(timeout|timed out|deadline exceeded|dial tcp|waiting for connection|no route)",
        "the tasks cannot reach the registry from their subnets",
        _REACH,
    ),
    _sign(
        "image-access-denied",
        r"CannotPull.*(403|denied|no basic auth|not authorized|unauthorized)",
        "the registry does not let the task pull the image",
        "allow the execution role to pull from the repository, and allow the account in the repository policy",
    ),
    _sign(
        "image-not-found",
        r"CannotPull.*(not found|404|does not exist|manifest unknown)",
        "the image or its tag does not exist",
        "push the image first, or use a tag that exists; a lifecycle rule may have removed it",
    ),
    _sign(
        "disk-full",
        r"no space left on device",
        "the disk of the task is full",
        "increase the ephemeral storage, or make the image smaller",
    ),
    _sign(
        "image-not-pulled",
        r"CannotPull",
        "the image could not be pulled",
        "the reason above has the response of the registry",
    ),
    _sign(
        "secret-not-reached",
        rf"{_FETCHING}.*(timeout|timed out|deadline exceeded|RequestCanceled|dial tcp)",
        "the tasks cannot reach Secrets Manager or Parameter Store from their subnets",
        _REACH,
    ),
    _sign(
        "secret-key",
        rf"{_FETCHING}.*(kms|KMS|Decrypt)",
        "the execution role cannot use the key that encrypts the secret",
        "allow kms:Decrypt in its policy and in the policy of the key",
    ),
    _sign(
        "secret-access-denied",
        rf"{_FETCHING}.*(AccessDenied|not authorized)",
        "the execution role cannot read the secret",
        "allow secretsmanager:GetSecretValue or ssm:GetParameters, and check the policy of the secret for a deny",
    ),
    _sign(
        "secret-not-found",
        rf"{_FETCHING}.*(ResourceNotFound|can't find|invalid ssm parameters|json key)",
        "the secret, or the key inside it, does not exist",
        "create the secret, or correct its name and key in `secrets` of the container",
    ),
    _sign(
        "log-group",
        r"validate logger args|log stream|log group does not exist",
        "the task cannot write to its log group",
        "check the log group, the permissions of the execution role, and the route from the subnets to CloudWatch Logs",
    ),
    _sign(
        "file-system",
        r"EFS utils|mount.*(efs|file system)|fs-[0-9a-f]+",
        "the file system cannot be mounted",
        "open port 2049 from the tasks to the mount targets, and allow the access point in the file system policy",
    ),
    _sign(
        "network-interface",
        r"network interface provisioning|RESOURCE:ENI|InsufficientFreeAddresses|attach.*network interface",
        "the task got no network interface",
        "check the free addresses of the subnets and the quota of network interfaces",
    ),
    _sign(
        "role-trust",
        r"unable to assume( the)? role|is unable to assume",
        "ECS cannot assume a role of the task",
        "allow ecs-tasks.amazonaws.com to assume the role, and do not delete the role while tasks use it",
    ),
    _sign(
        "out-of-memory",
        r"OutOfMemory",
        "the container exceeded its memory limit",
        "increase the memory of the container or task, or fix a memory leak",
    ),
    _sign(
        "spot-interruption",
        r"Spot Task was interrupted|SpotInterruption|spot interruption",
        "Fargate Spot or EC2 Spot reclaimed the capacity",
        "run several tasks, some of them on On-Demand capacity",
    ),
    _sign(
        "no-capacity",
        r"Capacity is unavailable|unable to place a task|RESOURCE:(CPU|MEMORY|FARGATE)|insufficient (cpu|memory)",
        "no capacity is available for the task",
        "increase the maximum capacity, request less CPU or memory, or allow more zones",
    ),
    _sign(
        "no-capacity",
        r"unable to place a task|Capacity is unavailable|no container instance met",
        "no capacity is available for the task",
        "increase the maximum capacity, request less CPU or memory, or allow more zones",
        "events",
    ),
    _sign(
        "health-check-path",
        r"ELB health checks.*(404|301|302|401|403)|failed with these codes: \[(404|301|302|401|403)",
        "the path of the load balancer's health check does not return 200",
        "set the health check to a path that the application serves without sign-in",
    ),
    _sign(
        "health-check-errors",
        r"failed with these codes: \[5",
        "the application responds to the health check of the load balancer with an error",
        "its log shows why; a health check should not depend on services that the application calls",
    ),
    _sign(
        "health-check",
        r"failed ELB health checks|Request timed out|failed.*target-group",
        "the application does not respond to the load balancer",
        "check the port, the address that it listens on (0.0.0.0), and whether it takes longer to start than "
        "`health_check_grace_period`",
    ),
    _sign(
        "container-health-check",
        r"failed container health checks",
        "the health check of the container fails",
        "run its command in the image: a tool may be missing, or the application takes longer to start than its "
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
        "the user of the container cannot execute its command",
        "make the file executable for the user of the container",
    ),
    _sign(
        "read-only-root",
        r"[Rr]ead-only file system|EROFS",
        "the application writes to its root file system, which is read-only",
        "write to /tmp, mount a volume at the path, or turn the protection off with a reason",
        "log",
    ),
    _sign(
        "port-in-use",
        r"[Aa]ddress already in use|EADDRINUSE",
        "the port is already in use",
        "two processes or containers of the task listen on the same port; change one of them",
        "log",
    ),
    _sign(
        "port-not-allowed",
        r"bind.*([Pp]ermission denied|EACCES)|listen EACCES",
        "the user of the container cannot listen on that port",
        "listen on a port above 1023",
        "log",
    ),
    _sign(
        "dependency-not-reached",
        r"[Cc]onnection refused|ECONNREFUSED|ETIMEDOUT|[Cc]onnection timed out|could not connect to server",
        "the application cannot reach something that it needs",
        "find the address and port in its log, and check `connect_to` or the security groups between them",
        "log",
    ),
    _sign(
        "aws-access-denied",
        r"AccessDenied(Exception)?\b|is not authorized to perform",
        "the task role lacks a permission",
        "grant the task role the permission that the log names",
        "log",
    ),
    _sign(
        "maintenance",
        r"maintenance on the underlying|TerminationNotice|InfrastructureHealth|Host EC2",
        "AWS or the Auto Scaling group removed the instance",
        "no action needed: ECS starts the task again; run several tasks in several zones",
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
        "a user or a program stopped it",
        "find StopTask in CloudTrail to see the caller",
    ),
)

_KILLED = 137

_EXITS = {
    126: Cause(
        id="command-not-allowed",
        says="the command of the container cannot be executed (exit code 126)",
        remedy="make the file executable for the user of the container",
    ),
    127: Cause(
        id="command-not-found",
        says="the command of the container is not in the image (exit code 127)",
        remedy="correct `command` or `entry_point`, or build the program into the image",
    ),
    134: Cause(id="aborted", says="the application aborted (exit code 134)", remedy="its log shows why"),
    _KILLED: Cause(
        id="killed",
        says="the container was killed (exit code 137): it ran out of memory, or did not exit in time after SIGTERM",
        remedy="compare its memory use with its limit, and make the application exit on SIGTERM",
    ),
    139: Cause(
        id="segmentation-fault",
        says="the application crashed (segmentation fault, exit code 139)",
        remedy="check for native code that is built for another platform or libc",
    ),
    255: Cause(
        id="did-not-start",
        says="the container did not start, or exited immediately (exit code 255)",
        remedy="its log shows why; the image may be built for another processor architecture",
    ),
}
_ENDED = Cause(
    id="application-ended",
    says="the application exited with code 0, but a service must keep running",
    remedy="run it in the foreground, or use a job",
)
_FAILED = Cause(
    id="application-error",
    says="the application exited with an error",
    remedy="the last lines of its log show why",
)
_HARMLESS = ("by-scaling",)


def is_trouble(task: TaskState) -> bool:
    """Tell whether a stopped task needs attention."""
    found = causes(task)
    return not found or found[0].id not in _HARMLESS


def causes(task: TaskState, log: Sequence[str] = (), events: Sequence[str] = ()) -> list[Cause]:
    """Return the likely causes of the stop of a task, each once, the most likely first.

    Args:
        task: The task.
        log: The last lines of its log.
        events: Service events of ECS at that time, including those about the load balancer.
    """
    told = {
        "reason": " ".join((task.reason, *(it.reason for it in task.containers))),
        "log": "\n".join(log),
        "events": "\n".join(events),
    }
    found = [it.cause for it in _SIGNS if it.place in told and re.search(it.pattern, told[it.place], re.DOTALL)]
    if "health checks" in told["reason"]:  # the load balancer gives the reason separately
        found = [it for it in causes_of_events(events) if it.id.startswith("health")] + found
    found += _by_exit_code(task)
    found += [it.cause for it in _SIGNS if it.place == "reason" and re.search(it.pattern, task.stop_code)]
    return list({it.id: it for it in reversed(found)}.values())[::-1]


def causes_of_events(events: Sequence[str]) -> list[Cause]:
    """Return what keeps tasks from starting or becoming healthy, according to ECS and the load balancer."""
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
