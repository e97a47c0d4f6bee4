"""The two roles of a task: one for the application, one with which ECS starts it."""

from __future__ import annotations

from functools import cache

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.service_principals import service_principal
from cdk_containers.core.unchecked import unchecked


def make_task_role(scope: Construct) -> iam.Role:
    """Create the role of the application; only tasks of this account and region can assume it.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    return unchecked(iam.Role, scope, "TaskRole", assumed_by=_tasks_of_this_account())


def make_execution_role(scope: Construct) -> iam.Role:
    """Create the role with which ECS pulls images, reads secrets and writes logs.

    It starts without permissions: each image, secret and log group adds its own. AWS does not document the account
    condition of the task role for this role, so it has none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    return unchecked(iam.Role, scope, "ExecutionRole", assumed_by=service_principal("ecs-tasks"))


@cache
def _tasks_of_this_account() -> iam.IPrincipal:
    account = cdk.Aws.ACCOUNT_ID
    return iam.ServicePrincipal(
        "ecs-tasks.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:ecs:{cdk.Aws.REGION}:{account}:*"},
        },
    )
