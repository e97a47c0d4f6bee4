"""Subjects of `scaling`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_containers import (
    PredictiveServiceScaling,
    ScalingStep,
    ScheduledScaling,
    ServiceScaling,
    StepScaling,
    TargetMetric,
)
from tests.toolkit import (
    web,
    worker,
)

from .subject import Change, Subject

NIGHT = "cron(0 20 * * ? *)"


def metric(name: str = "Jobs") -> cloudwatch.Metric:
    return cloudwatch.Metric(namespace="Shop", metric_name=name)


def scaled(stack: cdk.Stack, given: dict[str, Any]) -> object:
    make = worker if given.get("messages_per_task") is not None else web
    return make(stack, scaling=ServiceScaling(**given))


def scaled_with(stack: cdk.Stack, **scaling: Any) -> object:
    return web(stack, scaling=ServiceScaling(min_tasks=2, max_tasks=20, **scaling))


SUBJECTS: list[Subject] = [
    Subject(ServiceScaling, scaled, lambda _: {"min_tasks": 2, "max_tasks": 20}),
    Subject(
        TargetMetric,
        lambda stack, given: scaled_with(stack, metrics=[TargetMetric(**given)]),
        lambda _: {"metric": metric(), "target_value": 5},
    ),
    Subject(
        StepScaling,
        lambda stack, given: scaled_with(stack, steps=[StepScaling(**given)]),
        lambda _: {
            "metric": metric(),
            "steps": [ScalingStep(lower=10, change=1)],
            "adjustment_type": "PercentChangeInCapacity",
        },
    ),
    Subject(
        ScalingStep,
        lambda stack, given: scaled_with(stack, steps=[StepScaling(metric=metric(), steps=[ScalingStep(**given)])]),
        lambda _: {"change": 1, "lower": 10},
    ),
    Subject(
        ScheduledScaling,
        lambda stack, given: scaled_with(stack, schedules=[ScheduledScaling(**given)]),
        lambda _: {"schedule": NIGHT, "min_tasks": 3},
    ),
    Subject(
        PredictiveServiceScaling,
        lambda stack, given: scaled_with(stack, predictive=PredictiveServiceScaling(**given)),
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "ServiceScaling": {
        "min_tasks": 3,
        "max_tasks": 30,
        "cpu_percent": 50,
        "memory_percent": 50,
        "requests_per_target": 500,
        "messages_per_task": Change(5, beside={"messages_per_task": 10}),
        "metrics": [TargetMetric(metric=metric(), target_value=5)],
        "steps": [StepScaling(metric=metric(), steps=[ScalingStep(lower=10, change=1)])],
        "schedules": [ScheduledScaling(schedule=NIGHT, min_tasks=1)],
        "predictive": PredictiveServiceScaling(),
        "scale_out_cooldown": timedelta(seconds=30),
        "scale_in_cooldown": timedelta(seconds=30),
    },
    "TargetMetric": {"metric": metric("Others"), "target_value": 7, "scale_in": False},
    "StepScaling": {
        "metric": metric("Others"),
        "steps": [ScalingStep(lower=10, change=2)],
        "adjustment_type": "ExactCapacity",
        "min_change": 3,
        "cooldown": timedelta(seconds=30),
        "evaluation_periods": 3,
        "datapoints_to_alarm": Change(2, beside={"evaluation_periods": 3}),
    },
    "ScalingStep": {
        "change": 2,
        "lower": 20,
        "upper": Change(5, beside={"lower": None, "change": -1, "upper": 4}),
    },
    "ScheduledScaling": {
        "schedule": "rate(1 day)",
        "time_zone": "Europe/Berlin",
        "min_tasks": 4,
        "max_tasks": 30,
    },
    "PredictiveServiceScaling": {
        "cpu_percent": 50,
        "memory_percent": 50,
        "requests_per_target": 500,
        "forecast_only": True,
        "buffer": timedelta(seconds=60),
        "over_max_percent": 10,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
