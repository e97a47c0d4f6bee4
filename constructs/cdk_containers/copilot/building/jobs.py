"""Scheduled jobs."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, cast

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.ecs.clusters import LaunchType
from cdk_containers.ecs.jobs import ScheduledJob
from cdk_containers.ecs.jobs.job_input import JobInput
from cdk_containers.ecs.jobs.state_machine import Runs
from cdk_containers.ecs.jobs.task_run import TaskRun

from ..manifests.models import workloads
from ..manifests.models.networks import Placement
from .containers import contents_of
from .making import REASON, Making
from .messaging import make_topics
from .networks import groups_of, subnets_of
from .ports import Listening
from .schedules import is_on, schedule_of
from .storage import as_volumes
from .tasks import finish_task, make_log_group, task_options
from .variables import common_variables


@frozen(slots=False)
class _PlacedRun(TaskRun):
    """A run in the subnets of the manifest, with a public address if they are public."""

    where: list[str]
    public: bool

    def arguments(self) -> dict[str, Any]:
        told = super().arguments()
        told["NetworkConfiguration"]["AwsvpcConfiguration"] |= {
            "Subnets": self.where,
            "AssignPublicIp": "ENABLED" if self.public else "DISABLED",
        }
        return told


class CopilotJob(ScheduledJob):
    """A job whose timeout covers all attempts, and that is retried after every error."""

    def __init__(self, scope: Construct, id: str, *, where: list[str], public: bool, **options: Any) -> None:  # noqa: A002
        self._where, self._public = where, public
        super().__init__(scope, id, **options)

    def _make_task(self, given: JobInput) -> None:
        super()._make_task(given)
        run = {field.name: getattr(self._run, field.name) for field in fields(self._run)}
        self._run = _PlacedRun(**run, where=self._where, public=self._public)

    def _make_state_machine(self, given: JobInput, runs: Runs) -> None:
        super()._make_state_machine(
            given,
            replace(runs, timeout=None, timeout_of_all_tries=runs.timeout, retried=("States.ALL",), skip_overlap=False),
        )


def make_job(making: Making, workload: workloads.ScheduledJob) -> ScheduledJob:
    """Create the job of a manifest."""
    listening = Listening(workload)
    topics = make_topics(making, workload.publish)
    told = common_variables(making, load_balancer=None, more=topics.told())
    contents = contents_of(making, workload, listening, told)
    schedule = (workload.on.schedule if workload.on is not None else None) or "none"
    where, public = _places(making, workload)
    job = CopilotJob(
        making.scope,
        "Job",
        where=where,
        public=public,
        schedule=schedule_of(schedule),
        enabled=is_on(schedule),
        cluster=making.around.cluster,
        container=contents.containers[0],
        sidecars=contents.containers[1:],
        volumes=as_volumes(workload),
        cpu=workload.cpu or 256,
        memory_limit_mib=workload.memory or 512,
        task=task_options(making, workload, make_log_group(making, workload)),
        capacity=[LaunchType.FARGATE],
        # It also creates a state machine without timeout and retry; runs are not skipped, see above.
        overlap="SKIP",
        timeout=None if workload.timeout is None else workload.timeout,
        retries=workload.retries or 0,
        alarms=Disabled(REASON),
        outputs=False,
        security_groups=groups_of(making, workload),
    )
    finish_task(making, workload, job.task, contents)
    topics.allow_publishing(job.task_role)
    if job.state_machine is not None:
        making.name_it("StateMachine", job.state_machine)
        machine = cast("sfn.CfnStateMachine", resource_of(job.state_machine))
        machine.state_machine_name = making.resource_name(making.full_name)
    return job


def _places(making: Making, workload: workloads.ScheduledJob) -> tuple[list[str], bool]:
    """Return the subnets of runs one by one, because the definition of a state machine cannot contain a list token."""
    _, public = subnets_of(making, workload)
    vpc = workload.network.vpc if workload.network is not None else None
    if vpc is not None and isinstance(vpc.placement, Placement) and isinstance(vpc.placement.subnets, list):
        return vpc.placement.subnets, False
    return making.around.subnet_ids("Public" if public else "Private"), public
