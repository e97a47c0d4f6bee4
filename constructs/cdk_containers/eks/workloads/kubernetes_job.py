"""A job on EKS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, argument_problems, is_token, seconds, usable_arguments
from cdk_containers.core.inputs.calls import Elsewhere
from cdk_containers.core.inputs.job_schedules import job_run_problems, job_schedule_problems
from cdk_containers.model.workload import Container, ImageLike, Volume

from ..clusters import EksCluster
from ..rendering import JobFacts, Loss, PodFacts, render_job
from .elsewhere import JOBS
from .kubernetes_workload import KubernetesWorkload
from .namespaces import DEFAULT_NAMESPACE
from .pod_input import PodInput, name_from
from .pod_options import PodOptions

_START_SECONDS = 3600
_SHORTEST_START_SECONDS = 10
_NO_SCHEDULED_TIME = Loss(
    option="container.environment['SCHEDULED_TIME']",
    kind="approximated",
    what="no variable contains the scheduled time of a run",
    instead="the time at which it runs",
    practice="job-schedule",
)


class KubernetesJob(KubernetesWorkload):
    """A container that runs to completion on a schedule on EKS, with the same description as `ScheduledJob` on ECS.

    A Kubernetes CronJob starts the pods. Only the role is a CloudFormation resource, so AWS does not see the runs and
    has no alarm for failed runs.

    Attributes:
        schedule: The schedule.

    See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
    """

    _elsewhere: ClassVar[Elsewhere] = {
        **JOBS,
        "start_retry": ("Kubernetes itself starts a run or gives up", "start_within"),
        "alarms": (
            "AWS does not see the runs of a CronJob",
            "kube_job_failed in the metrics of the cluster, or an alarm on output of the job",
        ),
    }

    schedule: str

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        schedule: str,
        image: ImageLike | None = None,
        container: Container | None = None,
        sidecars: Sequence[Container] = (),
        volumes: Sequence[Volume] = (),
        cpu: int | None = 256,
        memory_limit_mib: int | None = 512,
        pod: PodOptions | None = None,
        time_zone: str | None = None,
        enabled: bool = True,
        overlap: Literal["ALLOW", "SKIP"] = "ALLOW",
        timeout: DurationLike | None = None,
        retries: int = 0,
        start_within: DurationLike | None = None,
        namespace: str = DEFAULT_NAMESPACE,
        job_name: str | None = None,
    ) -> None:
        """Create a job.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster in which it runs.
            schedule: Schedule in AWS syntax: `cron(0 3 * * ? *)`, or `rate(5 minutes)`, which counts from the full hour
                here. `at(…)` is not supported.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the job, instead of `image`.
            sidecars: Additional containers, which stop when it does. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a run; 1024 are one vCPU. None leaves the size to the containers. Default: 256.
            memory_limit_mib: Memory of a run in MiB. None leaves the size to the containers. Default: 512.
            pod: Options that most workloads do not change: role, nodes, security. Default: `PodOptions()`.
            time_zone: Time zone of `cron`, such as `Europe/Berlin`; a rate has none. Default: UTC.
            enabled: Whether the schedule is enabled. Default: True.
            overlap: What happens if the previous run is still running: `ALLOW` runs both, `SKIP` skips the new run.
                Default: `ALLOW`.
            timeout: Maximum duration of one attempt, 60 s to 365 days. An attempt that exceeds it is stopped and counts
                as failed. Default: none.
            retries: Retries of a failed run, with growing delays, 0–99. Default: 0.
            start_within: Time after the scheduled moment in which a run may still start, 10 s or more. Default: an
                hour, as with `StartRetry`.
            namespace: Namespace of its objects, which the first workload in it creates. Default: `apps`.
            job_name: Name of its objects, up to 52 characters. A new name creates a second job. Default: derived from
                `id`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(KubernetesJob.__init__, locals())
        given = usable_arguments(KubernetesJob.__init__, locals(), found)
        if found.has("schedule"):
            given["schedule"] = None  # the rest can be checked without
        else:
            found.extend_anew(job_schedule_problems(schedule, given["time_zone"]))
        time = None if given["timeout"] is None else seconds(given["timeout"])
        within = _START_SECONDS if given["start_within"] is None else seconds(given["start_within"])
        found.extend_anew(job_run_problems(time, given["retries"]))
        found.extend_anew(_token_problems({"timeout": time, "retries": given["retries"]}))
        found.extend_anew(_start_problems(within))
        if not found.has("cluster"):
            pods = _pods(given, name=given["job_name"] or name_from(str(id)), time=time, within=within)
            problems = Problems()
            problems.extend(self._pod_problems(pods))
            found.extend_anew(problems)
        found.raise_for(scope, id)
        CheckedConstruct.__init__(self, scope, id)

        self.schedule = schedule
        self._make_pods(pods)
        self._write(losses=[_NO_SCHEDULED_TIME])


def _pods(given: Mapping[str, Any], *, name: str, time: int | None, within: int) -> PodInput:
    def options(pods: PodInput) -> PodFacts:
        return JobFacts(
            **pods.pod.of_pods,
            **{option: given[option] for option in ("schedule", "time_zone", "overlap", "enabled", "retries")},
            timeout_seconds=time,
            start_within_seconds=within,
        )

    shared = ("cluster", "image", "container", "sidecars", "volumes", "cpu", "memory_limit_mib", "namespace")
    return PodInput(
        **{option: given[option] for option in shared},
        pod=given["pod"] or PodOptions(),
        name=name,
        name_option="job_name",
        render=render_job,
        options=options,
        words=(("timeout_seconds", "timeout"), ("start_within_seconds", "start_within")),
    )


def _token_problems(values: Mapping[str, object]) -> list[Problem]:
    found = Problems()
    for option, value in values.items():
        if value is not None and is_token(value):
            found.add(
                option,
                "a Kubernetes object needs the actual number",
                given=Shown("a token"),
                allowed="a value known at synthesis",
            )
    return list(found)


def _start_problems(within: int) -> list[Problem]:
    found = Problems()
    if is_token(within) or within < _SHORTEST_START_SECONDS:
        found.add(
            "start_within",
            "Kubernetes checks only every 10 s whether a job is due, and would start none",
            given=Shown("a token" if is_token(within) else f"{within} s"),
            allowed="10 s or more, known at synthesis",
            practice="job-schedule",
        )
    return list(found)
