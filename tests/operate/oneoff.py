"""Scripts of tasks that start by hand, of sessions in tasks, and a stand-in for the Session Manager plugin."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.operate import shop, stories
from tests.operate.script import ACCOUNT, NOW, REGION

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}}
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{shop.CLUSTER}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/WebTask"
TASK = "f00d"
ME = {"Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/jo@example.com"}


def web(**changes: Any) -> dict[str, Any]:
    more = {"networkConfiguration": NETWORK, "platformVersion": "LATEST", "propagateTags": "TASK_DEFINITION"}
    return {"ecs.describe_services": {"services": [shop.ecs_service(**{**more, **changes})]}}


def container(name: str = "app", **changes: Any) -> dict[str, Any]:
    options = {"awslogs-group": "/shop/web", "awslogs-stream-prefix": "app", "awslogs-region": REGION}
    log = {"logDriver": "awslogs", "options": options}
    return {"name": name, "image": "shop/web:1.2", "essential": True, "logConfiguration": log, **changes}


def definition(*containers: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    told = {
        "taskDefinitionArn": shop.task_definition_arn("web"),
        "family": "web",
        "revision": 42,
        "status": "ACTIVE",
        "registeredBy": "x",
        "taskRoleArn": ROLE,
        "executionRoleArn": f"{ROLE}Execution",
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": list(containers) or [container(readonlyRootFilesystem=True)],
        **changes,
    }
    tags = [{"key": "component", "value": "Shop/Web"}, {"key": "aws:cloudformation:stack-name", "value": shop.STACK}]
    return {"ecs.describe_task_definition": {"taskDefinition": told, "tags": tags}}


def task(status: str = "RUNNING", id_: str = TASK, *, exec_: bool = True, agent: str = "RUNNING", **more: Any) -> Any:
    agents = [{"name": "ExecuteCommandAgent", "lastStatus": agent}] if exec_ else []
    return {
        "taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{shop.CLUSTER}/{id_}",
        "taskDefinitionArn": shop.task_definition_arn("web"),
        "clusterArn": CLUSTER,
        "lastStatus": status,
        "enableExecuteCommand": exec_,
        "startedAt": NOW - timedelta(minutes=3),
        "containers": [{"name": "app", "lastStatus": status, "runtimeId": f"{id_}-1", "managedAgents": agents}],
        **more,
    }


def ended(exit_code: int | None = 0, reason: str = "Essential container in task exited", **more: Any) -> Any:
    code = {} if exit_code is None else {"exitCode": exit_code}
    containers = [{"name": "app", "lastStatus": "STOPPED", **code}]
    stop_code = "TaskFailedToStart" if exit_code is None else "EssentialContainerExited"
    told = {"stoppedReason": reason, "stopCode": stop_code, "stoppedAt": NOW, "containers": containers, **more}
    return task("STOPPED", **told)


def described(*tasks: Mapping[str, Any]) -> dict[str, Any]:
    """What ECS says of a task, one after the other."""
    return {"ecs.describe_tasks": [{"tasks": [it]} for it in tasks]}


def log(*pages: list[str]) -> dict[str, Any]:
    """What a stream has, page by page; the last page has nothing new."""
    at = stories.milliseconds(NOW)
    told = [
        {"events": [{"timestamp": at, "message": f"{it}\n"} for it in lines], "nextForwardToken": f"f/{number}"}
        for number, lines in enumerate([*pages, []])
    ]
    return {"logs.get_log_events": told}


def one_off(*others: Mapping[str, Any]) -> dict[str, Any]:
    """A one-off task of the service that ends well, but for what the others say."""
    return shop.steady(
        web(),
        definition(),
        {"sts.get_caller_identity": ME, "ecs.run_task": {"tasks": [task("PROVISIONING")]}, "ecs.stop_task": {}},
        described(task("PENDING"), task(), ended()),
        log(["migrating", "done"]),
        *others,
    )


SESSION = {"sessionId": "s-1", "streamUrl": "wss://x", "tokenValue": "secret"}


def session(*others: Mapping[str, Any]) -> dict[str, Any]:
    """A service whose only task takes sessions, but for what the others say."""
    return shop.steady(
        web(),
        definition(container()),
        shop.tasks(running=[task()]),
        {
            "sts.get_caller_identity": ME,
            "ecs.execute_command": {"session": SESSION},
            "ssm.start_session": {"SessionId": "s-1", "StreamUrl": "wss://x", "TokenValue": "secret"},
        },
        *others,
    )


def allowed(decision: str = "allowed") -> dict[str, Any]:
    result = {"EvalActionName": "ssmmessages:OpenDataChannel", "EvalDecision": decision}
    return {"iam.simulate_principal_policy": {"EvaluationResults": [result]}}


COPY = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web-debug:1"


def copying(*others: Mapping[str, Any]) -> dict[str, Any]:
    """A service of which a copy starts well, but for what the others say."""
    return session(
        definition(),
        allowed(),
        {
            "ecs.register_task_definition": {"taskDefinition": {"taskDefinitionArn": COPY}},
            "ecs.deregister_task_definition": {},
            "ecs.run_task": {"tasks": [task("PROVISIONING", exec_=True)]},
            "ecs.stop_task": {},
            "ecs.describe_clusters": {"clusters": [{"clusterName": shop.CLUSTER}]},
            "iam.put_role_policy": {},
            "iam.delete_role_policy": {},
        },
        described(task("PENDING", agent="PENDING"), task(agent="PENDING"), task()),
        *others,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


_PLUGIN = """#!/bin/sh
if [ "$1" = --version ]; then echo {version}; exit 0; fi
printf '%s\\n' "$@" > {folder}/arguments
printf '%s' "$AWS_SSM_START_SESSION_RESPONSE" > {folder}/environment
exit {code}
"""


class Plugin:
    """A stand-in for the plugin, which writes down what it was told."""

    def __init__(self, folder: Path, *, version: str = "1.2.707.0", code: int = 0) -> None:
        self.folder = folder.absolute()
        folder.mkdir(exist_ok=True)
        file = folder / "session-manager-plugin"
        file.write_text(_PLUGIN.format(version=version, folder=self.folder, code=code))
        file.chmod(0o755)
        self.path = f"{self.folder}{os.pathsep}/usr/bin{os.pathsep}/bin"

    @property
    def arguments(self) -> list[str]:
        return (self.folder / "arguments").read_text().splitlines()

    @property
    def session(self) -> Any:
        return json.loads((self.folder / "environment").read_text())

    @property
    def ran(self) -> bool:
        return (self.folder / "arguments").exists()
