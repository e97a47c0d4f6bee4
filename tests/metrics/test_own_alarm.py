"""Alarms cost one call, and are CDK's constructs for whoever wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions

from cdk_containers import Alarms, AlbExposure, NlbExposure, WebService
from tests.toolkit import IMAGE, certificate, cluster, new_stack, resources, synth, topic

ALARM = "AWS::CloudWatch::Alarm"


def watched(*, told: bool = False) -> tuple[cdk.Stack, WebService]:
    stack = new_stack()
    web = WebService(
        stack,
        "Web",
        cluster=cluster(stack, has_container_insights=True),
        image=IMAGE,
        exposure=[AlbExposure(port=8080, certificate=certificate(stack)), NlbExposure(port=9090, protocol="TCP")],
        alarms=Alarms(
            topic=topic(stack, "alerts") if told else None, response_time=cdk.Duration.seconds(2), missing_tasks=2
        ),
    )
    return stack, web


@pytest.mark.parametrize("told", [False, True])
def test_cdk_would_write_the_same(told: bool):  # noqa: FBT001
    plain, asked = watched(told=told), watched(told=told)
    made = [asked[1].alarms[name] for name in asked[1].alarms]
    assert len(made) == 8
    assert {type(alarm) for alarm in made} == {cloudwatch.Alarm}
    assert resources(synth(asked[0]), ALARM) == resources(synth(plain[0]), ALARM)


def test_asked_twice_it_is_the_same():
    _, web = watched()
    assert web.alarms["Cpu"] is web.alarms["Cpu"]
    assert len(web.alarms) == len(list(web.alarms)) == 8
    with pytest.raises(KeyError):
        web.alarms["Gpu"]


def add_action(stack: cdk.Stack, alarm: cloudwatch.Alarm) -> None:
    alarm.add_alarm_action(cloudwatch_actions.SnsAction(topic(stack, "mine")))


def compose(stack: cdk.Stack, alarm: cloudwatch.Alarm) -> None:
    rule = cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
    cloudwatch.CompositeAlarm(stack, "All", alarm_rule=rule)


def show(stack: cdk.Stack, alarm: cloudwatch.Alarm) -> None:
    cloudwatch.Dashboard(stack, "Board", widgets=[[cloudwatch.AlarmWidget(title="Cpu", alarm=alarm)]])


def name(stack: cdk.Stack, alarm: cloudwatch.Alarm) -> None:
    del stack
    resource: Any = alarm.node.default_child
    resource.alarm_name = "shop-cpu"


@pytest.mark.parametrize(
    ("use", "seen"),
    [
        (add_action, "arn:aws:sns:eu-west-1:111111111111:mine"),
        (compose, "CompositeAlarm"),
        (show, "AWS::CloudWatch::Dashboard"),
        (name, "shop-cpu"),
    ],
)
def test_what_people_do_with_alarms_works(use: Callable[[cdk.Stack, cloudwatch.Alarm], None], seen: str):
    before = synth(watched()[0])
    stack, web = watched()
    use(stack, web.alarms["Cpu"])
    after = synth(stack)
    assert seen in str(after)
    assert seen not in str(before)
    assert resources(after, ALARM).keys() == resources(before, ALARM).keys()
