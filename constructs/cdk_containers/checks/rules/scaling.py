"""Checks of scaling."""

from __future__ import annotations

from itertools import pairwise

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .capacity_parts import GROUP, is_for_ecs_group
from .service_parts import CAPACITY_PROVIDER, SCALABLE_TARGET, scaled_service

POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
EXPRESS = "AWS::ECS::ExpressGatewayService"

_QUEUE_LENGTH = {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"}
_DOES_NOT_FALL = {
    "ApproximateAgeOfOldestMessage": "the age of the oldest message does not fall in proportion to tasks",
    "DesiredTaskCount": "the number of tasks is what scaling itself changes",
    "RequestCount": "the total number of requests does not depend on the number of tasks",
    "RunningTaskCount": "the number of tasks is what scaling itself changes",
    "TargetResponseTime": "latency does not fall in proportion to tasks",
}
_OF_SERVICES = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization")


def _is_of_ecs(target: Resource) -> bool:
    return target.text("ServiceNamespace", default="ecs") == "ecs"


def _target_of(policy: Resource) -> Resource | None:
    """Return the scalable target of a policy; None if it is of another stack."""
    if policy.has("ScalingTargetId"):
        return policy.template.estate.find(policy.value("ScalingTargetId"), SCALABLE_TARGET)
    return None


def _is_policy_of_ecs(policy: Resource) -> bool:
    if policy.has("ServiceNamespace"):
        return policy.text("ServiceNamespace") == "ecs"
    target = _target_of(policy)
    return target is not None and _is_of_ecs(target)


@check(
    "scaling-bounds",
    SCALABLE_TARGET,
    EXPRESS,
    GROUP,
    CAPACITY_PROVIDER,
    fix="Set the maximum above the minimum.",
)
def bounds_fit(scaled: Resource) -> Outcome | None:
    """The maximum is above the minimum."""
    if scaled.type == SCALABLE_TARGET:
        return _target_bounds(scaled) if _is_of_ecs(scaled) else None
    if scaled.type == EXPRESS:
        return _bounds(scaled, ("ScalingTarget", "MinTaskCount"), ("ScalingTarget", "MaxTaskCount"))
    if scaled.type == GROUP:
        return _bounds(scaled, ("MinSize",), ("MaxSize",)) if is_for_ecs_group(scaled) else None
    path = ("AutoScalingGroupProvider", "ManagedScaling")
    return _bounds(scaled, (*path, "MinimumScalingStepSize"), (*path, "MaximumScalingStepSize"))


def _bounds(scaled: Resource, least: tuple[str, ...], most: tuple[str, ...]) -> Outcome | None:
    low, high = scaled.number(*least), scaled.number(*most)
    if low is None or high is None:
        return None
    if low > high:
        return fault(f"{least[-1]} is {low:g}, above {most[-1]} of {high:g}")
    return ok(f"{least[-1]} is {low:g}, and {most[-1]} is {high:g}")


def _target_bounds(target: Resource) -> Outcome | None:
    outcome = _bounds(target, ("MinCapacity",), ("MaxCapacity",))
    if outcome is None or not outcome.passes or target.values("ScheduledActions"):
        return outcome
    if target.number("MinCapacity") == target.number("MaxCapacity"):
        return fault("MinCapacity equals MaxCapacity, so nothing scales")
    return outcome


@check(
    "scale-to-zero",
    SCALABLE_TARGET,
    fix="Set MinCapacity to 1 or more, or scale by queue length.",
)
def reaches_zero_only_with_a_queue(target: Resource) -> Outcome | None:
    """A metric can start the first task again."""
    if not _is_of_ecs(target):
        return None
    if target.number("MinCapacity", default=0) > 0:
        return ok("at least one task keeps running")
    service = scaled_service(target)
    if service is not None and service.values("LoadBalancers"):
        return fault("requests fail while no task runs (MinCapacity is 0)")
    policies = target.referring(POLICY)
    if not policies:
        raise CannotTell("the scaling policies are in another stack")
    if all(_predefined(policy) in _OF_SERVICES for policy in policies):
        return fault("without tasks there is no CPU or memory metric to start the first one")
    return ok("a metric other than its own load starts the first task")


def _predefined(policy: Resource) -> str:
    return policy.text(
        "TargetTrackingScalingPolicyConfiguration", "PredefinedMetricSpecification", "PredefinedMetricType"
    )


@check(
    "backlog-per-task", POLICY, fix=("Divide the number of messages by the number of running tasks, with metric math.")
)
def tracks_backlog_of_a_task(policy: Resource) -> Outcome | None:
    """The number of worker tasks follows the number of messages."""
    custom = policy.map("TargetTrackingScalingPolicyConfiguration", "CustomizedMetricSpecification")
    if not custom.source or not _is_policy_of_ecs(policy):
        return None
    if custom.text("MetricName") in _QUEUE_LENGTH:
        return fault("it tracks the messages of a queue, regardless of the number of tasks")
    names = {it.text("MetricStat", "Metric", "MetricName") for it in custom.maps("Metrics")}
    if not names & _QUEUE_LENGTH:
        return None
    expressions = " ".join(it.text("Expression") for it in custom.maps("Metrics"))
    if "/" in expressions:
        return ok("it tracks the waiting messages per task")
    return fault("no expression divides the messages of the queue by the number of tasks")


@check("scaling-metric", POLICY, fix="Track CPU, memory, requests per target, or messages per task.")
def metric_falls_with_tasks(policy: Resource) -> Outcome | None:
    """More tasks reduce the metric."""
    configuration = policy.map("TargetTrackingScalingPolicyConfiguration")
    if not configuration.source or not _is_policy_of_ecs(policy):
        return None
    kind = _predefined(policy)
    if kind == "ALBRequestCountPerTarget":
        if not configuration.has("PredefinedMetricSpecification", "ResourceLabel"):
            return fault("ALBRequestCountPerTarget has no target group", fix="Set ResourceLabel.")
        return ok("it tracks the requests of each target")
    if kind:
        return ok(f"it tracks {kind}")
    name = configuration.text("CustomizedMetricSpecification", "MetricName")
    if name in _DOES_NOT_FALL:
        return fault(f"it tracks {name}: {_DOES_NOT_FALL[name]}")
    if name in {"CPUUtilization", "MemoryUtilization", "RequestCountPerTarget"}:
        return ok(f"it tracks {name}")
    raise CannotTell("the template does not show whether the metric falls when tasks are added")


@check("step-intervals", POLICY, fix="Start each range where the previous range ends.")
def steps_meet(policy: Resource) -> Outcome | None:
    """Each value of the metric has exactly one step."""
    steps = policy.maps("StepScalingPolicyConfiguration", "StepAdjustments")
    if not steps or not _is_policy_of_ecs(policy):
        return None
    ranges = sorted(_range(step) for step in steps)
    for (low, high), (following, _) in pairwise(ranges):
        if following < high:
            return fault(f"the ranges from {low:g} and from {following:g} overlap")
        if following > high:
            return fault(f"no range covers {high:g} to {following:g}")
    empty = [low for low, high in ranges if low >= high]
    if empty:
        return fault(f"the range from {empty[0]:g} ends before it starts")
    return ok("the ranges meet")


def _range(step: Map) -> tuple[float, float]:
    return (
        step.number("MetricIntervalLowerBound", default=float("-inf")),
        step.number("MetricIntervalUpperBound", default=float("inf")),
    )


@check("schedule-expression", SCALABLE_TARGET, fix="Write cron(…) with six fields, and set Timezone.")
def schedules_are_clear(target: Resource) -> Outcome | None:
    """The schedule is valid and has a time zone."""
    return worst(_schedule_outcome, target.maps("ScheduledActions")) if _is_of_ecs(target) else None


def _schedule_outcome(action: Map) -> Outcome:
    schedule = action.text("Schedule")
    from cdk_containers.core.inputs import schedule_problem  # noqa: PLC0415  (few templates have schedules)

    problem = schedule_problem(schedule)
    if problem is not None:
        return fault(f"{schedule} is not a valid schedule: {problem}")
    if not schedule.startswith("rate") and not action.has("Timezone"):
        return fault(f"{schedule} has no time zone, so it uses UTC, without daylight saving time")
    return ok(f"{schedule} has a time zone")


@check("predictive-scaling", POLICY, fix="Add a target tracking policy for the same scalable target.")
def forecasts_have_company(policy: Resource) -> Outcome | None:
    """Scaling also reacts to load that was not forecast."""
    if policy.text("PolicyType") != "PredictiveScaling" or not _is_policy_of_ecs(policy):
        return None
    target = _target_of(policy)
    if target is None:
        raise CannotTell("the scalable target is in another stack")
    if any(it.text("PolicyType") != "PredictiveScaling" for it in target.referring(POLICY)):
        return ok("another policy reacts to the current load")
    return fault("no policy reacts to a load that was not forecast")
