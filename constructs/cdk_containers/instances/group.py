"""Auto Scaling groups of instances: instance types, purchase options and the maximum lifetime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.cdk_modules import autoscaling
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, as_duration, disabled_problems, is_token, seconds
from cdk_containers.core.practices import Disabled

from .spot import Spot

_MAX_LIFETIME_DAYS = 14
_DAY = 86_400


def what_to_start(
    launch_template: ec2.LaunchTemplate, instance_types: Sequence[str], spot: Spot | None
) -> dict[str, Any]:
    """Return the launch template, or the mixed instances policy, as options of a group."""
    if spot is None and len(instance_types) == 1:
        return {"launch_template": launch_template}
    return {
        "mixed_instances_policy": autoscaling.MixedInstancesPolicy(
            launch_template=launch_template,
            launch_template_overrides=[
                autoscaling.LaunchTemplateOverrides(instance_type=ec2.InstanceType(name)) for name in instance_types
            ],
            instances_distribution=autoscaling.InstancesDistribution(
                on_demand_base_capacity=0 if spot is None else spot.on_demand_base,
                on_demand_percentage_above_base_capacity=100 if spot is None else spot.on_demand_percent,
                on_demand_allocation_strategy=autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
                spot_allocation_strategy=autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
            ),
        )
    }


def lifetime(given: DurationLike | Disabled | None) -> cdk.Duration | None:
    """Return the maximum lifetime of an instance: 14 days by default; None for no limit."""
    if isinstance(given, Disabled):
        return None
    return cdk.Duration.days(_MAX_LIFETIME_DAYS) if given is None else as_duration(given)


def lifetime_problems(given: DurationLike | Disabled | None) -> list[Problem]:
    """Find a lifetime that EC2 Auto Scaling refuses."""
    found = Problems()
    found.extend(disabled_problems(given), under="max_instance_lifetime")
    if given is not None and not isinstance(given, Disabled):
        value = seconds(given)
        if not is_token(value) and not _DAY <= value <= 365 * _DAY:
            found.add(
                "max_instance_lifetime",
                "out of range",
                given=Shown(f"{value} s"),
                allowed="1–365 days",
                practice="instance-lifetime",
            )
    return list(found)
