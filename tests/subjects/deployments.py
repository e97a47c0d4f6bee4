"""Subjects of `deployments`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk

from cdk_containers import (
    AlbExposure,
    BlueGreen,
    Canary,
    CircuitBreaker,
    CodeDeployBlueGreen,
    DeploymentHook,
    DeploymentPause,
    EarlySuccess,
    EventJob,
    Linear,
    Rolling,
)
from tests.toolkit import (
    IMAGE,
    certificate,
    cluster,
    hook_function,
    web,
)

from .making import OFF, alarm
from .subject import Subject

SUBJECTS: list[Subject] = [
    Subject(Rolling, lambda stack, given: web(stack, deployment=Rolling(**given))),
    Subject(
        CircuitBreaker, lambda stack, given: web(stack, deployment=Rolling(circuit_breaker=CircuitBreaker(**given)))
    ),
    Subject(
        EarlySuccess,
        lambda stack, given: web(
            stack, deployment=Rolling(min_healthy_percent=50, early_success=EarlySuccess(**given))
        ),
    ),
    Subject(BlueGreen, lambda stack, given: web(stack, deployment=BlueGreen(**given))),
    Subject(Linear, lambda stack, given: web(stack, deployment=Linear(**given))),
    Subject(Canary, lambda stack, given: web(stack, deployment=Canary(**given))),
    Subject(
        DeploymentHook,
        lambda stack, given: web(stack, deployment=BlueGreen(hooks=[DeploymentHook(**given)])),
        lambda stack: {"function": hook_function(stack), "stages": ["POST_SCALE_UP"]},
    ),
    Subject(
        DeploymentPause,
        lambda stack, given: web(stack, deployment=BlueGreen(hooks=[DeploymentPause(**given)])),
        lambda _: {"stages": ["POST_SCALE_UP"]},
    ),
    Subject(
        CodeDeployBlueGreen,
        lambda stack, given: web(
            stack,
            deployment=CodeDeployBlueGreen(**given),
            exposure=AlbExposure(port=8080, certificate=certificate(stack)),
        ),
    ),
]


def migration(stack: cdk.Stack) -> EventJob:
    return EventJob(stack, "Migration", cluster=cluster(stack), image=IMAGE, timeout=timedelta(hours=1))


SHIFT: dict[str, Any] = {
    "bake_time": timedelta(minutes=30),
    "hooks": [DeploymentPause(stages=["POST_SCALE_UP"])],
    "alarm_rollback": OFF,
    "alarms": alarm,
}

CHANGES: dict[str, dict[str, Any]] = {
    "Rolling": {
        "min_healthy_percent": 50,
        "max_healthy_percent": 150,
        "circuit_breaker": OFF,
        "early_success": EarlySuccess(),
        "alarm_rollback": OFF,
        "alarms": alarm,
        "keep_alternate": True,
    },
    "CircuitBreaker": {"threshold": 20, "threshold_type": "COUNT", "reset_on_healthy_task": False},
    "EarlySuccess": {"healthy_percent": 50, "old_tasks": "BLOCKING"},
    "BlueGreen": SHIFT,
    "Linear": SHIFT | {"step_percent": 25, "step_bake_time": timedelta(minutes=15)},
    "Canary": SHIFT | {"canary_percent": 5, "canary_bake_time": timedelta(minutes=15)},
    "DeploymentHook": {
        "function": lambda stack: hook_function(stack, "Other"),
        "stages": ["PRE_SCALE_UP"],
        "details": {"url": "https://www.example.com"},
        "job": migration,
        "timeout": timedelta(hours=2),
        "on_timeout": "CONTINUE",
    },
    "DeploymentPause": {"stages": ["PRE_SCALE_UP"], "timeout": timedelta(minutes=15), "on_timeout": "CONTINUE"},
    "CodeDeployBlueGreen": {
        "traffic": "CANARY_10PERCENT_5MINUTES",
        "approval_wait": timedelta(minutes=15),
        "termination_wait": timedelta(minutes=60),
        "alarm_rollback": OFF,
        "alarms": alarm,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
