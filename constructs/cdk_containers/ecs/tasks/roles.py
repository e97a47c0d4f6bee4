"""The two roles of a task: what the application may do, and what ECS may do to start it."""

from __future__ import annotations

from functools import cache

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

_ECS_TASKS = "ecs-tasks.amazonaws.com"


def make_task_role(scope: Construct) -> iam.Role:
    """Make the role that the application acts as; only tasks of this account and region can take it on.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    return iam.Role(scope, "TaskRole", assumed_by=_tasks_of_this_account())


def make_execution_role(scope: Construct) -> iam.Role:
    """Make the role that ECS pulls images, reads secrets and writes logs as.

    It starts with no rights: each image, secret and log group adds what it needs for itself. The condition on the
    account that the task role has is not documented for this role, so it is left out.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    return iam.Role(scope, "ExecutionRole", assumed_by=_any_task())


@cache
def _any_task() -> iam.IPrincipal:
    return iam.ServicePrincipal(_ECS_TASKS)


@cache
def _tasks_of_this_account() -> iam.IPrincipal:
    account = cdk.Aws.ACCOUNT_ID
    return iam.ServicePrincipal(
        _ECS_TASKS,
        conditions={
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:ecs:{cdk.Aws.REGION}:{account}:*"},
        },
    )
