"""Services, with the state that their screens show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from .api import Api
from .exits import NOT_FOUND, Stop
from .read_errors import error_shares
from .read_rollouts import last_rollout
from .read_tasks import read_tasks
from .states import GroupHealth, RolloutState, ServiceEvent, ServiceState
from .targets import Target

_AT_ONCE = 10
_LEAVING = ("draining", "unused")


def describe_services(api: Api, targets: Sequence[Target]) -> dict[str, Mapping[str, Any]]:
    """Return the descriptions of services by ARN, without services that no longer exist.

    Raises:
        Refused: AWS refuses a call.
    """
    by_cluster: dict[str, list[str]] = {}
    for target in targets:
        by_cluster.setdefault(target.cluster, []).append(target.id)
    found: dict[str, Mapping[str, Any]] = {}
    for cluster, arns in by_cluster.items():
        for start in range(0, len(arns), _AT_ONCE):
            some = arns[start : start + _AT_ONCE]
            answer = api.call("ecs", "describe_services", cluster=cluster, services=some) or {}
            found.update((it["serviceArn"], it) for it in answer.get("services", ()))
    return found


def described(api: Api, target: Target) -> Mapping[str, Any]:
    """Return the description of a service.

    Raises:
        Stop: It no longer exists.
        Refused: AWS refuses a call.
    """
    told = describe_services(api, [target]).get(target.id)
    if told is None or told.get("status") == "INACTIVE":
        raise Stop(
            NOT_FOUND,
            f"{target.name} ({target.service}) is no longer in cluster {target.cluster} in {api.name}",
            f"its stack is {target.stack}; the service or the stack may have been deleted" if target.stack else "",
        )
    return told


def summary_of(target: Target, told: Mapping[str, Any], api: Api) -> ServiceState:
    """Return the state of a service from a single call."""
    return ServiceState(
        target=target,
        at=api.now(),
        status=told.get("status", ""),
        desired=told.get("desiredCount", 0),
        running=told.get("runningCount", 0),
        pending=told.get("pendingCount", 0),
        daemon=told.get("schedulingStrategy") == "DAEMON",
        controller=told.get("deploymentController", {}).get("type", "ECS"),
        task_definition=told.get("taskDefinition", "").rpartition("/")[2],
        capacity=_capacity(told),
        events=tuple(events_of(told)),
    )


def read_service(api: Api, target: Target) -> ServiceState:
    """Return the state of a service for its screen. `api.unread` lists the calls that AWS refused.

    Raises:
        Stop: It no longer exists.
        Refused: It cannot be read at all.
    """
    told = described(api, target)
    state = summary_of(target, told, api)
    rollout = api.if_allowed(lambda: last_rollout(api, target), None) if state.controller == "ECS" else None
    if rollout is not None and rollout.runs:
        rollout = replace(rollout, errors=api.if_allowed(partial(error_shares, api, rollout), {}))
    return replace(
        state,
        rollout=rollout,
        images=rollout.target.images if rollout and rollout.target else (),
        stopped=api.if_allowed(lambda: read_tasks(api, target.cluster, service=target.service, stopped=True), ()),
        groups=api.if_allowed(lambda: read_health(api, told), None),
        scaling=api.if_allowed(lambda: read_scaling(api, target), None),
        alarms=api.if_allowed(lambda: _alarms(api, told, rollout), ()),
    )


def events_of(told: Mapping[str, Any]) -> Iterator[ServiceEvent]:
    """Yield the last 100 events of a service, newest first."""
    for it in told.get("events", ()):
        yield ServiceEvent(at=it["createdAt"], message=it.get("message", ""), id=it.get("id", ""))


def read_scaling(api: Api, target: Target) -> tuple[int, int] | None:
    """Return the minimum and maximum task count of Application Auto Scaling; None if it does not scale the service.

    Raises:
        Refused: AWS refuses the call.
    """
    answer = api.call(
        "application-autoscaling",
        "describe_scalable_targets",
        ServiceNamespace="ecs",
        ResourceIds=[f"service/{target.cluster}/{target.service}"],
        ScalableDimension="ecs:service:DesiredCount",
    )
    for it in (answer or {}).get("ScalableTargets", ()):
        return it["MinCapacity"], it["MaxCapacity"]
    return None


def _capacity(told: Mapping[str, Any]) -> str:
    providers = [it["capacityProvider"] for it in told.get("capacityProviderStrategy", ())]
    return ", ".join(providers) or str(told.get("launchType", ""))


def read_health(api: Api, told: Mapping[str, Any]) -> tuple[GroupHealth, ...] | None:
    """Return the health of the targets of a service; None if it has no target groups.

    Raises:
        Refused: AWS refuses a call.
    """
    arns: dict[str, None] = {}
    for it in told.get("loadBalancers", ()):
        for arn in (it.get("targetGroupArn"), it.get("advancedConfiguration", {}).get("alternateTargetGroupArn")):
            if arn:
                arns[arn] = None
    found = [_group(api, arn) for arn in arns]
    return tuple(it for it in found if it is not None) if arns else None


def _group(api: Api, arn: str) -> GroupHealth | None:
    answer = api.call("elbv2", "describe_target_health", TargetGroupArn=arn)
    if answer is None:
        return None
    staying = [it["TargetHealth"] for it in answer.get("TargetHealthDescriptions", ())]
    staying = [it for it in staying if it.get("State") not in _LEAVING]
    bad = [it for it in staying if it.get("State") != "healthy"]
    return GroupHealth(
        name=arn.split("/")[1] if "/" in arn else arn,
        healthy=len(staying) - len(bad),
        total=len(staying),
        reasons=tuple(dict.fromkeys(it.get("Description") or it.get("Reason") or it.get("State", "") for it in bad)),
    )


def _alarms(api: Api, told: Mapping[str, Any], rollout: RolloutState | None) -> tuple[tuple[str, str], ...]:
    named = told.get("deploymentConfiguration", {}).get("alarms", {}).get("alarmNames", ())
    names = list(named or (rollout.alarms if rollout else ()))
    if not names:
        return ()
    found = api.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=names[:100])
    return tuple((it["AlarmName"], it["StateValue"]) for it in found)
