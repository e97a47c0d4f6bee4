"""Checks that need the whole account, because any of its stacks can contain the missing part."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.checks.engine import Check, Outcome, check, fault, ok
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.rules.job_targets import starts_jobs, state_machine_of
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .limits import ONLY_IN_TEMPLATES

RULE = "AWS::Events::Rule"
SCHEDULE = "AWS::Scheduler::Schedule"
ALARM = "AWS::CloudWatch::Alarm"
_OF_STARTERS = {"AWS/Events", "AWS/Scheduler"}

LIVE_CHECKS: list[Check] = []
"""The checks that need an account."""


def checks_of_accounts() -> list[Check]:
    """Return all checks for an account: the template checks that apply to deployed resources, and these."""
    return [it for it in CHECKS if it.practice not in ONLY_IN_TEMPLATES] + LIVE_CHECKS


@check(
    "cluster-events",
    "AWS::ECS::Cluster",
    fix="Add an AWS::Events::Rule with the source aws.ecs that writes to a log group.",
    among=LIVE_CHECKS,
)
def events_are_kept(cluster: Resource) -> Outcome:
    """Events of tasks and deployments remain available after an hour."""
    for rule in _rules_of_ecs(cluster):
        detail = rule.map("EventPattern", "detail")
        if not detail.has("clusterArn") or any(cluster.identifiers & {it} for it in detail.texts("clusterArn")):
            return ok(f"{rule.logical_id} receives its events")
    return fault("no EventBridge rule receives its events")


@check(
    "job-alarms",
    SCHEDULE,
    RULE,
    fix="Add an AWS::CloudWatch::Alarm for failed runs, and another for the queue in DeadLetterConfig.",
    among=LIVE_CHECKS,
)
def failures_are_noticed(starter: Resource) -> Outcome | None:
    """Failed and missed runs cause a notification."""
    if not starts_jobs(starter):
        return None
    for watched in _watched(starter):
        alarms = watched.referring(ALARM)
        if alarms:
            return ok(f"{alarms[0].logical_id} watches it")
    alarms = starter.template.estate.of_type(ALARM)
    if any(alarm.has("Namespace") and alarm.text("Namespace") in _OF_STARTERS for alarm in alarms):
        raise CannotTell("an alarm watches a schedule group, or a rule by its name")
    if next(_rules_of_ecs(starter), None) is not None:
        raise CannotTell("a rule receives ECS events, and may send notifications about its runs")
    return fault("no alarm watches its runs, and nothing else sends notifications about them")


def _watched(starter: Resource) -> Iterator[Resource]:
    """Yield what an alarm on a job can watch: its state machine, and the queues for runs that did not start."""
    find = starter.template.estate.find
    targets: list[Map] = [starter.map("Target")] if starter.type == SCHEDULE else starter.maps("Targets")
    for target in targets:
        found = (state_machine_of(target, starter), find(target.value("DeadLetterConfig", "Arn"), "AWS::SQS::Queue"))
        yield from (it for it in found if it is not None)


def _rules_of_ecs(resource: Resource) -> Iterator[Resource]:
    """Yield the rules that act on events of ECS without starting a job."""
    for rule in resource.template.estate.of_type(RULE):
        if rule is resource or rule.text("State", default="ENABLED") == "DISABLED" or not rule.values("Targets"):
            continue
        if "aws.ecs" in rule.texts("EventPattern", "source") and not starts_jobs(rule):
            yield rule
