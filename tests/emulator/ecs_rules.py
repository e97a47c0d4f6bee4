"""What ECS refuses and moto lets pass, and what moto forgets of a service.

The order in which a stack is made and removed is only shown where a wrong one fails: a service needs capacity providers
that its cluster has and a target group that a listener knows; a capacity provider goes after all who use it.
"""

from typing import Any

from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend as Backend
from moto.ecs.responses import EC2ContainerServiceResponse as Requests
from moto.elbv2.models import elbv2_backends

FARGATE = {"FARGATE", "FARGATE_SPOT"}
FORGOTTEN = {
    "capacityProviderStrategy": "capacity_provider_strategy",
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
}

# What moto has, before `install` replaces it.
make_service = Requests.create_service
associate = Backend.put_cluster_capacity_providers
describe_providers = Backend.describe_capacity_providers
delete_provider = Backend.delete_capacity_provider


def install() -> None:
    Requests.create_service = create_service
    Backend.put_cluster_capacity_providers = put_cluster_capacity_providers
    Backend.describe_capacity_providers = describe_capacity_providers
    Backend.delete_capacity_provider = delete_capacity_provider


def used(cluster: Any, backend: Any) -> set[str]:
    """Name the capacity providers of a cluster's active services."""
    running = (it for it in backend.services.values() if it.cluster_arn == cluster.arn and it.status == "ACTIVE")
    return {it["capacityProvider"] for service in running for it in service.capacity_provider_strategy or []}


def create_service(self: Any) -> Any:
    strategy = self._get_param("capacityProviderStrategy") or []
    cluster = self.ecs_backend._get_cluster(self._get_param("cluster"))
    if foreign := {it["capacityProvider"] for it in strategy} - {*(cluster.capacity_providers or [])}:
        raise InvalidParameterException(f"not associated with cluster {cluster.name}: {sorted(foreign)}")
    target_groups = elbv2_backends[self.current_account][self.region].target_groups
    for arn in (it["targetGroupArn"] for it in self._get_param("loadBalancers") or [] if "targetGroupArn" in it):
        if not target_groups[arn].load_balancer_arns:
            raise InvalidParameterException(f"{arn} does not have an associated load balancer")
    made = make_service(self)
    service = made.result["service"]
    if strategy:
        service.launch_type = None
    for member, attribute in FORGOTTEN.items():
        setattr(service, attribute, self._get_param(member))
    if service.deployments:  # with another controller than that of ECS there are none
        service.deployments[0]["volumeConfigurations"] = self._get_param("volumeConfigurations")
    return made


def put_cluster_capacity_providers(
    self: Any, cluster_name: str, capacity_providers: list[str], default_capacity_provider_strategy: list[Any]
) -> Any:
    if unknown := {*capacity_providers} - {*self.capacity_providers} - FARGATE:
        raise InvalidParameterException(f"no such capacity provider: {sorted(unknown)}")
    cluster = self._get_cluster(cluster_name)
    if missing := used(cluster, self) - {*capacity_providers}:
        raise EcsClientException(f"services of cluster {cluster.name} use {sorted(missing)}")
    return associate(self, cluster_name, capacity_providers, default_capacity_provider_strategy)


def describe_capacity_providers(self: Any, names: list[str] | None) -> Any:
    return describe_providers(self, list(self.capacity_providers) if names is None else names)


def delete_capacity_provider(self: Any, name_or_arn: str) -> Any:
    name = name_or_arn.rsplit("/", 1)[-1]
    if users := [it.name for it in self.clusters.values() if name in (it.capacity_providers or [])]:
        raise EcsClientException(f"{name} is associated with {users}")
    return delete_provider(self, name)
