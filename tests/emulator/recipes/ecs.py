"""Clusters, their capacity, task definitions and services."""

from ..recipe import Properties, Recipe, renamed, without


def service_request(properties: Properties) -> Properties:
    """Leave out what tells CloudFormation itself to deploy again."""
    return renamed(PlacementStrategies="placementStrategy")(without("ForceNewDeployment")(properties))


def service_changes(before: Properties, after: Properties) -> Properties:
    """Send only changes, because ECS accepts only a new count for a service that CodeDeploy deploys."""
    return {name: value for name, value in after.items() if name == "Cluster" or before.get(name) != value}


RECIPES = {
    "AWS::ECS::CapacityProvider": Recipe(
        service="ecs",
        create="create_capacity_provider",
        name="Name",
        prepare=renamed(ClusterName="cluster"),
        identity=lambda made, _: made["Name"],
        replace=True,
        delete=lambda api, name: api.delete_capacity_provider(capacityProvider=name),
    ),
    "AWS::ECS::Cluster": Recipe(
        service="ecs",
        create="create_cluster",
        name="ClusterName",
        prepare=renamed(ClusterSettings="settings"),
        identity=lambda _, response: response["cluster"]["clusterName"],
        attributes=lambda api, name: {"Arn": api.describe_clusters(clusters=[name])["clusters"][0]["clusterArn"]},
        update=("update_cluster", "cluster"),
        delete=lambda api, name: api.delete_cluster(cluster=name),
    ),
    "AWS::ECS::ClusterCapacityProviderAssociations": Recipe(
        service="ecs",
        create="put_cluster_capacity_providers",
        identity=lambda made, _: made["Cluster"],
        delete=lambda api, name: api.put_cluster_capacity_providers(
            cluster=name, capacityProviders=[], defaultCapacityProviderStrategy=[]
        ),
    ),
    "AWS::ECS::Service": Recipe(
        service="ecs",
        create="create_service",
        name="ServiceName",
        prepare=service_request,
        identity=lambda _, response: response["service"]["serviceArn"],
        attributes=lambda _, arn: {"Name": arn.split("/")[-1], "ServiceArn": arn},
        update=("update_service", "service"),
        changes=service_changes,
        delete=lambda api, arn: api.delete_service(cluster=arn.split("/")[1], service=arn, force=True),
    ),
    "AWS::ECS::TaskDefinition": Recipe(
        service="ecs",
        create="register_task_definition",
        name="Family",
        identity=lambda _, response: response["taskDefinition"]["taskDefinitionArn"],
        attributes=lambda _, arn: {"TaskDefinitionArn": arn},
        replace=True,
        delete=lambda api, arn: api.deregister_task_definition(taskDefinition=arn),
    ),
}
