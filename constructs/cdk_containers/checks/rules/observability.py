"""Checks of alarms on services."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Resource

from .service_parts import SERVICE, target_groups_of

_ALARM = "AWS::CloudWatch::Alarm"
_COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
_OURS = {"AWS/ECS", "ECS/ContainerInsights", "AWS/ApplicationELB", "AWS/NetworkELB", "AWS/ELB"}


@check("service-alarms", _ALARM, SERVICE, fix="Set AlarmActions to an SNS topic.")
def tells_somebody(resource: Resource) -> Outcome | None:
    """Alarms of a service have actions."""
    return _service(resource) if resource.type == SERVICE else _alarm(resource)


def _alarm(alarm: Resource) -> Outcome | None:
    if not _is_of_containers(alarm):
        return None
    enabled = alarm.flag("ActionsEnabled", default=True)
    if enabled and alarm.values("AlarmActions"):
        return ok("it sends notifications")
    if alarm.referring(SERVICE, _COMPOSITE, "AWS::CodeDeploy::DeploymentGroup"):
        return ok("a deployment or another alarm uses it")
    if not enabled:
        return fault("its actions are disabled", fix="Remove ActionsEnabled, and set AlarmActions to an SNS topic.")
    raise CannotTell("it has no action, but an EventBridge rule may send notifications")


def _is_of_containers(alarm: Resource) -> bool:
    if alarm.has("Namespace"):
        return alarm.text("Namespace") in _OURS
    metrics = (it.map("MetricStat", "Metric") for it in alarm.maps("Metrics"))
    return any(metric.has("Namespace") and metric.text("Namespace") in _OURS for metric in metrics)


def _service(service: Resource) -> Outcome:
    watched = [service, *target_groups_of(service)]
    if any(one.referring(_ALARM) for one in watched):
        return ok("alarms watch it")
    raise CannotTell("its alarms may be in another stack, or refer to it by name")
