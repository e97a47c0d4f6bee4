"""The Auto Scaling group of a capacity."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_containers.core.cdk_modules import autoscaling, sns
from cdk_containers.core.inputs import DurationLike
from cdk_containers.core.practices import Disabled
from cdk_containers.instances import Spot, lifetime, what_to_start

from .cluster import Cluster
from .ec2_scaling import GroupScaling, ManagedScaling


def make_group(
    scope: Construct,
    *,
    cluster: Cluster,
    launch_template: ec2.LaunchTemplate,
    instance_types: Sequence[str],
    min_instances: int,
    max_instances: int,
    spot: Spot | None,
    scaling: ManagedScaling | GroupScaling,
    max_lifetime: DurationLike | Disabled | None,
) -> autoscaling.AutoScalingGroup:
    """Create the group of a capacity.

    Args:
        scope: The capacity.
        cluster: The cluster; its instances are in the subnets for tasks.
        launch_template: Their launch template.
        instance_types: Their types in order of preference.
        min_instances: Minimum number of instances.
        max_instances: Maximum number of instances.
        spot: Whether they run on Spot, and how many are On-Demand.
        scaling: How the group scales.
        max_lifetime: Age at which an instance is replaced.
    """
    managed = isinstance(scaling, ManagedScaling)
    return autoscaling.AutoScalingGroup(
        scope,
        "Group",
        vpc=cluster.vpc,
        vpc_subnets=cluster.task_subnets,
        min_capacity=min_instances,
        max_capacity=max_instances,
        new_instances_protected_from_scale_in=(
            isinstance(scaling, ManagedScaling) and scaling.termination_protection is True
        ),
        health_checks=autoscaling.HealthChecks.ec2(grace_period=cdk.Duration.minutes(5)),
        max_instance_lifetime=lifetime(max_lifetime),
        default_instance_warmup=cdk.Duration.minutes(5),
        capacity_rebalance=spot is not None or None,
        group_metrics=[autoscaling.GroupMetrics.all()],
        cooldown=None if managed else cdk.Duration.minutes(5),
        update_policy=autoscaling.UpdatePolicy.instance_refresh(
            strategy=autoscaling.InstanceRefreshStrategy.ROLLING,
            min_healthy_percentage=100,
            max_healthy_percentage=200,
            scale_in_protected_instances=autoscaling.ScaleInProtectedInstances.REFRESH,
        ),
        **what_to_start(launch_template, instance_types, spot),
    )


def add_group_scaling(scope: Construct, group: autoscaling.AutoScalingGroup, scaling: GroupScaling) -> None:
    """Scale a group on its own load.

    Args:
        scope: The capacity.
        group: Its group.
        scaling: How the group scales.
    """
    if scaling.cpu_percent is not None:
        group.scale_on_cpu_utilization("Cpu", target_utilization_percent=scaling.cpu_percent)
    forecast = scaling.predictive
    if forecast is not None:
        policy = autoscaling.CfnScalingPolicy
        policy(
            scope,
            "Forecast",
            auto_scaling_group_name=group.auto_scaling_group_name,
            policy_type="PredictiveScaling",
            predictive_scaling_configuration=policy.PredictiveScalingConfigurationProperty(
                metric_specifications=[
                    policy.PredictiveScalingMetricSpecificationProperty(
                        target_value=forecast.cpu_percent,
                        predefined_metric_pair_specification=policy.PredictiveScalingPredefinedMetricPairProperty(
                            predefined_metric_type="ASGCPUUtilization"
                        ),
                    )
                ],
                mode="ForecastOnly" if forecast.forecast_only else "ForecastAndScale",
                scheduling_buffer_time=forecast.buffer_seconds,
            ),
        )


def notify(group: autoscaling.AutoScalingGroup, topic: sns.ITopic) -> None:
    """Notify a topic of each instance that starts or terminates."""
    resource = group.node.default_child
    assert isinstance(resource, autoscaling.CfnAutoScalingGroup)  # noqa: S101  (for the type checker)
    resource.notification_configurations = [
        autoscaling.CfnAutoScalingGroup.NotificationConfigurationProperty(
            topic_arn=topic.topic_arn,
            notification_types=[
                f"autoscaling:EC2_INSTANCE_{event}"
                for event in ("LAUNCH", "LAUNCH_ERROR", "TERMINATE", "TERMINATE_ERROR")
            ],
        )
    ]
