"""A job that runs on a schedule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, argument_problems, is_token, seconds, usable_options
from cdk_containers.core.inputs.job_schedules import job_schedule_problems, job_time_zone_problems
from cdk_containers.core.opt_outs import warn_of_past_schedule
from cdk_containers.core.practices import Disabled
from cdk_containers.core.unchecked import unchecked
from cdk_containers.model.workload import Container, ImageLike, Volume
from cdk_containers.observability import JobAlarms

from ..clusters import Capacity, Cluster
from ..tasks import TaskOptions
from .job import Job
from .job_input import JobInput
from .queues import make_queue
from .start_retry import StartRetry
from .state_machine import Runs, let_start
from .task_run import service_role

SCHEDULED_TIME = "SCHEDULED_TIME"
_SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
_INPUT_FIELD = "scheduled_time"
_MAX_WINDOW_MINUTES = 1440


class ScheduledJob(Job):
    """A container that runs to completion on a schedule: nightly, every five minutes, or once.

    EventBridge Scheduler starts the task. With `timeout`, `retries` or `overlap="SKIP"` it starts a Step Functions
    state machine, which waits until the task stops. The container finds its scheduled time in `SCHEDULED_TIME`, because
    a run may start late and, rarely, twice.

    Attributes:
        schedule: The EventBridge schedule.
        schedule_group: Its schedule group, which contains only this schedule.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html
    """

    schedule: scheduler.CfnSchedule
    schedule_group: scheduler.CfnScheduleGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        schedule: str,
        cluster: Cluster | None = None,
        image: ImageLike | None = None,
        container: Container | None = None,
        sidecars: Sequence[Container] = (),
        volumes: Sequence[Volume] = (),
        cpu: int | None = 256,
        memory_limit_mib: int | None = 512,
        task: TaskOptions | None = None,
        capacity: Sequence[Capacity] | None = None,
        task_count: int = 1,
        time_zone: str | None = None,
        flexible_window: DurationLike | None = None,
        enabled: bool = True,
        overlap: Literal["ALLOW", "SKIP"] = "ALLOW",
        timeout: DurationLike | None = None,
        retries: int = 0,
        start_retry: StartRetry | None = None,
        alarms: JobAlarms | Disabled | None = None,
        outputs: bool = True,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        vpc_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        """Create a job.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            schedule: Schedule: `cron(0 3 * * ? *)`, `rate(5 minutes)` or `at(2027-01-31T08:00:00)`.
            cluster: Cluster. Default: a new `Cluster` in a new `Network`.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the job, instead of `image`.
            sidecars: Additional containers. Default: none.
            volumes: Volumes that the containers mount; no `EbsVolume`. Default: none.
            cpu: CPU units of a run; 1024 are one vCPU. On EC2, None leaves the size to the containers. Default: 256,
                the smallest.
            memory_limit_mib: Memory of a run in MiB; Fargate supports only certain combinations with `cpu`. On EC2,
                None leaves the size to the containers. Default: 512.
            task: Options that most tasks do not change: platform, disk, roles, logs. Default: `TaskOptions()`.
            capacity: Capacity for runs, on Fargate or on EC2. Default: the strategy of the cluster.
            task_count: Number of tasks to start, 1–10. With `timeout` or `retries`, Step Functions starts only one.
                Default: 1.
            time_zone: Time zone of `cron` and `at`, such as `Europe/Berlin`; a rate has none. Default: UTC.
            flexible_window: Time window after the schedule in which a run may start, to spread load, in whole minutes,
                1 minute to 1 day. Default: none; it starts on the minute.
            enabled: Whether the schedule is enabled. Default: True.
            overlap: What happens if the previous run is still running: `ALLOW` runs both, `SKIP` skips the new run.
                Default: `ALLOW`.
            timeout: Maximum duration of a run, 60 s to 365 days. A run that exceeds it is stopped and counts as failed.
                Default: none.
            retries: Retries of a failed run, 0–99. The first retry starts after a minute, and the delays grow. Default:
                0.
            start_retry: Retries for runs that cannot start. Default: `StartRetry()`, an hour.
            alarms: Alarms to create, and where to send notifications. `Disabled(reason="…")` creates none. Default:
                `JobAlarms()`, which sends no notifications.
            outputs: Writes the command for a manual run to the stack's outputs. Default: True.
            security_groups: Security groups of its runs, up to 5; requires awsvpc networking. Default: a new one.
            vpc_subnets: Private subnets of its runs; requires awsvpc networking. Default: the subnets of the cluster.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ScheduledJob.__init__, locals())
        given = JobInput(
            cluster=cluster,
            image=image,
            container=container,
            sidecars=sidecars,
            volumes=volumes,
            cpu=cpu,
            memory_limit_mib=memory_limit_mib,
            task=task or TaskOptions(),
            capacity=capacity,
            task_count=task_count,
            timeout=timeout,
            retries=retries,
            start_retry=start_retry or StartRetry(),
            alarms=alarms or JobAlarms(),
            outputs=outputs,
            security_groups=security_groups,
            vpc_subnets=vpc_subnets,
        )
        given = usable_options(given, ScheduledJob.__init__, found)
        watched = given.is_watched or overlap == "SKIP"
        found.extend_anew(
            [
                *given.problems(),
                *given.count_problems(watched=watched),
                *_schedule_problems(found, schedule, time_zone, flexible_window),
            ]
        )
        found.raise_for(scope, id)
        CheckedConstruct.__init__(self, scope, id)

        self._make_task(given)
        if watched:
            self._make_state_machine(given, _runs(given, skip_overlap=overlap == "SKIP"))
        self.dead_letter_queue = queue = make_queue(self, "DeadLetters")
        self.schedule_group = unchecked(scheduler.CfnScheduleGroup, self, "Group")
        group = self.schedule_group.ref
        # Schedules in other groups cannot use this role.
        role = service_role(self, "ScheduleRole", "scheduler", f"schedule-group/{group}")
        self.schedule = unchecked(
            scheduler.CfnSchedule,
            self,
            "Schedule",
            group_name=group,
            schedule_expression=schedule,
            schedule_expression_timezone=None if schedule.startswith("rate(") else time_zone or "UTC",
            flexible_time_window=_window(flexible_window),
            state="ENABLED" if enabled else "DISABLED",
            target=self._target(given, role, queue),
        )
        self._finish(given, self.schedule, role)
        warn_of_past_schedule(self, schedule, time_zone)

    def _target(self, given: JobInput, role: iam.Role, queue: sqs.Queue) -> scheduler.CfnSchedule.TargetProperty:
        queue_arn = queue.queue_arn
        target: dict[str, Any]
        if self.state_machine is not None:
            role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue_arn]))
            target = {"arn": let_start(role, self.state_machine), "input": json.dumps({_INPUT_FIELD: _SCHEDULED_TIME})}
        else:
            self._run.let_start(role, {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn})
            target = {
                "arn": self.cluster.cluster_arn,
                "ecs_parameters": self._run.scheduler_parameters(),
                "input": self._run.overrides({SCHEDULED_TIME: _SCHEDULED_TIME}),
            }
        return scheduler.CfnSchedule.TargetProperty(
            **target,
            role_arn=role.role_arn,
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=given.start_retry.attempts,
                maximum_event_age_in_seconds=seconds(given.start_retry.max_age),
            ),
        )


