"""Which actions of ECS can be limited to one cluster, and by what: all of them, each in one list.

A test holds the lists against the Service Authorization Reference, and fails when AWS adds an action.

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
"""Limited by the ARN of what is in the cluster, its tags, and `ecs:cluster`."""

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
"""Limited by the ARN of the resource, whatever it is; no `ecs:cluster`."""

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
"""Everything that is limited by the ARN of a cluster, and that `ecs:cluster` does not limit."""

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
"""Everything that `ecs:cluster` limits."""

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
"""What no policy can limit to a cluster: who may do it to one may do it to all, so nobody is given any of it."""


def ecs(*names: str) -> list[str]:
    """Return actions as a policy writes them."""
    return [f"ecs:{name}" for name in names]
