"""Input of a job of any kind, and its problems by option."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import cached_property

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, disabled_problems, is_token, seconds
from cdk_containers.core.inputs.job_schedules import job_run_problems
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, EbsVolume, EfsVolume, ImageLike, Volume
from cdk_containers.network import efs_problems
from cdk_containers.observability import JobAlarms

from ..clusters import (
    Capacity,
    Cluster,
    fit_problems,
    instance_groups_of,
    owner_problems,
    platform_of,
    strategy_of,
    strategy_problems,
    task_network_problems,
    unknown_group_problems,
)
from ..tasks import Platform, TaskInput, TaskOptions
from ..tasks.sidecars import with_sidecars
from .start_retry import StartRetry

_MAX_SHARES = 6
_MAX_TASKS = 10


@frozen(slots=False)
class JobInput:
    """The options that jobs of every kind have; see `ScheduledJob`."""

    cluster: Cluster | None
    image: ImageLike | None
    container: Container | None
    sidecars: Sequence[Container]
    volumes: Sequence[Volume]
    cpu: int | None
    memory_limit_mib: int | None
    task: TaskOptions = field(default_factory=TaskOptions)
    capacity: Sequence[Capacity] | None
    task_count: int
    timeout: DurationLike | None
    retries: int
    start_retry: StartRetry = field(default_factory=StartRetry)
    alarms: JobAlarms | Disabled = field(default_factory=JobAlarms)
    outputs: bool
    security_groups: Sequence[ec2.ISecurityGroup]
    vpc_subnets: ec2.SubnetSelection | None

    @property
    def strategy(self) -> Sequence[Capacity]:
        """The capacity strategy of runs: their own, or that of the cluster."""
        return strategy_of(self.capacity, self.cluster)

    @property
    def platform(self) -> Platform:
        """The platform of runs; a strategy has only one kind of capacity."""
        return platform_of(self.strategy)

    @property
    def is_watched(self) -> bool:
        """Whether something must wait for the end of a run, which EventBridge does not."""
        return self.timeout is not None or self.retries != 0

    @property
    def timeout_seconds(self) -> int | None:
        """Time for one attempt."""
        return None if self.timeout is None else seconds(self.timeout)

    @cached_property
    def task_input(self) -> TaskInput:
        """Input of the job's task."""
        return TaskInput(
            image=self.image,
            container=self.container,
            sidecars=self.sidecars,
            volumes=self.volumes,
            cpu=self.cpu,
            memory_limit_mib=self.memory_limit_mib,
            task=self.task,
            platform=self.platform,
        )

    def problems(self) -> list[Problem]:
        """Find all problems."""
        found = Problems()
        found.extend(self.task_input.problems())
        found.extend(self._capacity_problems())
        if not found:
            found.extend(fit_problems(self.strategy, with_sidecars(self.task_input.workload, self.task), self.task))
        found.extend(
            task_network_problems(
                security_groups=self.security_groups,
                vpc_subnets=self.vpc_subnets,
                network_mode=self.task.network_mode,
                cluster=self.cluster,
            )
        )
        found.extend(self._group_problems())
        found.extend(self._volume_problems())
        found.extend(job_run_problems(self.timeout_seconds, self.retries))
        found.extend(self.start_retry.problems(), under="start_retry")
        if isinstance(self.alarms, JobAlarms):
            found.extend(self.alarms.problems(), under="alarms")
        found.extend(disabled_problems(self.alarms), under="alarms")
        return list(found)

    def _capacity_problems(self) -> list[Problem]:
        found = Problems()
        if self.capacity is None:
            return []
        found.extend(strategy_problems(self.capacity) or owner_problems(self.capacity, self.cluster))
        if len(self.capacity) > _MAX_SHARES:
            found.add(
                "capacity",
                "more shares than EventBridge accepts",
                given=len(self.capacity),
                allowed=f"1–{_MAX_SHARES}",
                practice="one-kind-per-strategy",
            )
        return list(found)

    def count_problems(self, *, watched: bool) -> list[Problem]:
        """Find an invalid number of tasks; `watched` is a job with a state machine."""
        found = Problems()
        if is_token(self.task_count) or self.task_count == 1:
            return []
        if not 1 <= self.task_count <= _MAX_TASKS:
            found.add(
                "task_count", "out of range", given=self.task_count, allowed=f"1–{_MAX_TASKS}", practice="job-input"
            )
        elif watched:
            found.add(
                "task_count",
                "Step Functions starts only one task, and waits for its end",
                given=self.task_count,
                allowed="1; or a job without timeout, retries and overlap; or an EventJob with for_each",
                practice="job-input",
            )
        return list(found)

    def _group_problems(self) -> list[Problem]:
        """Find file systems for runs with unknown security groups."""
        on_instances = self.platform in ("EC2", "MANAGED_INSTANCES") and self.task.network_mode != "awsvpc"
        mounts = any(isinstance(volume, EfsVolume) for volume in self.volumes)
        if not mounts or not on_instances or self.cluster is None:
            return []
        groups = instance_groups_of(self.strategy, self.cluster)
        return unknown_group_problems(groups, self.cluster, why="the file system must let the runs reach it")

    def _volume_problems(self) -> list[Problem]:
        found = Problems()
        for index, volume in enumerate(self.volumes):
            if isinstance(volume, EbsVolume):
                found.add(
                    f"volumes[{index}]",
                    "only a service can give each task an EBS volume; EventBridge cannot",
                    given=volume.name,
                    allowed="task=TaskOptions(ephemeral_storage_gib=…) on Fargate, or an EfsVolume",
                    practice="ebs-volume",
                )
        if any(isinstance(volume, EfsVolume) for volume in self.volumes):
            if self.cluster is not None:
                found.extend(efs_problems(self.volumes, self.cluster.vpc))
            else:
                found.add(
                    "cluster",
                    "a file system belongs to a network, but the job would get a new network",
                    allowed="a cluster in the network of the file system",
                    practice="efs-same-vpc",
                )
        return list(found)
