"""States of services, tasks and deployments, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from cdk_containers.core.frozen import frozen

from .targets import Target

RUNNING_DEPLOYMENTS = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")
"""The states of a deployment in progress."""


@frozen
class Revision:
    """A version of a service in a deployment.

    Attributes:
        arn: Its ARN.
        task_definition: Family and revision of its task definition; empty if it could not be read.
        images: Image of each container: its digest, or its name if ECS has no digest.
        requested: Desired number of tasks.
        running: Number of running tasks.
        pending: Number of starting tasks.
        production: Share of the traffic in percent; None if the deployment shifts no traffic.
        test: Share of the test traffic, in the same form.
        target_group: Target group of its tasks, if the deployment shifts traffic.
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
        """The revision of its task definition, for users."""
        return self.task_definition.rpartition(":")[2] or self.arn.rpartition("/")[2][-6:]


@frozen
class Hook:
    """A hook of a deployment.

    Attributes:
        id: Its id in ECS.
        kind: `PAUSE` or `AWS_LAMBDA`.
        status: Status, such as `AWAITING_ACTION`.
        expires: When ECS decides without you; None if it never does.
        on_timeout: The decision of ECS: `ROLLBACK` or `CONTINUE`.
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
        status: Status, such as `IN_PROGRESS`.
        stage: Lifecycle stage, such as `BAKE_TIME`.
        reason: Reason that ECS gives for the status.
        created: When it was requested.
        started: When it began; None if it has not begun.
        finished: When it ended; None if it is in progress.
        sources: Versions that it replaces.
        target: Version that it deploys.
        hooks: Its hooks.
        failures: Number of failed tasks that the circuit breaker counts.
        threshold: Number of failed tasks that stops the deployment; 0 if there is no circuit breaker.
        alarms: Alarms that stop it.
        triggered: Alarms that went off.
        rollback_reason: Why it was rolled back.
        errors: Percentage of requests that failed recently, by ARN of the revision, if it was read.
        configuration: Deployment configuration of the service, as ECS returns it.
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
        """Whether it is in progress."""
        return self.status in RUNNING_DEPLOYMENTS

    @property
    def waiting(self) -> Hook | None:
        """The hook that waits for a decision."""
        return next((it for it in self.hooks if it.status == "AWAITING_ACTION"), None) if self.runs else None

    @property
    def strategy(self) -> str:
        """The deployment strategy, such as `CANARY`."""
        return str(self.configuration.get("strategy") or "ROLLING")


@frozen
class ContainerState:
    """A container of a task.

    Attributes:
        name: Its name.
        status: Status, such as `STOPPED`.
        exit_code: Exit code; None if it has not ended or never started.
        reason: Reason that ECS gives.
        image: Its image.
        health: Result of its health check: `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
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
        status: Status, such as `RUNNING`.
        started: When it started to run; None if it never ran.
        stopped: When it stopped; None if it has not stopped.
        stop_code: Stop code, such as `EssentialContainerExited`.
        reason: Reason that ECS gives for the stop.
        health: Combined result of the health checks of its containers.
        group: Service that started it, as `service:name`, or the family of a task without a service.
        capacity: Capacity provider or launch type.
        memory: Memory of the task in MiB; 0 if only its containers set memory.
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
        healthy: Number of healthy targets.
        total: Number of registered targets that are not draining.
        reasons: Reasons of the unhealthy targets, each once.
    """

    name: str
    healthy: int
    total: int
    reasons: tuple[str, ...] = ()


@frozen
class ServiceEvent:
    """A service event of ECS."""

    at: datetime
    message: str
    id: str = ""


@frozen
class ServiceState:
    """The state of a service at a point in time.

    Attributes:
        target: Service, job or cluster.
        at: Time by the clock of AWS.
        status: `ACTIVE`, `DRAINING` or `INACTIVE`.
        desired: Desired number of tasks.
        running: Number of running tasks.
        pending: Number of starting tasks.
        daemon: Whether it runs one task on each instance.
        controller: What deploys it: `ECS`, `CODE_DEPLOY` or `EXTERNAL`.
        task_definition: Family and revision.
        capacity: Capacity that it runs on, for users.
        images: The image of each container.
        rollout: Deployment in progress, or the last deployment; None if there is none or it could not be read.
        stopped: Tasks that stopped within the last hour, the newest first.
        groups: Health of its targets; None if there are none or they could not be read.
        scaling: Minimum and maximum number of tasks; None if nothing scales it.
        alarms: Name and state of the alarms of its deployments.
        events: Last events of ECS.
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
    """The state of a job at a point in time.

    Attributes:
        target: Service, job or cluster.
        at: Time.
        cluster: Cluster that it runs in; empty if that is not known.
        starts: What starts it, for users: a schedule, a rule, or you.
        enabled: Whether its schedule is on; None if it has no schedule.
        running: Running tasks.
        stopped: Tasks that stopped within the last hour, newest first.
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
    """The state of an EKS cluster at a point in time.

    Attributes:
        target: Service, job or cluster.
        at: Time.
        status: Status, such as `ACTIVE`.
        version: The version of Kubernetes.
        support: Support, such as `STANDARD`.
        auto: Whether EKS provides the nodes (Auto Mode).
        issues: Health issues that EKS reports.
        nodes: Node groups: name, status, desired number of nodes, and health issues.
        add_ons: Add-ons: name, version, status, and health issues.
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
