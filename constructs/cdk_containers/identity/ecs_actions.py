"""Which actions of ECS can be limited to one cluster, and by what.

From the Service Authorization Reference as of April 2026. What it cannot limit to a cluster is missing here: task
definitions and the list of clusters belong to the account, and who sees one sees all.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""

from __future__ import annotations

READ_OF_CLUSTER = ("DescribeClusters", "ListAttributes", "ListContainerInstances")
"""Limited by the ARN of the cluster."""

READ_INSIDE = (
    "DescribeContainerInstances",
    "DescribeServiceDeployments",
    "DescribeServiceRevisions",
    "DescribeServices",
    "DescribeTaskSets",
    "DescribeTasks",
    "GetTaskProtection",
    "ListServiceDeployments",
)
"""Limited by the ARN of what is in the cluster, its tags, and `ecs:cluster`."""

LIST_INSIDE = ("ListServices", "ListTasks")
"""Limited by `ecs:cluster` only."""

OPERATE_INSIDE = (
    "StopServiceDeployment",
    "StopTask",
    "UpdateContainerInstancesState",
    "UpdateService",
    "UpdateTaskProtection",
)
"""Limited as `READ_INSIDE`."""

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")
"""Limited by the ARN of the resource, whatever it is; no `ecs:cluster`."""

OF_A_CLUSTER = (
    *READ_OF_CLUSTER,
    "CreateCluster",
    "DeleteCluster",
    "DeregisterContainerInstance",
    "PutClusterCapacityProviders",
    "RegisterContainerInstance",
    "SubmitAttachmentStateChanges",
    "SubmitContainerStateChange",
    "SubmitTaskStateChange",
    "UpdateCluster",
    "UpdateClusterSettings",
)
"""Everything that is limited by the ARN of a cluster, and that `ecs:cluster` does not limit."""

INSIDE_A_CLUSTER = (
    *READ_INSIDE,
    *LIST_INSIDE,
    *OPERATE_INSIDE,
    "CreateExpressGatewayService",
    "CreateService",
    "CreateTaskSet",
    "DeleteAttributes",
    "DeleteExpressGatewayService",
    "DeleteService",
    "DeleteTaskSet",
    "DescribeExpressGatewayService",
    "ExecuteCommand",
    "Poll",
    "PutAttributes",
    "RunTask",
    "StartTask",
    "StartTelemetrySession",
    "UpdateContainerAgent",
    "UpdateExpressGatewayService",
    "UpdateServicePrimaryTaskSet",
    "UpdateTaskSet",
)
"""Everything that `ecs:cluster` limits."""


def ecs(*names: str) -> list[str]:
    """Return actions as a policy writes them."""
    return [f"ecs:{name}" for name in names]
