"""What AWS says of services, tasks and deployments, as values that nobody changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from cdk_containers.core.frozen import frozen

from .targets import Target

RUNNING_DEPLOYMENTS = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")
"""The states of a deployment that has not ended."""


@frozen
class Revision:
    """A version of a service in a deployment.

    Attributes:
        arn: Its ARN.
        task_definition: Family and revision of its task definition; empty if it could not be read.
        images: The image of each container: its digest, or its name where ECS knows none.
        requested: How many tasks there are to be.
        running: How many run.
        pending: How many are starting.
        production: The share of the traffic in percent; None if no traffic is shifted.
        test: The share of the test traffic, likewise.
        target_group: The target group that its tasks are in, where traffic is shifted.
    """

    arn: str
    task_definition: str = ""
    images: tuple[tuple[str, str], ...] = ()
    requested: int = 0
    running: int = 0
    pending: int = 0
    production: float | None = None
    test: float | None = None
    target_group: str = ""

    @property
    def number(self) -> str:
        """What a reader calls it: the revision of its task definition."""
        return self.task_definition.rpartition(":")[2] or self.arn.rpartition("/")[2][-6:]


@frozen
class Hook:
    """A hook of a deployment.

    Attributes:
        id: What ECS calls it.
        kind: `PAUSE` or `AWS_LAMBDA`.
        status: Such as `AWAITING_ACTION`.
        expires: When ECS decides by itself; None if it never does.
        on_timeout: What it decides: `ROLLBACK` or `CONTINUE`.
    """

    id: str
    kind: str
    status: str
    expires: datetime | None = None
    on_timeout: str = ""


@frozen
class RolloutState:
    """A deployment of a service.

    Attributes:
        arn: Its ARN.
        status: Such as `IN_PROGRESS`.
        stage: The stage of its life, such as `BAKE_TIME`.
        reason: What ECS says of the status.
        created: When it was asked for.
        started: When it began; None if it has not.
        finished: When it ended, likewise.
        sources: The versions that it replaces.
        target: The version that it brings.
        hooks: Its hooks.
        failures: How many tasks the circuit breaker has seen fail.
        threshold: How many it bears; 0 if there is no circuit breaker.
        alarms: The alarms that stop it.
        triggered: Those of them that have.
        rollback_reason: Why it was rolled back.
        errors: The percentage of requests that failed lately, by the ARN of the revision, where it was looked at.
        configuration: How the service is deployed, as ECS says it.
    """

    arn: str
    status: str
    stage: str = ""
    reason: str = ""
    created: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None
    sources: tuple[Revision, ...] = ()
    target: Revision | None = None
    hooks: tuple[Hook, ...] = ()
    failures: int = 0
    threshold: int = 0
    alarms: tuple[str, ...] = ()
    triggered: tuple[str, ...] = ()
    rollback_reason: str = ""
    errors: Mapping[str, float] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.status in RUNNING_DEPLOYMENTS

    @property
    def waiting(self) -> Hook | None:
        """The hook that waits for a decision."""
        return next((it for it in self.hooks if it.status == "AWAITING_ACTION"), None) if self.runs else None

    @property
    def strategy(self) -> str:
        """Such as `CANARY`."""
        return str(self.configuration.get("strategy") or "ROLLING")


@frozen
class ContainerState:
    """A container of a task.

    Attributes:
        name: Its name.
        status: Such as `STOPPED`.
        exit_code: How it ended; None if it has not, or never began.
        reason: What ECS says of it.
        image: Its image.
        health: What its own health check says: `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
    """

    name: str
    status: str = ""
    exit_code: int | None = None
    reason: str = ""
    image: str = ""
    health: str = ""


@frozen
class TaskState:
    """A task.

    Attributes:
        id: The last part of its ARN.
        task_definition: Family and revision.
        status: Such as `RUNNING`.
        started: When it ran at first; None if it never did.
        stopped: When it ended, likewise.
        stop_code: What kind of end it was, such as `EssentialContainerExited`.
        reason: What ECS says of the end.
        health: What the health checks of its containers say.
        group: The service that started it, as `service:name`, or the family of a task without one.
        capacity: The capacity provider or launch type.
        memory: Its memory in MiB; 0 if only containers have some.
        containers: Its containers.
    """

    id: str
    task_definition: str = ""
    status: str = ""
    started: datetime | None = None
    stopped: datetime | None = None
    stop_code: str = ""
    reason: str = ""
    health: str = ""
    group: str = ""
    capacity: str = ""
    memory: int = 0
    containers: tuple[ContainerState, ...] = ()


@frozen
class GroupHealth:
    """The targets of a target group.

    Attributes:
        name: The name of the group.
        healthy: How many targets are healthy.
        total: How many are registered and not leaving.
        reasons: Why others are not, each once.
    """

    name: str
    healthy: int
    total: int
    reasons: tuple[str, ...] = ()


@frozen
class ServiceEvent:
    """Something that ECS said of a service."""

    at: datetime
    message: str
    id: str = ""


@frozen
class ServiceState:
    """A service, at a moment.

    Attributes:
        target: What it is.
        at: The moment, as AWS has it.
        status: `ACTIVE`, `DRAINING` or `INACTIVE`.
        desired: How many tasks there are to be.
        running: How many run.
        pending: How many are starting.
        daemon: Whether it has one task on each instance.
        controller: What deploys it: `ECS`, `CODE_DEPLOY` or `EXTERNAL`.
        task_definition: Family and revision.
        capacity: What it runs on, for a reader.
        images: The image of each container.
        rollout: The deployment that runs, or the last one; None if there is none, or it could not be read.
        stopped: Tasks that stopped within the last hour, the newest first.
        groups: How its targets are; None if there are none, or it could not be read.
        scaling: The fewest and the most tasks; None if nothing scales it.
        alarms: The alarms of its deployments: name and state.
        events: What ECS said last.
    """

    target: Target
    at: datetime
    status: str
    desired: int
    running: int
    pending: int
    daemon: bool = False
    controller: str = "ECS"
    task_definition: str = ""
    capacity: str = ""
    images: tuple[tuple[str, str], ...] = ()
    rollout: RolloutState | None = None
    stopped: tuple[TaskState, ...] = ()
    groups: tuple[GroupHealth, ...] | None = None
    scaling: tuple[int, int] | None = None
    alarms: tuple[tuple[str, str], ...] = ()
    events: tuple[ServiceEvent, ...] = ()


@frozen
class JobState:
    """A job, at a moment.

    Attributes:
        target: What it is.
        at: The moment.
        cluster: Where it runs; empty if that could not be found.
        starts: How it starts, for a reader: a schedule, a rule, by hand.
        enabled: Whether its schedule is on; None if it has none.
        running: Its tasks that run.
        stopped: Those that ended within the last hour, the newest first.
    """

    target: Target
    at: datetime
    cluster: str = ""
    starts: str = ""
    enabled: bool | None = None
    running: tuple[TaskState, ...] = ()
    stopped: tuple[TaskState, ...] = ()


@frozen
class KubernetesState:
    """An EKS cluster, at a moment.

    Attributes:
        target: What it is.
        at: The moment.
        status: Such as `ACTIVE`.
        version: The version of Kubernetes.
        support: Such as `STANDARD`.
        auto: Whether EKS brings the nodes.
        issues: What EKS complains of.
        nodes: Its node groups: name, status, how many nodes are wanted, and what EKS complains of.
        add_ons: Its add-ons: name, version, status, and what EKS complains of.
    """

    target: Target
    at: datetime
    status: str
    version: str = ""
    support: str = ""
    auto: bool = False
    issues: tuple[str, ...] = ()
    nodes: tuple[tuple[str, str, int, str], ...] = ()
    add_ons: tuple[tuple[str, str, str, str], ...] = ()
