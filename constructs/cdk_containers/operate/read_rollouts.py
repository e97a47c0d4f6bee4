"""Deployments of services, by their ids. The current deployment that a service names can be an older one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .api import Api
from .states import RUNNING_DEPLOYMENTS, Hook, Revision, RolloutState
from .targets import Target


def running_rollout(api: Api, target: Target) -> RolloutState | None:
    """Return the deployment in progress; None if there is none.

    Raises:
        Refused: AWS refuses a call.
    """
    return _newest(api, target, status=list(RUNNING_DEPLOYMENTS))


def last_rollout(api: Api, target: Target) -> RolloutState | None:
    """Return the newest deployment; None if ECS has none, for example after 90 days.

    Raises:
        Refused: AWS refuses a call.
    """
    return _newest(api, target)


def _newest(api: Api, target: Target, **wanted: Any) -> RolloutState | None:
    named = {"service": target.id, "cluster": target.cluster, **wanted}
    found = list(api.pages("ecs", "list_service_deployments", "serviceDeployments", **named))
    if not found:
        return None
    newest = max(found, key=lambda it: it["createdAt"])
    return rollout(api, newest["serviceDeploymentArn"])


def rollout(api: Api, arn: str) -> RolloutState | None:
    """Return a deployment by its ARN; None if ECS no longer has it, for example because the service was deleted.

    Raises:
        Refused: AWS refuses a call.
    """
    answer = api.call("ecs", "describe_service_deployments", serviceDeploymentArns=[arn])
    found = (answer or {}).get("serviceDeployments", ())
    return _rollout(api, found[0]) if found else None


def _rollout(api: Api, told: Mapping[str, Any]) -> RolloutState:
    sources, wanted = told.get("sourceServiceRevisions", []), told.get("targetServiceRevision")
    known = _revisions(api, [it["arn"] for it in (*sources, *([wanted] if wanted else [])) if it.get("arn")])
    breaker, alarms = told.get("deploymentCircuitBreaker", {}), told.get("alarms", {})
    return RolloutState(
        arn=told["serviceDeploymentArn"],
        status=told["status"],
        stage=told.get("lifecycleStage", ""),
        reason=told.get("statusReason", ""),
        created=told.get("createdAt"),
        started=told.get("startedAt"),
        finished=told.get("finishedAt") or told.get("stoppedAt"),
        sources=tuple(_revision(it, known) for it in sources),
        target=_revision(wanted, known) if wanted else None,
        hooks=tuple(_hook(it) for it in told.get("lifecycleHookDetails", ())),
        failures=breaker.get("failureCount", 0),
        threshold=breaker.get("threshold", 0),
        alarms=tuple(alarms.get("alarmNames", ())),
        triggered=tuple(alarms.get("triggeredAlarmNames", ())),
        rollback_reason=told.get("rollback", {}).get("reason", ""),
        configuration=told.get("deploymentConfiguration", {}),
    )


def _revisions(api: Api, arns: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return service revisions. They never change, so each is requested once."""
    remembered: dict[str, Mapping[str, Any]] = api.remembered.setdefault("revisions", {})
    missing = [arn for arn in dict.fromkeys(arns) if arn not in remembered][:20]
    if missing:
        ask = partial(api.call, "ecs", "describe_service_revisions", serviceRevisionArns=missing)
        found = (api.if_allowed(ask, None) or {}).get("serviceRevisions", ())
        remembered.update((it["serviceRevisionArn"], it) for it in found)
    return remembered


def _revision(told: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Revision:
    arn = told.get("arn", "")
    about = known.get(arn, {})
    return Revision(
        arn=arn,
        task_definition=about.get("taskDefinition", "").rpartition("/")[2],
        images=tuple(
            (it.get("containerName", ""), it.get("imageDigest") or it.get("image", ""))
            for it in about.get("containerImages", ())
        ),
        requested=told.get("requestedTaskCount", 0),
        running=told.get("runningTaskCount", 0),
        pending=told.get("pendingTaskCount", 0),
        production=told.get("requestedProductionTrafficWeight"),
        test=told.get("requestedTestTrafficWeight"),
        target_group=next(
            (
                it["targetGroupArn"]
                for it in about.get("resolvedConfiguration", {}).get("loadBalancers", ())
                if "targetGroupArn" in it
            ),
            "",
        ),
    )


def _hook(told: Mapping[str, Any]) -> Hook:
    return Hook(
        id=told.get("hookId", ""),
        kind=told.get("targetType", "AWS_LAMBDA"),
        status=told.get("status", ""),
        expires=told.get("expiresAt"),
        on_timeout=told.get("timeoutAction", ""),
    )
