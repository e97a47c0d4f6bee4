"""Clusters, capacity providers, services and the task definitions that they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties, shaped, without_nothing

_SERVICE = (
    "serviceName",
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "desiredCount",
    "schedulingStrategy",
    "deploymentConfiguration",
    "deploymentController",
    "healthCheckGracePeriodSeconds",
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "propagateTags",
    "availabilityZoneRebalancing",
    "placementConstraints",
    "placementStrategies",
)
_TASK = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "placementConstraints",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "runtimePlatform",
    "ephemeralStorage",
    "enableFaultInjection",
)


def _clusters(account: Account) -> list[str]:
    return list(account.pages("ecs", "list_clusters", "clusterArns"))


def _parts(arns: Sequence[str], size: int = 10) -> Iterable[Sequence[str]]:
    return (arns[start : start + size] for start in range(0, len(arns), size))


@reader(
    "AWS::ECS::Cluster",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    ecs=("list_clusters", "describe_clusters"),
)
def clusters(account: Account) -> Iterator[Found]:
    """Find the clusters, and the capacity providers of each."""
    for arns in _parts(_clusters(account), 100):
        for it in account.pages(
            "ecs", "describe_clusters", "clusters", clusters=list(arns), include=["SETTINGS", "CONFIGURATIONS"]
        ):
            name = it["clusterName"]
            shown = properties(it, "clusterName", "configuration", "serviceConnectDefaults")
            settings = shaped(it.get("settings", []))
            yield Found(
                type="AWS::ECS::Cluster",
                name=name,
                properties={**shown, "ClusterSettings": settings},
                identifiers=frozenset({name, it["clusterArn"]}),
            )
            yield Found(
                type="AWS::ECS::ClusterCapacityProviderAssociations",
                name=f"{name} capacity providers",
                properties={
                    "Cluster": name,
                    "CapacityProviders": it.get("capacityProviders", []),
                    "DefaultCapacityProviderStrategy": shaped(it.get("defaultCapacityProviderStrategy", [])),
                },
                identifiers=frozenset(),
            )


@reader("AWS::ECS::CapacityProvider", ecs=("list_clusters", "describe_clusters", "describe_capacity_providers"))
def capacity_providers(account: Account) -> Iterator[Found]:
    """Find the Auto Scaling groups that a cluster uses as capacity providers."""
    names: set[str] = set()
    for arns in _parts(_clusters(account), 100):
        for cluster in account.pages("ecs", "describe_clusters", "clusters", clusters=list(arns)):
            names.update(cluster.get("capacityProviders", ()))
    for some in _parts(sorted(names - {"FARGATE", "FARGATE_SPOT"}), 100):
        for it in account.pages(
            "ecs", "describe_capacity_providers", "capacityProviders", capacityProviders=list(some)
        ):
            if "autoScalingGroupProvider" in it:
                yield Found(
                    type="AWS::ECS::CapacityProvider",
                    name=it["name"],
                    properties=properties(it, "name", "autoScalingGroupProvider"),
                    identifiers=frozenset({it["name"], it["capacityProviderArn"]}),
                )


@reader(
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    ecs=("list_clusters", "list_services", "describe_services", "describe_task_definition"),
)
def services(account: Account) -> Iterator[Found]:
    """Find the services, and each revision of a task definition that one of them runs."""
    revisions: set[str] = set()
    for cluster in _clusters(account):
        arns = list(account.pages("ecs", "list_services", "serviceArns", cluster=cluster))
        for some in _parts(arns):
            for it in account.pages("ecs", "describe_services", "services", cluster=cluster, services=list(some)):
                yield _service(it)
                revisions.add(it["taskDefinition"])
    for arn in sorted(revisions):
        answer = account.call("ecs", "describe_task_definition", taskDefinition=arn)
        if answer is not None:
            yield _task_definition(answer["taskDefinition"])


def _service(it: dict[str, Any]) -> Found:
    shown = properties(it, *_SERVICE)
    primary: dict[str, Any] = next((one for one in it.get("deployments", []) if one.get("status") == "PRIMARY"), {})
    connect = shaped(primary.get("serviceConnectConfiguration"))
    return Found(
        type="AWS::ECS::Service",
        name=it["serviceName"],
        properties=shown | without_nothing(Cluster=it["clusterArn"], ServiceConnectConfiguration=connect),
        identifiers=frozenset({it["serviceArn"]}),
    )


def _task_definition(it: dict[str, Any]) -> Found:
    return Found(
        type="AWS::ECS::TaskDefinition",
        name=f"{it['family']}:{it['revision']}",
        properties=properties(it, *_TASK),
        identifiers=frozenset({it["taskDefinitionArn"]}),
    )
