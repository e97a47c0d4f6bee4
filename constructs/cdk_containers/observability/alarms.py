"""Alarms of a service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, field_problems, in_seconds, is_token, seconds
from cdk_containers.load_balancing import Route

from .container_insights import service_metric


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarms:
    """When somebody has to look at a service.

    Attributes:
        topic: SNS topic that is told, when it begins and when it is over. Default: none; the alarms show in CloudWatch
            and roll deployments back all the same.
        server_error_percent: Share of requests answered with a 5xx status, for 3 minutes of 5. Default: 5.
        cpu_percent: Average CPU use, for 15 minutes. Default: 90.
        memory_percent: Average memory use, for 15 minutes. Default: 90.
        missing_tasks: Tasks that are wanted and do not run, for 15 minutes: no place is found for them, or they die as
            soon as they start. Only where the cluster is known to have Container Insights. Default: 1.
        response_time: Slowest response of the fastest 99 %, for 5 minutes. Default: none, since only you know what is
            slow.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
    """

    topic: sns.ITopic | None = None
    server_error_percent: int = 5
    cpu_percent: int = 90
    memory_percent: int = 90
    missing_tasks: int = 1
    response_time: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option in ("server_error_percent", "cpu_percent", "memory_percent"):
            value = getattr(self, option)
            if not is_token(value) and not 1 <= value <= 100:
                found.add(option, "out of range", given=value, allowed="1–100", practice="service-alarms")
        if not is_token(self.missing_tasks) and self.missing_tasks < 1:
            found.add(
                "missing_tasks",
                "out of range",
                given=self.missing_tasks,
                allowed="1 or more",
                practice="service-alarms",
            )
        if self.response_time is not None and not is_token(value := seconds(self.response_time)) and value <= 0:
            found.add(
                "response_time",
                "out of range",
                given=Shown(f"{value} s"),
                allowed="more than 0 s",
                practice="service-alarms",
            )
        return list(found)


def make_server_error_alarms(
    scope: Construct, suffix: str, route: Route, alarms: Alarms
) -> dict[str, cloudwatch.Alarm]:
    """Make the alarms that also roll deployments back, by name; they know no service, which can so wait for them.

    A load balancer that does not speak HTTP has none: there the circuit breaker is what rolls back. A service that is
    deployed blue/green has one for each target group: among all requests, the errors of a canary would be too few.
    """
    pairs = route.errors_and_requests(in_seconds(60))
    return {
        f"ServerErrors{suffix}{colour}": _server_error_alarm(
            scope, f"ServerErrorsAlarm{suffix}{colour}", errors, requests, alarms
        )
        for colour, (errors, requests) in zip(("", "Green"), pairs, strict=False)
    }


def _server_error_alarm(
    scope: Construct,
    id: str,  # noqa: A002
    errors: cloudwatch.IMetric,
    requests: cloudwatch.IMetric,
    alarms: Alarms,
) -> cloudwatch.Alarm:
    minute = in_seconds(60)
    percent = cloudwatch.MathExpression(
        expression="100 * errors / requests",
        using_metrics={"errors": errors, "requests": requests},
        label="Server errors, percent of requests",
        period=minute,
    )
    alarm = cloudwatch.Alarm(
        scope,
        id,
        metric=percent,
        threshold=alarms.server_error_percent,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description="Requests are answered with 5xx",
    )
    notify(alarm, alarms.topic)
    return alarm


def make_alarms(
    scope: Construct,
    service: ecs.BaseService,
    routes: Sequence[Route],
    alarms: Alarms,
    *,
    container_insights: bool = False,
) -> dict[str, cloudwatch.Alarm]:
    """Make the alarms of a service but for its server errors, by name."""
    five_minutes = in_seconds(300)
    made = {
        "Cpu": usage_alarm(scope, "CPU", service.metric_cpu_utilization(period=five_minutes), alarms.cpu_percent),
        "Memory": usage_alarm(
            scope, "Memory", service.metric_memory_utilization(period=five_minutes), alarms.memory_percent
        ),
    }
    made |= route_alarms(scope, routes, alarms)
    if container_insights:
        made["MissingTasks"] = _missing_tasks_alarm(scope, service, alarms)
    for alarm in made.values():
        notify(alarm, alarms.topic)
    return made


def route_alarms(scope: Construct, routes: Sequence[Route], alarms: Alarms) -> dict[str, cloudwatch.Alarm]:
    """Make the alarms of the ways to a service but for its server errors, by name; they tell nobody yet."""
    minute = in_seconds(60)
    made: dict[str, cloudwatch.Alarm] = {}
    for index, route in enumerate(routes):
        suffix = "" if index == 0 else str(index + 1)
        unhealthy = route.unhealthy_tasks(minute)
        if unhealthy is not None:
            made[f"UnhealthyTasks{suffix}"] = cloudwatch.Alarm(
                scope,
                f"UnhealthyTasksAlarm{suffix}",
                metric=unhealthy,
                threshold=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                evaluation_periods=5,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
                alarm_description="A task fails the health check of its load balancer",
            )
        slow = None if alarms.response_time is None else route.response_time(minute, "p99")
        if alarms.response_time is not None and slow is not None:
            made[f"ResponseTime{suffix}"] = cloudwatch.Alarm(
                scope,
                f"ResponseTimeAlarm{suffix}",
                metric=slow,
                threshold=seconds(alarms.response_time),
                evaluation_periods=5,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
                alarm_description="One request in a hundred is slow",
            )
        healthy = route.healthy_tasks(minute) if route.server_errors(minute) is None else None
        if healthy is not None:
            made[f"NoHealthyTasks{suffix}"] = cloudwatch.Alarm(
                scope,
                f"NoHealthyTasksAlarm{suffix}",
                metric=healthy,
                threshold=1,
                comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=5,
                # Without a registered task there is no data.
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
                alarm_description="No task can take connections",
            )
    return made


def _missing_tasks_alarm(scope: Construct, service: ecs.BaseService, alarms: Alarms) -> cloudwatch.Alarm:
    five_minutes = in_seconds(300)
    return cloudwatch.Alarm(
        scope,
        "MissingTasksAlarm",
        metric=cloudwatch.MathExpression(
            expression="desired - running",
            using_metrics={
                "desired": service_metric(service, "DesiredTaskCount", five_minutes),
                "running": service_metric(service, "RunningTaskCount", five_minutes),
            },
            label="Tasks that are wanted and do not run",
            period=five_minutes,
        ),
        threshold=alarms.missing_tasks,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=3,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description="Fewer tasks run than are wanted",
    )


def usage_alarm(scope: Construct, what: str, metric: cloudwatch.Metric, percent: int) -> cloudwatch.Alarm:
    """Make the alarm on the use of CPU or memory."""
    return cloudwatch.Alarm(
        scope,
        f"{what.capitalize()}Alarm",
        metric=metric,
        threshold=percent,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=3,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=f"{what}Utilization is high",
    )


def notify(alarm: cloudwatch.Alarm, topic: sns.ITopic | None) -> None:
    """Tell a topic when an alarm begins and when it is over."""
    if topic is not None:
        action = cloudwatch_actions.SnsAction(topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
