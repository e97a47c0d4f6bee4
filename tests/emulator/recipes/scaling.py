"""Auto Scaling: groups of instances, and the count of tasks of a service."""

from typing import Any

from ..recipe import Properties, Recipe, call, renamed, without


def group_request(properties: Properties) -> Properties:
    """Write the subnets as the one string that the API takes."""
    rest = without("MetricsCollection")(renamed(Cooldown="DefaultCooldown")(properties))
    return {**rest, "VPCZoneIdentifier": ",".join(properties["VPCZoneIdentifier"])}


def collect_metrics(api: Any, name: str, properties: Properties) -> None:
    for collection in properties.get("MetricsCollection", []):
        call(api, "enable_metrics_collection", {"AutoScalingGroupName": name, **collection})


# What names a scalable target; CloudFormation refers to it by the three, joined.
TARGET = ("ResourceId", "ScalableDimension", "ServiceNamespace")


def target_key(identity: str) -> Properties:
    return dict(zip(TARGET, identity.split("|"), strict=True))


def put_scheduled_actions(api: Any, identity: str, properties: Properties) -> None:
    """Register the actions that the target now has, and remove the others."""
    key = target_key(identity)
    wanted = properties.get("ScheduledActions", [])
    for action in wanted:
        call(api, "put_scheduled_action", {**key, **action})
    found = {it["ScheduledActionName"] for it in api.describe_scheduled_actions(**key)["ScheduledActions"]}
    for name in found - {it["ScheduledActionName"] for it in wanted}:
        api.delete_scheduled_action(**key, ScheduledActionName=name)


def scaling_policy_request(properties: Properties) -> Properties:
    """Take the reference to the scalable target apart."""
    if "ScalingTargetId" not in properties:
        return properties
    return {**without("ScalingTargetId")(properties), **target_key(properties["ScalingTargetId"])}


def delete_group_policy(api: Any, identity: str) -> None:
    group, policy = identity.split("|")
    api.delete_policy(AutoScalingGroupName=group, PolicyName=policy)


def deregister_scalable_target(api: Any, identity: str) -> None:
    put_scheduled_actions(api, identity, {})
    api.deregister_scalable_target(**target_key(identity))


def delete_scaling_policy(api: Any, arn: str) -> None:
    # arn:aws:autoscaling:REGION:ACCOUNT:scalingPolicy:ID:resource/NAMESPACE/RESOURCE:policyName/NAME
    target, name = arn.split(":resource/")[1].split(":policyName/")
    namespace, resource = target.split("/", 1)
    key = {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": "ecs:service:DesiredCount"}
    api.delete_scaling_policy(PolicyName=name, **key)


RECIPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Recipe(
        service="application-autoscaling",
        create="register_scalable_target",
        prepare=without("ScheduledActions"),
        identity=lambda made, _: "|".join(made[n] for n in TARGET),
        then=put_scheduled_actions,
        attributes=lambda _, identity: {"Id": identity},
        delete=deregister_scalable_target,
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Recipe(
        service="application-autoscaling",
        create="put_scaling_policy",
        name="PolicyName",
        prepare=scaling_policy_request,
        identity=lambda _, response: response["PolicyARN"],
        delete=delete_scaling_policy,
    ),
    "AWS::AutoScaling::ScalingPolicy": Recipe(
        service="autoscaling",
        create="put_scaling_policy",
        name="PolicyName",
        identity=lambda made, _: f"{made['AutoScalingGroupName']}|{made['PolicyName']}",
        delete=delete_group_policy,
    ),
    "AWS::AutoScaling::AutoScalingGroup": Recipe(
        service="autoscaling",
        create="create_auto_scaling_group",
        name="AutoScalingGroupName",
        prepare=group_request,
        identity=lambda made, _: made["AutoScalingGroupName"],
        then=collect_metrics,
        update=("update_auto_scaling_group", "AutoScalingGroupName"),
        delete=lambda api, name: api.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True),
    ),
}
