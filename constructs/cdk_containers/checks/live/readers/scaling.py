"""Scaling of task counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_POLICY = (
    "PolicyName PolicyType PredictiveScalingPolicyConfiguration ResourceId ScalableDimension ServiceNamespace "
    "StepScalingPolicyConfiguration TargetTrackingScalingPolicyConfiguration"
)
_TARGET = "MaxCapacity MinCapacity ResourceId ScalableDimension ServiceNamespace"
_ACTION = "EndTime ScalableTargetAction Schedule ScheduledActionName StartTime Timezone"


@reader(
    {
        "AWS::ApplicationAutoScaling::ScalableTarget": f"{_TARGET} ScheduledActions",
        "AWS::ApplicationAutoScaling::ScalingPolicy": f"{_POLICY} ScalingTargetId",
    },
    application_autoscaling=("describe_scalable_targets", "describe_scaling_policies", "describe_scheduled_actions"),
)
def scaling(account: Account) -> Iterator[Found]:
    """Find the scalable targets and policies of ECS services."""
    service = "application-autoscaling"
    actions: dict[str, list[dict[str, object]]] = {}
    for it in account.pages(service, "describe_scheduled_actions", "ScheduledActions", ServiceNamespace="ecs"):
        actions.setdefault(it["ResourceId"], []).append(properties(it, _ACTION))
    for it in account.pages(service, "describe_scalable_targets", "ScalableTargets", ServiceNamespace="ecs"):
        id_ = _id(it["ResourceId"], it["ScalableDimension"])
        yield Found(
            type="AWS::ApplicationAutoScaling::ScalableTarget",
            name=it.get("ScalableTargetARN", id_),
            properties={**properties(it, _TARGET), "ScheduledActions": actions.get(it["ResourceId"], [])},
            identifiers=frozenset({id_}),
        )
    for it in account.pages(service, "describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs"):
        yield Found(
            type="AWS::ApplicationAutoScaling::ScalingPolicy",
            name=it["PolicyARN"],
            properties={
                **properties(it, _POLICY),
                "ScalingTargetId": _id(it["ResourceId"], it["ScalableDimension"]),
            },
            identifiers=frozenset({it["PolicyARN"]}),
        )


def _id(resource: str, dimension: str) -> str:
    """Return the physical id of a scalable target."""
    return f"{resource}|{dimension}|ecs"
