"""Step scaling: adds or removes tasks depending on the value of a metric."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs

from cdk_containers.core.cdk_modules import cloudwatch_actions
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, as_duration, field_problems, in_seconds, is_token, seconds

from .target_metric import metric_problems

_PRACTICE = "step-intervals"
_MOST_STEPS = 20

AdjustmentType: TypeAlias = Literal["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]

_ADJUSTMENT_TYPES = {
    "ChangeInCapacity": autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
    "PercentChangeInCapacity": autoscaling.AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
    "ExactCapacity": autoscaling.AdjustmentType.EXACT_CAPACITY,
}


@frozen
class ScalingStep:
    """The change of the task count while a metric is in a range.

    Attributes:
        change: Tasks to add, or to remove if negative. With another adjustment type: percent, or the number of tasks to
            have.
        lower: Lower bound of the range. Default: none; everything below `upper`.
        upper: Upper bound of the range. Default: none; everything above `lower`.
    """

    change: int
    lower: float | None = None
    upper: float | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds of the range."""
        return (
            float("-inf") if self.lower is None else self.lower,
            float("inf") if self.upper is None else self.upper,
        )

    @property
    def has_token(self) -> bool:
        """Whether a bound is known only at deployment."""
        return is_token([edge for edge in (self.lower, self.upper) if edge is not None])

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if self.lower is None and self.upper is None:
            found.add(
                "lower",
                "the range has no bounds",
                allowed="lower, upper, or both",
                practice=_PRACTICE,
            )
        elif not self.has_token and self.bounds[0] >= self.bounds[1]:
            found.add(
                "upper",
                "not more than lower",
                given=self.upper,
                allowed=f"more than {self.lower}",
                practice=_PRACTICE,
            )
        return list(found)


@frozen
class StepScaling:
    """Adds or removes tasks by ranges of a metric, for loads that target tracking follows too slowly.

    Ranges are absolute values of the metric. One alarm watches the ranges above the quiet range, in which nothing
    happens, and another alarm watches those below.

    Attributes:
        metric: The metric, or a `MathExpression`.
        steps: Change for each range; up to 20 above and 20 below the quiet range.
        adjustment_type: Meaning of `change`: tasks to add, percent of the current tasks, or the exact number of tasks.
            Default:
            ChangeInCapacity, tasks.
        min_change: Minimum number of tasks that a change in percent adds or removes. Default: 1.
        cooldown: Time before the next change of the same kind. Default: 60 s after adding tasks, 300 s after removing
            tasks.
        evaluation_periods: Number of periods of the metric to evaluate. Default: 1.
        datapoints_to_alarm: How many of these periods must be in the range. Default: all.

    See https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
    """

    metric: cloudwatch.IMetric
    steps: Sequence[ScalingStep]
    adjustment_type: AdjustmentType = "ChangeInCapacity"
    min_change: int | None = None
    cooldown: DurationLike | None = None
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None

    @property
    def below(self) -> Sequence[ScalingStep]:
        """The steps below the quiet range, lowest first."""
        return [step for step in self._ordered if step.bounds[1] <= self._quiet[0]]

    @property
    def above(self) -> Sequence[ScalingStep]:
        """The steps above the quiet range, lowest first."""
        return [step for step in self._ordered if step.bounds[0] >= self._quiet[1]]

    @property
    def _ordered(self) -> Sequence[ScalingStep]:
        return sorted(self.steps, key=lambda step: step.bounds)

    @property
    def _gaps(self) -> Sequence[tuple[float, float]]:
        """The ranges in which nothing happens."""
        edges = [float("-inf"), *(edge for step in self._ordered for edge in step.bounds), float("inf")]
        return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]

    @property
    def _quiet(self) -> tuple[float, float]:
        return self._gaps[0]

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for index, step in enumerate(self.steps):
            found.extend(step.problems(), under=f"steps[{index}]")
        found.extend(self._alarm_problems())
        found.extend(metric_problems(self.metric))
        if not found:
            found.extend(self._range_problems() or self._change_problems())
        return list(found)

    def _range_problems(self) -> list[Problem]:
        found = Problems()
        overlaps = [(one, other) for one, other in pairwise(self._ordered) if one.bounds[1] > other.bounds[0]]
        allowed = "adjacent ranges, with one quiet range between or beside them in which nothing happens"
        if not self.steps:
            found.add("steps", "there is none", allowed="at least one step", practice=_PRACTICE)
        elif len(self.steps) > 1 and any(step.has_token for step in self.steps):
            found.add("steps", "a bound is known only at deployment", allowed="numbers", practice=_PRACTICE)
        elif overlaps:
            given = Shown(" and ".join(_range(*step.bounds) for step in overlaps[0]))
            found.add("steps", "two ranges overlap", given=given, allowed=allowed, practice=_PRACTICE)
        elif len(self._gaps) != 1:
            gaps = Shown(", ".join(_range(*gap) for gap in self._gaps) or "every range has a step")
            what = (
                "there is more than one range in which nothing happens"
                if self._gaps
                else "there is no quiet range in which nothing happens"
            )
            found.add("steps", what, given=gaps, allowed=allowed, practice=_PRACTICE)
        elif max(len(self.above), len(self.below)) > _MOST_STEPS:
            found.add(
                "steps",
                "more steps than Application Auto Scaling accepts for one alarm",
                given=max(len(self.above), len(self.below)),
                allowed=f"up to {_MOST_STEPS} above the quiet range, and below",
                practice=_PRACTICE,
            )
        return list(found)

    def _change_problems(self) -> list[Problem]:
        found = Problems()
        exact = self.adjustment_type == "ExactCapacity"
        for index, step in enumerate(self.steps):
            if is_token(step.change):
                continue
            if step.change < 0 if exact else step.change == 0:
                found.add(
                    f"steps[{index}].change",
                    "fewer than zero tasks" if exact else "nothing changes",
                    given=step.change,
                    allowed="0 or more"
                    if exact
                    else "a number other than 0; for a range in which nothing happens, remove the step",
                    practice=_PRACTICE,
                )
        for side in () if exact or found else (self.above, self.below):
            if any(step.change > 0 for step in side) and any(step.change < 0 for step in side):
                found.add(
                    "steps",
                    "on one side of the quiet range, some steps add tasks and others remove them",
                    given=Shown(", ".join(f"{step.change:+}" for step in side)),
                    allowed="one direction on each side",
                    practice=_PRACTICE,
                )
        return list(found)

    def _alarm_problems(self) -> list[Problem]:
        found = Problems()
        periods, points = self.evaluation_periods, self.datapoints_to_alarm
        if not is_token(periods) and periods < 1:
            found.add("evaluation_periods", "out of range", given=periods, allowed="1 or more", practice=_PRACTICE)
        elif points is not None and not is_token([points, periods]) and not 1 <= points <= periods:
            found.add("datapoints_to_alarm", "out of range", given=points, allowed=f"1–{periods}", practice=_PRACTICE)
        if self.min_change is not None:
            if self.adjustment_type != "PercentChangeInCapacity":
                found.add(
                    "min_change",
                    "min_change applies only to changes in percent",
                    given=self.min_change,
                    allowed='remove it, or set adjustment_type="PercentChangeInCapacity"',
                    practice=_PRACTICE,
                )
            elif not is_token(self.min_change) and self.min_change < 1:
                found.add("min_change", "out of range", given=self.min_change, allowed="1 or more", practice=_PRACTICE)
        if self.cooldown is not None and not is_token(value := seconds(self.cooldown)) and value < 0:
            found.add("cooldown", "out of range", given=Shown(f"{value} s"), allowed="0 s or more", practice=_PRACTICE)
        return list(found)


