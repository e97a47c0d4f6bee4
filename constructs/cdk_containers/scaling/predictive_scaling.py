"""Predictive scaling of services: starts tasks ahead of a load that recurs every day or week."""

from __future__ import annotations

from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds

_PRACTICE = "predictive-scaling"
_FORECAST_INTERVAL = 3600
_CPU_PERCENT = 60

_Policy = autoscaling.CfnScalingPolicy


@frozen
class PredictiveServiceScaling:
    """Starts tasks ahead of a load that recurs every day or week.

    It learns from the last 14 days and needs at least 24 hours of data. It only adds tasks; the other scaling policies
    of the service remove them.

    Attributes:
        cpu_percent: Average CPU use to plan for, 1–100. Default: 60, unless another target is given.
        memory_percent: Average memory use to plan for, 1–100, instead of CPU. Default: none.
        requests_per_target: Requests per task and minute to plan for, of a service behind an Application Load Balancer,
            instead of CPU. Default: none.
        forecast_only: Forecasts without acting, so that you can check the forecast first. Default: False.
        buffer: How long before the forecast load tasks start, less than one hour. Default: 300 s.
        over_max_percent: Lets the forecast exceed `max_tasks`, by this percentage, 0–100. Default: never.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/predictive-auto-scaling.html
    """

    cpu_percent: int | None = None
    memory_percent: int | None = None
    requests_per_target: int | None = None
    forecast_only: bool = False
    buffer: DurationLike | None = None
    over_max_percent: int | None = None

    @property
    def buffer_seconds(self) -> int:
        """Time before the forecast load, in seconds."""
        return 300 if self.buffer is None else seconds(self.buffer)

    @property
    def target(self) -> tuple[str, int]:
        """The pair of metrics to forecast, and the value to keep."""
        if self.requests_per_target is not None:
            return "ALBRequestCount", self.requests_per_target
        if self.memory_percent is not None:
            return "ECSServiceMemoryUtilization", self.memory_percent
        return "ECSServiceCPUUtilization", _CPU_PERCENT if self.cpu_percent is None else self.cpu_percent

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        targets = {
            "cpu_percent": self.cpu_percent,
            "memory_percent": self.memory_percent,
            "requests_per_target": self.requests_per_target,
        }
        given = [option for option, value in targets.items() if value is not None]
        if len(given) > 1:
            found.add(
                given[1],
                "a forecast has only one target",
                given=targets[given[1]],
                allowed=f"one of {' and '.join(given)}",
                practice=_PRACTICE,
            )
        for option, value, low, high in (
            ("cpu_percent", self.cpu_percent, 1, 100),
            ("memory_percent", self.memory_percent, 1, 100),
            ("requests_per_target", self.requests_per_target, 1, None),
            ("buffer", self.buffer_seconds, 0, _FORECAST_INTERVAL - 1),
            ("over_max_percent", self.over_max_percent, 0, 100),
        ):
            if value is not None and not is_token(value) and (value < low or (high is not None and value > high)):
                allowed = f"{low} or more" if high is None else f"{low}–{high}"
                found.add(option, "out of range", given=value, allowed=allowed, practice=_PRACTICE)
        return list(found)


def add_predictive_scaling(
    count: ecs.ScalableTaskCount,
    name: str,
    scaling: PredictiveServiceScaling,
    target_group: elbv2.ApplicationTargetGroup | None,
) -> None:
    """Add the policy, for which CDK has no construct."""
    pair, value = scaling.target
    label = None
    if scaling.requests_per_target is not None and target_group is not None:
        label = f"{target_group.first_load_balancer_full_name}/{target_group.target_group_full_name}"
    _Policy(
        count,
        name,
        policy_name=name,
        policy_type="PredictiveScaling",
        scaling_target_id=count.scalable_target_ref.resource_id,
        predictive_scaling_policy_configuration=_Policy.PredictiveScalingPolicyConfigurationProperty(
            mode="ForecastOnly" if scaling.forecast_only else "ForecastAndScale",
            scheduling_buffer_time=scaling.buffer_seconds,
            max_capacity_breach_behavior="HonorMaxCapacity"
            if scaling.over_max_percent is None
            else "IncreaseMaxCapacity",
            max_capacity_buffer=scaling.over_max_percent,
            metric_specifications=[
                _Policy.PredictiveScalingMetricSpecificationProperty(
                    target_value=value,
                    predefined_metric_pair_specification=_Policy.PredictiveScalingPredefinedMetricPairProperty(
                        predefined_metric_type=pair, resource_label=label
                    ),
                )
            ],
        ),
    )
