"""Alarms of a service."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.cdk_modules import sns
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds
from cdk_containers.load_balancing import Route
from cdk_containers.metrics import KnownExpression, KnownMetric, OwnAlarm, insights_metric, usage_metric

_MINUTE, _FIVE_MINUTES = 60, 300


@frozen
class Alarms:
    """Alarms that need the attention of your team.

    Attributes:
        topic: SNS topic that gets a notification when an alarm starts and when it ends. Default: none; the alarms still
            show in CloudWatch and roll back deployments.
        server_error_percent: Percentage of requests answered with a 5xx status, for 3 of 5 minutes. Default: 5.
        cpu_percent: Average CPU utilization in percent, for 15 minutes. Default: 90.
        memory_percent: Average memory utilization in percent, for 15 minutes. Default: 90.
        missing_tasks: Desired tasks that do not run, for 15 minutes, because ECS cannot place them or they stop right
            after the start. Requires a cluster with Container Insights. Default: 1.
        response_time: 99th percentile of the response time, for 5 minutes. Default: none, because only you know what is
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
        """Find problems with these options."""
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


def make_server_error_alarms(scope: Construct, suffix: str, route: Route, alarms: Alarms) -> dict[str, OwnAlarm]:
    """Create the alarms that also roll back deployments, by name; the service can wait for them.

    A load balancer that does not use HTTP has none; the circuit breaker rolls back instead. A service with blue/green
    deployments has one for each target group, because the errors of a canary would be too few among all requests.
    """
    errors, requests = (route.figures(figure, period=_MINUTE) for figure in ("server_errors", "requests"))
    return {
        f"ServerErrors{suffix}{colour}": OwnAlarm(
            scope=scope,
            id=f"ServerErrorsAlarm{suffix}{colour}",
            metric=KnownExpression(
                expression="100 * errors / requests",
                metrics={"errors": failed, "requests": all_of_them},
                label="Server errors, percent of requests",
            ),
            threshold=alarms.server_error_percent,
            evaluation_periods=5,
            datapoints_to_alarm=3,
            description="Requests are answered with 5xx",
            topic=alarms.topic,
        )
        for colour, failed, all_of_them in zip(("", "Green"), errors, requests, strict=False)
    }


def make_alarms(
    scope: Construct,
    service: ecs.BaseService,
    routes: Sequence[Route],
    alarms: Alarms,
    *,
    container_insights: bool = False,
) -> dict[str, OwnAlarm]:
    """Create the alarms of a service except those for server errors, by name."""
    made = {
        what.capitalize(): usage_alarm(
            scope, what, usage_metric(service, f"{what}Utilization", period=_FIVE_MINUTES), percent, alarms.topic
        )
        for what, percent in (("CPU", alarms.cpu_percent), ("Memory", alarms.memory_percent))
    }
    made |= route_alarms(scope, routes, alarms)
    if container_insights:
        made["MissingTasks"] = _missing_tasks_alarm(scope, service, alarms)
    return made


def route_alarms(scope: Construct, routes: Sequence[Route], alarms: Alarms) -> dict[str, OwnAlarm]:
    """Create the alarms of the routes of a service except those for server errors, by name."""
    made: dict[str, OwnAlarm] = {}
    for index, route in enumerate(routes):
        made |= _route_alarms(scope, "" if index == 0 else str(index + 1), route, alarms)
    return made


def _route_alarms(scope: Construct, suffix: str, route: Route, alarms: Alarms) -> dict[str, OwnAlarm]:
    made = {}
    unhealthy = route.figure("unhealthy_tasks")
    if unhealthy is not None:
        made[f"UnhealthyTasks{suffix}"] = OwnAlarm(
            scope=scope,
            id=f"UnhealthyTasksAlarm{suffix}",
            metric=unhealthy,
            threshold=1,
            evaluation_periods=5,
            description="A task fails the health check of its load balancer",
            topic=alarms.topic,
        )
    slow = None if alarms.response_time is None else route.figure("response_time", statistic="p99")
    if alarms.response_time is not None and slow is not None:
        made[f"ResponseTime{suffix}"] = OwnAlarm(
            scope=scope,
            id=f"ResponseTimeAlarm{suffix}",
            metric=slow,
            threshold=seconds(alarms.response_time),
            evaluation_periods=5,
            description="One request in a hundred is slow",
            topic=alarms.topic,
        )
    healthy = route.figure("healthy_tasks") if route.figure("server_errors") is None else None
    if healthy is not None:
        made[f"NoHealthyTasks{suffix}"] = OwnAlarm(
            scope=scope,
            id=f"NoHealthyTasksAlarm{suffix}",
            metric=healthy,
            threshold=1,
            comparison="LessThanThreshold",
            evaluation_periods=5,
            missing="breaching",  # without a registered task there is no data
            description="No task can take connections",
            topic=alarms.topic,
        )
    return made


def _missing_tasks_alarm(scope: Construct, service: ecs.BaseService, alarms: Alarms) -> OwnAlarm:
    return OwnAlarm(
        scope=scope,
        id="MissingTasksAlarm",
        metric=KnownExpression(
            expression="desired - running",
            metrics={
                "desired": insights_metric(service, "DesiredTaskCount", period=_FIVE_MINUTES),
                "running": insights_metric(service, "RunningTaskCount", period=_FIVE_MINUTES),
            },
            label="Tasks that are wanted and do not run",
            period=_FIVE_MINUTES,
        ),
        threshold=alarms.missing_tasks,
        evaluation_periods=3,
        description="Fewer tasks run than are wanted",
        topic=alarms.topic,
    )


def usage_alarm(scope: Construct, what: str, metric: KnownMetric, percent: int, topic: sns.ITopic | None) -> OwnAlarm:
    """Create the alarm on the use of `CPU` or `Memory`, in percent."""
    return OwnAlarm(
        scope=scope,
        id=f"{what.capitalize()}Alarm",
        metric=metric,
        threshold=percent,
        evaluation_periods=3,
        description=f"{what}Utilization is high",
        topic=topic,
    )
