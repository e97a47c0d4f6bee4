"""Permissions that a task role needs for ECS Exec."""

from __future__ import annotations

import json
from typing import Any

from .api import Api
from .exits import DENIED, Stop
from .targets import Target
from .words import command

CHANNELS = tuple(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data"))


def lacks_channels(api: Api, role: str) -> bool:
    """Tell whether a task role lacks permissions for ECS Exec. If AWS denies the look-up, it counts as sufficient.

    Raises:
        Refused: The credentials have expired.
    """
    if not role:
        return True

    def ask() -> bool:
        answer = api.call("iam", "simulate_principal_policy", PolicySourceArn=role, ActionNames=list(CHANNELS)) or {}
        return any(it["EvalDecision"] != "allowed" for it in answer.get("EvaluationResults", ()))

    return bool(api.if_allowed(ask, None))


def stop_without_channels(target: Target, role: str) -> Stop:
    """Return the error of a task role that cannot open a session, with ways to fix it."""
    if not role:
        return Stop(DENIED, f"the task of {target.name} has no task role, but ECS Exec needs one")
    return Stop(
        DENIED,
        f"the task role {role.rpartition('/')[2]} has no permission to open the channels of ECS Exec",
        f"`{command('debug', target.name)} --grant` adds it, in an inline policy that is removed with the copy",
        f"or grant it in the code: {', '.join(CHANNELS)}",
        role=role,
    )


def rights_of_exec(api: Api, cluster: str) -> str:
    """Return the policy that ECS Exec needs on a task role, including what the cluster's encryption and logs require.

    Raises:
        Refused: AWS refuses the call.
    """
    answer = api.call("ecs", "describe_clusters", clusters=[cluster], include=["CONFIGURATIONS"]) or {}
    told: dict[str, Any] = {}
    for it in answer.get("clusters", ()):
        told = it.get("configuration", {}).get("executeCommandConfiguration", {})
    statements = [_allowed(CHANNELS, "*")]
    if told.get("kmsKeyId"):
        statements.append(_allowed(("kms:Decrypt",), _key(api, told["kmsKeyId"])))
    records = told.get("logConfiguration", {})
    if records.get("cloudWatchLogGroupName"):
        group = f"arn:{api.partition}:logs:{api.region}:{api.id}:log-group:{records['cloudWatchLogGroupName']}:*"
        statements.append(_allowed(("logs:DescribeLogGroups",), "*"))
        statements.append(_allowed(("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"), group))
    if records.get("s3BucketName"):
        bucket = f"arn:{api.partition}:s3:::{records['s3BucketName']}"
        statements.append(_allowed(("s3:GetBucketLocation", "s3:GetEncryptionConfiguration"), bucket))
        statements.append(_allowed(("s3:PutObject",), f"{bucket}/*"))
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _key(api: Api, id_: str) -> str:
    if id_.startswith("arn:"):
        return id_
    return f"arn:{api.partition}:kms:{api.region}:{api.id}:{'' if id_.startswith('alias/') else 'key/'}{id_}"


def _allowed(actions: tuple[str, ...], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