def _runs(given: JobInput, *, skip_overlap: bool) -> Runs:
    field = f"$states.input.{_INPUT_FIELD}"
    return Runs(
        timeout=given.timeout_seconds,
        retries=given.retries,
        start_attempts=given.start_retry.attempts,
        # A manual run has no scheduled time.
        environment={SCHEDULED_TIME: f"$exists({field}) ? {field} : $states.context.Execution.StartTime"},
        skip_overlap=skip_overlap,
    )


def _window(flexible_window: DurationLike | None) -> scheduler.CfnSchedule.FlexibleTimeWindowProperty:
    window = scheduler.CfnSchedule.FlexibleTimeWindowProperty
    if flexible_window is None:
        return window(mode="OFF")
    return window(mode="FLEXIBLE", maximum_window_in_minutes=seconds(flexible_window) // 60)


def _schedule_problems(
    known: Problems, schedule: str, time_zone: str | None, flexible_window: DurationLike | None
) -> list[Problem]:
    found = Problems()
    if not known.has("schedule"):
        found.extend(job_schedule_problems(schedule, None if known.has("time_zone") else time_zone))
    elif time_zone is not None and not known.has("time_zone"):
        found.extend(job_time_zone_problems(time_zone))
    window = None if known.has("flexible_window") else flexible_window
    if window is not None and not _is_window(length := seconds(window)):
        found.add(
            "flexible_window",
            "not a valid EventBridge Scheduler window",
            given=Shown("a token" if is_token(length) else f"{length} s"),
            allowed="whole minutes, 1 minute to 1 day, known at synthesis",
            practice="job-schedule",
        )
    return list(found)


def _is_window(length: int) -> bool:
    return not is_token(length) and length % 60 == 0 and 1 <= length // 60 <= _MAX_WINDOW_MINUTES
