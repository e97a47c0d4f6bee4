"""ECS actions by how a policy can limit them to one cluster; each action is in exactly one list.

A test compares the lists with the Service Authorization Reference and fails when AWS adds an action.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""

from __future__ import annotations

READ_OF_CLUSTER = ("DescribeClusters", "ListAttributes", "ListContainerInstances")
"""Limited by the ARN of the cluster."""

READ_INSIDE = (
    "DescribeContainerInstances",
    "DescribeDaemon",
    "DescribeDaemonDeployments",
    "DescribeDaemonRevisions",
    "DescribeExpressGatewayService",
    "DescribeServiceDeployments",
    "DescribeServiceRevisions",
    "DescribeServices",
    "DescribeTaskSets",
    "DescribeTasks",
    "GetTaskProtection",
    "ListDaemonDeployments",
    "ListServiceDeployments",
)
"""Limited by the ARN of resources in the cluster, their tags, and `ecs:cluster`."""

LIST_INSIDE = ("ListDaemons", "ListServices", "ListTasks")
"""Limited by `ecs:cluster` only."""

OPERATE_INSIDE = (
    "ContinueServiceDeployment",
    "StopServiceDeployment",
    "StopTask",
    "UpdateContainerInstancesState",
    "UpdateService",
    "UpdateTaskProtection",
)
"""Limited as `READ_INSIDE`."""

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")
"""Limited by the ARN of the resource, of any type, but not by `ecs:cluster`."""

OF_A_CLUSTER = (
    *READ_OF_CLUSTER,
    "AllowVendedLogDeliveryForResource",
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
"""All actions limited by the ARN of a cluster, but not by `ecs:cluster`."""

INSIDE_A_CLUSTER = (
    *READ_INSIDE,
    *LIST_INSIDE,
    *OPERATE_INSIDE,
    "AssociateGatewayWithCluster",
    "CreateDaemon",
    "CreateExpressGatewayService",
    "CreateService",
    "CreateTaskSet",
    "DeleteAttributes",
    "DeleteDaemon",
    "DeleteExpressGatewayService",
    "DeleteService",
    "DeleteTaskSet",
    "DisassociateGatewayFromCluster",
    "ExecuteCommand",
    "ListGatewayClusterAssociations",
    "ListGatewayRoutes",
    "Poll",
    "PutAttributes",
    "PutSystemLogEvents",
    "RunTask",
    "StartTask",
    "StartTelemetrySession",
    "UpdateContainerAgent",
    "UpdateDaemon",
    "UpdateExpressGatewayService",
    "UpdateServicePrimaryTaskSet",
    "UpdateTaskSet",
)
"""All actions that `ecs:cluster` limits."""

OF_THE_ACCOUNT = (
    "CreateCapacityProvider",
    "CreateGateway",
    "DeleteAccountSetting",
    "DeleteCapacityProvider",
    "DeleteDaemonTaskDefinition",
    "DeleteGateway",
    "DeleteTaskDefinitions",
    "DeregisterTaskDefinition",
    "DescribeCapacityProviders",
    "DescribeDaemonTaskDefinition",
    "DescribeGateway",
    "DescribeGatewayResources",
    "DescribeGatewayRoute",
    "DescribeTaskDefinition",
    "DiscoverPollEndpoint",
    "ListAccountSettings",
    "ListClusters",
    "ListDaemonTaskDefinitions",
    "ListGateways",
    "ListServicesByNamespace",
    "ListTaskDefinitionFamilies",
    "ListTaskDefinitions",
    "PutAccountSetting",
    "PutAccountSettingDefault",
    "RegisterDaemonTaskDefinition",
    "RegisterTaskDefinition",
    "UpdateCapacityProvider",
    "UpdateGateway",
)
"""Actions that no policy can limit to a cluster. Allowing one would allow it for all clusters, so `ClusterAccess` never
does."""


def ecs(*names: str) -> list[str]:
    """Return actions with the prefix that policies use."""
    return [f"ecs:{name}" for name in names]