def add_step_scaling(count: ecs.ScalableTaskCount, name: str, scaling: StepScaling) -> None:
    """Add the policies and the alarms of step scaling.

    CDK's `scale_on_metric` requires at least two steps and treats everything from 0 to the first step as quiet.
    """
    if scaling.above:
        _add_side(count, f"{name}Above", scaling, scaling.above, above=True)
    if scaling.below:
        _add_side(count, f"{name}Below", scaling, scaling.below, above=False)


def _add_side(
    count: ecs.ScalableTaskCount, name: str, scaling: StepScaling, steps: Sequence[ScalingStep], *, above: bool
) -> None:
    """Add the policy for one side of the quiet range; its bounds are relative to the edge of that range."""
    threshold = steps[0].lower if above else steps[-1].upper
    adds = scaling.adjustment_type == "ExactCapacity" or steps[0].change > 0
    percent = scaling.adjustment_type == "PercentChangeInCapacity"
    action = autoscaling.StepScalingAction(
        count,
        f"{name}Policy",
        scaling_target=count,
        adjustment_type=_ADJUSTMENT_TYPES[scaling.adjustment_type],
        cooldown=as_duration(scaling.cooldown) if scaling.cooldown is not None else in_seconds(60 if adds else 300),
        metric_aggregation_type=autoscaling.MetricAggregationType.AVERAGE,
        min_adjustment_magnitude=(scaling.min_change or 1) if percent else None,
    )
    for step in steps:
        action.add_adjustment(
            adjustment=step.change,
            lower_bound=_distance(step.lower, threshold),
            upper_bound=_distance(step.upper, threshold),
        )
    operators = cloudwatch.ComparisonOperator
    alarm = cloudwatch.Alarm(
        count,
        f"{name}Alarm",
        metric=scaling.metric,
        threshold=threshold or 0,
        comparison_operator=(
            operators.GREATER_THAN_OR_EQUAL_TO_THRESHOLD if above else operators.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        ),
        evaluation_periods=scaling.evaluation_periods,
        datapoints_to_alarm=scaling.datapoints_to_alarm,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description="Starts step scaling of the service",
    )
    alarm.add_alarm_action(cloudwatch_actions.ApplicationScalingAction(action))


def _distance(bound: float | None, threshold: float | None) -> float | None:
    if bound is None or threshold is None:
        return None
    return 0 if bound == threshold else bound - threshold


def _range(low: float, high: float) -> str:
    return f"{low:g} to {high:g}".replace("-inf to", "below").replace("to inf", "and above")
