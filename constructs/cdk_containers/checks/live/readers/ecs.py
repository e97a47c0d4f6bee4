"""Clusters, capacity providers, services and the task definitions that they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import parts, properties, shaped, without_nothing

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_SERVICE = (
    "AvailabilityZoneRebalancing CapacityProviderStrategy DeploymentConfiguration DeploymentController DesiredCount "
    "EnableECSManagedTags EnableExecuteCommand HealthCheckGracePeriodSeconds LaunchType LoadBalancers "
    "NetworkConfiguration PlacementConstraints PlacementStrategies PlatformVersion PropagateTags SchedulingStrategy "
    "ServiceName ServiceRegistries TaskDefinition"
)
_OF_A_DEPLOYMENT = "ServiceConnectConfiguration VolumeConfigurations VpcLatticeConfigurations"
"""Properties that DescribeServices returns only for the deployments of a service."""
_TASK = (
    "ContainerDefinitions Cpu EnableFaultInjection EphemeralStorage ExecutionRoleArn Family IpcMode Memory NetworkMode "
    "PidMode PlacementConstraints ProxyConfiguration RequiresCompatibilities RuntimePlatform TaskRoleArn Volumes"
)
TASK = {"AWS::ECS::TaskDefinition": _TASK}
"""For every reader that finds task definitions."""
_TASK_SET = "LaunchType NetworkConfiguration TaskDefinition"  # the platform version that it shows is what runs
_EXPRESS = "Cpu ExecutionRoleArn HealthCheckPath Memory NetworkConfiguration PrimaryContainer ScalingTarget TaskRoleArn"
_PROVIDER = "AutoScalingGroupProvider ManagedInstancesProvider Name"


def _clusters(account: Account) -> list[str]:
    return list(account.pages("ecs", "list_clusters", "clusterArns"))


@reader(
    {
        "AWS::ECS::Cluster": (
            "CapacityProviders ClusterName ClusterSettings Configuration DefaultCapacityProviderStrategy "
            "ServiceConnectDefaults"
        ),
        "AWS::ECS::ClusterCapacityProviderAssociations": "CapacityProviders Cluster DefaultCapacityProviderStrategy",
    },
    ecs=("list_clusters", "describe_clusters"),
)
def clusters(account: Account) -> Iterator[Found]:
    """Find the clusters, and the capacity providers of each."""
    for arns in parts(_clusters(account), 100):
        for it in account.pages(
            "ecs", "describe_clusters", "clusters", clusters=arns, include=["SETTINGS", "CONFIGURATIONS"]
        ):
            arn = it["clusterArn"]
            yield Found(
                type="AWS::ECS::Cluster",
                name=arn,
                properties={
                    **properties(it, "ClusterName Configuration ServiceConnectDefaults"),
                    "ClusterSettings": shaped(it.get("settings", [])),
                },
                identifiers=frozenset({arn}),
                physical_id=it["clusterName"],
            )
            yield Found(
                type="AWS::ECS::ClusterCapacityProviderAssociations",
                name=f"{arn} capacity providers",
                properties={
                    "Cluster": arn,
                    "CapacityProviders": it.get("capacityProviders", []),
                    "DefaultCapacityProviderStrategy": shaped(it.get("defaultCapacityProviderStrategy", [])),
                },
                physical_id=it["clusterName"],
            )


@reader(
    {"AWS::ECS::CapacityProvider": _PROVIDER},
    ecs=("list_clusters", "describe_clusters", "describe_capacity_providers"),
)
def capacity_providers(account: Account) -> Iterator[Found]:
    """Find the capacity providers that clusters use, apart from those of Fargate."""
    for arns in parts(_clusters(account), 100):
        for cluster in account.pages("ecs", "describe_clusters", "clusters", clusters=arns):
            names = sorted({*cluster.get("capacityProviders", ())} - {"FARGATE", "FARGATE_SPOT"})
            for some in parts(names, 100):
                yield from _providers(account, some)


def _providers(account: Account, names: list[str]) -> Iterator[Found]:
    for it in account.pages("ecs", "describe_capacity_providers", "capacityProviders", capacityProviders=names):
        yield Found(
            type="AWS::ECS::CapacityProvider",
            name=it["capacityProviderArn"],
            properties=properties(it, _PROVIDER),
            identifiers=frozenset({it["name"], it["capacityProviderArn"]}),
        )


@reader(
    {
        "AWS::ECS::Service": f"{_SERVICE} {_OF_A_DEPLOYMENT} Cluster",
        "AWS::ECS::TaskSet": f"{_TASK_SET} Cluster Service",
        "AWS::ECS::ExpressGatewayService": f"{_EXPRESS} ContainerDefinitions Family",
        **TASK,
    },
    ecs=(
        "list_clusters",
        "list_services",
        "describe_services",
        "describe_express_gateway_service",
        "describe_task_definition",
    ),
)
def services(account: Account) -> Iterator[Found]:
    """Find the services, and each revision of a task definition that one of them runs."""
    revisions: set[str] = set()
    for cluster in _clusters(account):
        arns = list(account.pages("ecs", "list_services", "serviceArns", cluster=cluster))
        for some in parts(arns, 10):
            for it in account.pages("ecs", "describe_services", "services", cluster=cluster, services=some):
                if it.get("resourceManagementType") == "ECS":
                    yield from _express(account, it["serviceArn"])
                    continue
                yield from _service(it)
                revisions.update(
                    one["taskDefinition"] for one in (it, *it.get("taskSets", ())) if "taskDefinition" in one
                )
    for arn in sorted(revisions):
        yield from task_definition(account, arn)


def _service(it: dict[str, Any]) -> Iterator[Found]:
    primary: dict[str, Any] = next((one for one in it.get("deployments", []) if one.get("status") == "PRIMARY"), {})
    cluster = it["clusterArn"]
    shown = properties(it, _SERVICE)
    if shown.get("SchedulingStrategy") == "DAEMON":
        shown.pop("DesiredCount", None)  # it is the number of instances, not a setting
    yield Found(
        type="AWS::ECS::Service",
        name=it["serviceArn"],
        properties={**shown, **properties(primary, _OF_A_DEPLOYMENT), "Cluster": cluster},
        identifiers=frozenset({it["serviceArn"], f"service/{cluster.rpartition('/')[2]}/{it['serviceName']}"}),
    )
    for one in it.get("taskSets", ()):
        yield Found(
            type="AWS::ECS::TaskSet",
            name=one["taskSetArn"],
            properties={**properties(one, _TASK_SET), "Cluster": cluster, "Service": it["serviceArn"]},
            identifiers=frozenset({one["taskSetArn"], one["id"]}),
        )


def _express(account: Account, arn: str) -> Iterator[Found]:
    """Find a service of Express Mode, without the resources that ECS creates for it."""
    service = account.call("ecs", "describe_express_gateway_service", serviceArn=arn)
    for configuration in service["service"].get("activeConfigurations", [])[:1] if service else ():
        yield Found(
            type="AWS::ECS::ExpressGatewayService",
            name=arn,
            properties=properties(configuration, _EXPRESS),
            identifiers=frozenset({arn}),
        )


def task_definition(account: Account, name: str) -> Iterator[Found]:
    """Find a task definition, by the ARN of a revision or of its family."""
    answer = account.call("ecs", "describe_task_definition", taskDefinition=name)
    if answer is not None:
        it = answer["taskDefinition"]
        yield Found(
            type="AWS::ECS::TaskDefinition",
            name=it["taskDefinitionArn"],
            properties=without_nothing(**properties(it, _TASK)),
            identifiers=frozenset({it["taskDefinitionArn"], name}),
        )
