"""Permission for tasks to protect themselves while they work."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.opt_outs import acknowledge_wildcards

from ..clusters import Cluster

_REASON = (
    "The ids of the tasks that the role protects are unknown before they run; the permission is limited to one cluster"
)


def let_protect_tasks(scope: Construct, role: iam.IRole, cluster: Cluster) -> iam.Policy:
    """Let tasks protect themselves, with a policy that exists before the first task starts.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
    """
    stack = cdk.Stack.of(scope)
    policy = iam.Policy(
        scope,
        "TaskProtection",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
                resources=[
                    stack.format_arn(service="ecs", resource="task", resource_name=f"{cluster.cluster.cluster_name}/*")
                ],
            )
        ],
    )
    acknowledge_wildcards(policy, _REASON)
    return policy
