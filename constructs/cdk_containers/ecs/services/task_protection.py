"""Leave to keep a task from being stopped while it works."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.opt_outs import acknowledge_wildcards

from ..clusters import Cluster

_REASON = "The ids of the tasks that the role protects are known when they run; it is those of one cluster"


def let_protect_tasks(scope: Construct, role: iam.IRole, cluster: Cluster) -> iam.Policy:
    """Let tasks protect themselves, by a policy that acts before the first of them starts.

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
