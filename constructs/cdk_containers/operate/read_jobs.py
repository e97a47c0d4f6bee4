"""Jobs: their starters, their clusters, and how their last runs ended."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from cdk_containers.core.frozen import frozen

from .api import Api
from .read_starts import read_schedule, states_that_run
from .read_tasks import read_tasks
from .states import JobState
from .targets import Target


@frozen
class _Start:
    cluster: str = ""
    text: str = ""
    enabled: bool | None = None


def read_job(api: Api, target: Target) -> JobState:
    """Return the state of a job for its screen.

    Raises:
        Refused: Its tasks cannot be read.
    """
    reads = [partial(_start, api, type_, id_) for type_, id_ in target.starters]
    starts = [it for read in reads if (it := api.if_allowed(read, None)) is not None]
    cluster = next((it.cluster for it in starts if it.cluster), "") or _cluster_with(api, target)
    return JobState(
        target=target,
        at=api.now(),
        cluster=cluster,
        starts=", ".join(it.text for it in starts if it.text) or "by hand",
        enabled=next((it.enabled for it in starts if it.enabled is not None), None),
        running=read_tasks(api, cluster, family=target.family) if cluster else (),
        stopped=read_tasks(api, cluster, family=target.family, stopped=True) if cluster else (),
    )


def _start(api: Api, type_: str, id_: str) -> _Start | None:
    match type_:
        case "AWS::StepFunctions::StateMachine":
            answer = api.call("stepfunctions", "describe_state_machine", stateMachineArn=id_) or {}
            clusters = (str(it.get("Cluster", "")) for it in states_that_run(answer.get("definition", "")))
            return _Start(cluster=next(clusters, ""))
        case "AWS::Scheduler::Schedule":
            answer = read_schedule(api, id_)
            told: Mapping[str, Any] = answer.get("Target", {})
            return _Start(
                cluster=told.get("Arn", "") if "EcsParameters" in told else "",
                text=f"{answer.get('ScheduleExpression', '')} {answer.get('ScheduleExpressionTimezone', '')}".strip(),
                enabled=answer.get("State") == "ENABLED",
            )
        case _:
            targets = api.pages("events", "list_targets_by_rule", "Targets", Rule=id_)
            found = next((it["Arn"] for it in targets if "EcsParameters" in it), None)
            return None if found is None else _Start(cluster=found, text="on an event")


def _cluster_with(api: Api, target: Target) -> str:
    """Return the cluster with tasks of the job, if no starter names one."""

    def search() -> str:
        for cluster in api.pages("ecs", "list_clusters", "clusterArns"):
            for status in ("RUNNING", "STOPPED"):
                of = {"family": target.family, "desiredStatus": status}
                if next(api.pages("ecs", "list_tasks", "taskArns", cluster=cluster, **of), None):
                    return str(cluster)
        return ""

    return api.if_allowed(search, "")
