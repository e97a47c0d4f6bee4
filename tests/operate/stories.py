"""What happens to the shop, as scripts: a canary, tasks that run out of memory, logs, a decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.operate import shop
from tests.operate.script import ACCOUNT, NOW, REGION, Error

PAUSE = {
    "hookId": "hook-1",
    "targetType": "PAUSE",
    "status": "AWAITING_ACTION",
    "expiresAt": NOW + timedelta(minutes=40),
    "timeoutAction": "ROLLBACK",
}


def shifting(share: float, stage: str = "PRODUCTION_TRAFFIC_SHIFT", status: str = "IN_PROGRESS", **more: Any) -> Any:
    """A canary with a share of the traffic; it began just now."""
    return shop.deployment(
        status,
        stage,
        **{
            "begun": NOW,
            "sourceServiceRevisions": [shop.side(41, requestedProductionTrafficWeight=100 - share)],
            "targetServiceRevision": shop.side(42, requestedProductionTrafficWeight=share),
            **more,
        },
    )


STARTING = shifting(0.0, "SCALE_UP", targetServiceRevision=shop.side(42, runningTaskCount=0, pendingTaskCount=2))
CANARY = [
    *[STARTING] * 6,
    *[shifting(10.0)] * 23,
    *[shifting(100.0, "BAKE_TIME")] * 26,
    shifting(100.0, "CLEAN_UP", "SUCCESSFUL", finishedAt=NOW + timedelta(minutes=12, seconds=3)),
]
"""A whole canary that goes well."""

FAILED_CANARY = [
    *[STARTING] * 6,
    *[shifting(10.0)] * 3,
    *[shifting(0.0, status="ROLLBACK_IN_PROGRESS")] * 3,
    shifting(
        0.0,
        "CLEAN_UP",
        "ROLLBACK_SUCCESSFUL",
        finishedAt=NOW + timedelta(minutes=1, seconds=50),
        rollback={"reason": "An alarm went off", "startedAt": NOW, "serviceRevisionArn": shop.revision_arn("Web", 41)},
        alarms={"status": "TRIGGERED", "alarmNames": ["web-5xx"], "triggeredAlarmNames": ["web-5xx"]},
    ),
]


def definition(driver: str = "awslogs", *, container: str = "app") -> dict[str, Any]:
    options = {"awslogs-group": "/shop/web", "awslogs-stream-prefix": "app", "awslogs-region": REGION}
    return {
        "ecs.describe_task_definition": {
            "taskDefinition": {
                "containerDefinitions": [
                    {"name": container, "logConfiguration": {"logDriver": driver, "options": options}},
                    {"name": "proxy", "logConfiguration": {"logDriver": "awsfirelens"}},
                ]
            }
        }
    }


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def line(second: int, message: str, task: str = "a1b2c3", id_: str = "") -> dict[str, Any]:
    at = milliseconds(NOW + timedelta(seconds=second))
    return {
        "timestamp": at,
        "ingestionTime": at,
        "message": message,
        "logStreamName": f"app/app/{task}",
        "eventId": id_ or f"{second}-{message}",
    }


LAST_LINES = {
    "logs.get_log_events": {
        "events": [
            {"timestamp": milliseconds(NOW), "message": "loading the catalogue\n"},
            {"timestamp": milliseconds(NOW), "message": "412 MiB of 512 MiB used\n"},
        ]
    }
}

EVENTS_GROUP = "/aws/events/dev-shop-events"


def stored(*events: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that stores events of the cluster, and what is stored."""
    pattern = {
        "source": ["aws.ecs"],
        "detail": {"clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{shop.CLUSTER}"]},
    }
    other = {"source": ["aws.ecs"], "detail": {"clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/other"]}}
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{EVENTS_GROUP}:*"

    def targets(parameters: Mapping[str, Any]) -> dict[str, Any]:
        assert parameters["Rule"] == "Store"
        return {"Targets": [{"Id": "Target", "Arn": group}, {"Id": "Topic", "Arn": f"arn:aws:sns:{REGION}:1:x"}]}

    messages = [{"timestamp": milliseconds(NOW), "message": json.dumps(it), "eventId": str(it)} for it in events]
    return {
        "events.list_rules": {
            "Rules": [
                {"Name": "Store", "EventPattern": json.dumps(pattern), "State": "ENABLED"},
                {"Name": "Other", "EventPattern": json.dumps(other), "State": "ENABLED"},
                {"Name": "Nightly", "ScheduleExpression": "rate(1 day)", "State": "ENABLED"},
            ]
        },
        "events.list_targets_by_rule": targets,
        "logs.filter_log_events": {"events": [*messages, {"timestamp": 1, "message": "no event", "eventId": "x"}]},
    }


def task_event(at: datetime, task: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a task that stopped, as EventBridge writes it."""
    detail = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in task.items()}
    return {"time": at.isoformat(), "detail-type": "ECS Task State Change", "resources": [], "detail": detail}


def deployment_event(at: datetime, name: str, reason: str) -> dict[str, Any]:
    return {
        "time": at.isoformat(),
        "detail-type": "ECS Deployment State Change",
        "resources": [shop.service_arn("Web")],
        "detail": {"eventName": name, "reason": reason},
    }


NO_PLACE = {
    "id": "1",
    "createdAt": NOW - timedelta(minutes=3),
    "message": "(service dev-application-Web) was unable to place a task because no container instance met all of its "
    "requirements.",
}

DENIED = Error(
    "AccessDeniedException",
    "User: arn:aws:sts::123456789012:assumed-role/Reader/me is not authorized to perform: ecs:DescribeServices",
)
