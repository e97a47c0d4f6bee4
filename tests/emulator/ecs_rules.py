"""What ECS refuses and moto lets pass, and what moto forgets of a service.

The order in which a stack is made and removed is only shown where a wrong one fails: a service needs capacity providers
that its cluster has, target groups that a listener knows and a namespace that exists; a capacity provider goes after
all who use it; a service that CodeDeploy deploys keeps its task definition.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend as Backend
from moto.ecs.responses import EC2ContainerServiceResponse as Requests
from moto.elbv2.models import elbv2_backends
from moto.servicediscovery.models import servicediscovery_backends
from moto.vpclattice.models import vpclattice_backends

FARGATE = {"FARGATE", "FARGATE_SPOT"}
# What a service's deployment says of it, and not the service itself.
OF_THE_DEPLOYMENT = ("serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations")
# What only CodeDeploy changes in a service that is its own.
OF_CODEDEPLOY = ("taskDefinition", "loadBalancers", "networkConfiguration", "platformVersion")

# What moto has, before `install` replaces it.
make_service = Requests.create_service
make_task_definition = Requests.register_task_definition
change_service = Requests.update_service
associate = Backend.put_cluster_capacity_providers
describe_providers = Backend.describe_capacity_providers
delete_provider = Backend.delete_capacity_provider


def install() -> None:
    Requests.create_service = create_service
    Requests.update_service = update_service
    Requests.create_capacity_provider = create_capacity_provider
    Requests.register_task_definition = register_task_definition
    Backend.put_cluster_capacity_providers = put_cluster_capacity_providers
    Backend.describe_capacity_providers = describe_capacity_providers
    Backend.delete_capacity_provider = delete_capacity_provider


# ---- task definitions


def register_task_definition(self: Any) -> Any:
    """Keep the network mode on machines outside AWS, for which moto takes them for Fargate."""
    made = make_task_definition(self)
    if self._get_param("requiresCompatibilities") == ["EXTERNAL"]:
        made.result["taskDefinition"].network_mode = self._get_param("networkMode") or "bridge"
    return made


# ---- services


def used(cluster: Any, backend: Any) -> set[str]:
    """Name the capacity providers of a cluster's active services."""
    running = (it for it in backend.services.values() if it.cluster_arn == cluster.arn and it.status == "ACTIVE")
    return {it["capacityProvider"] for service in running for it in service.capacity_provider_strategy or []}


def create_service(self: Any) -> Any:
    strategy = self._get_param("capacityProviderStrategy") or []
    cluster = self.ecs_backend._get_cluster(self._get_param("cluster"))
    if foreign := {it["capacityProvider"] for it in strategy} - {*(cluster.capacity_providers or [])}:
        raise InvalidParameterException(f"not associated with cluster {cluster.name}: {sorted(foreign)}")
    check_load_balancers(self)
    check_discovery(self)
    given = dict(self._get_params())
    if external := given.get("launchType") == "EXTERNAL":  # moto knows only two launch types
        self.params["launchType"] = "EC2"
    made = make_service(self)
    service = made.result["service"]
    if strategy:
        service.launch_type = None
    if external:
        service.launch_type = "EXTERNAL"
    remember(service, given)
    return made


def update_service(self: Any) -> Any:
    given = self._get_params()
    service = self.ecs_backend._get_service(given.get("cluster", "default"), given["service"])
    own = OF_CODEDEPLOY if service.deployment_controller["type"] == "CODE_DEPLOY" else ()
    if changed := [it for it in own if it in given]:
        raise InvalidParameterException(f"{service.name}: a CODE_DEPLOY deployment controller changes {changed}")
    check_load_balancers(self)
    check_discovery(self, service)
    made = change_service(self)
    remember(service, given)
    return made


def snake(member: str) -> str:
    name: str = camelcase_to_underscores(member)
    return name


def remember(service: Any, given: dict[str, Any]) -> None:
    """Keep what moto forgets, so that it can be read."""
    for deployment in service.deployments[:1]:
        deployment.update({member: given[member] for member in OF_THE_DEPLOYMENT if member in given})
    for member, value in given.items():
        if not hasattr(service, snake(member)):
            setattr(service, snake(member), value)


def check_load_balancers(self: Any) -> None:
    """Want a load balancer in front of each target group, and a rule for both of a service that has two."""
    elbv2 = elbv2_backends[self.current_account][self.region]
    for attached in self._get_param("loadBalancers") or []:
        advanced = attached.get("advancedConfiguration", {})
        pair = [it for it in (attached.get("targetGroupArn"), advanced.get("alternateTargetGroupArn")) if it]
        for arn in pair:
            if not elbv2.target_groups[arn].load_balancer_arns:
                raise InvalidParameterException(f"{arn} does not have an associated load balancer")
        rules = [advanced[it] for it in ("productionListenerRule", "testListenerRule") if it in advanced]
        reached = [forwarded(elbv2, rule) for rule in rules]
        if reached and (missing := {*pair} - reached[0]):
            raise InvalidParameterException(f"{rules[0]} does not forward to {sorted(missing)}")


def forwarded(elbv2: Any, arn: str) -> set[str]:
    """Name the target groups to which a rule forwards, or a listener if the ARN is of one."""
    found = [it for it in (*rules_of(elbv2), *listeners_of(elbv2)) if it.arn == arn]
    if not found:
        raise InvalidParameterException(f"there is no listener rule {arn}")
    actions = getattr(found[0], "actions", None) or found[0].default_actions
    data = [it.data for it in actions]
    groups = [it for action in data for it in action.get("ForwardConfig", {}).get("TargetGroups", [])]
    return {it["TargetGroupArn"] for it in groups} | {it["TargetGroupArn"] for it in data if "TargetGroupArn" in it}


def listeners_of(elbv2: Any) -> list[Any]:
    return [it for balancer in elbv2.load_balancers.values() for it in balancer.listeners.values()]


def rules_of(elbv2: Any) -> list[Any]:
    return [rule for listener in listeners_of(elbv2) for rule in listener.rules.values()]


def check_discovery(self: Any, service: Any = None) -> None:
    """Want the namespace, the Cloud Map services and the Lattice target groups that a service is told of."""
    where = self.current_account, self.region
    discovery = servicediscovery_backends[where[0]][where[1]]
    known = {it for namespace in discovery.namespaces.values() for it in (namespace.arn, namespace.name)}
    connect = self._get_param("serviceConnectConfiguration") or {}
    if (namespace := connect.get("namespace")) and namespace not in known:
        raise InvalidParameterException(f"there is no namespace {namespace}")
    if connect.get("services"):
        task_definition = self._get_param("taskDefinition") or service.task_definition
        check_port_names(self.ecs_backend.describe_task_definition(task_definition), connect["services"])
    registries = {it.arn for it in discovery.services.values()}
    told = {it["registryArn"] for it in self._get_param("serviceRegistries") or []}
    if missing := told - registries:
        raise InvalidParameterException(f"there is no Cloud Map service {sorted(missing)}")
    groups = {it.arn for it in vpclattice_backends[where[0]][where[1]].target_groups.values()}
    told = {it["targetGroupArn"] for it in self._get_param("vpcLatticeConfigurations") or []}
    if missing := told - groups:
        raise InvalidParameterException(f"there is no VPC Lattice target group {sorted(missing)}")


def check_port_names(task_definition: Any, services: list[dict[str, Any]]) -> None:
    mapped = [it for container in task_definition.container_definitions for it in container.get("portMappings", [])]
    if missing := {it["portName"] for it in services} - {it.get("name") for it in mapped}:
        raise InvalidParameterException(f"{task_definition.arn} has no port {sorted(missing)}")


# ---- capacity providers


def create_capacity_provider(self: Any) -> Any:
    """Keep what moto forgets of Managed Instances, which are their cluster's from the start."""
    instances = self._get_param("managedInstancesProvider")
    name = self._get_param("cluster")
    if (instances is None) != (name is None):
        raise EcsClientException("Managed Instances need a cluster, and nothing else may have one")
    group = {} if instances else self._get_param("autoScalingGroupProvider")
    provider = self.ecs_backend.create_capacity_provider(self._get_param("name"), group, self._get_param("tags"))
    provider.cluster = None
    if instances:
        cluster = self.ecs_backend._get_cluster(name)
        cluster.capacity_providers = [*(cluster.capacity_providers or []), provider.name]
        provider.cluster = cluster.arn
        provider.auto_scaling_group_provider = None
        provider.managed_instances_provider = instances
    return ActionResult({"capacityProvider": provider})


def managed_instances(backend: Any, cluster: Any) -> list[str]:
    """Name the Managed Instances of a cluster; they come and go without an association."""
    return [it.name for it in backend.capacity_providers.values() if it.cluster == cluster.arn]


def put_cluster_capacity_providers(
    self: Any, cluster_name: str, capacity_providers: list[str], default_capacity_provider_strategy: list[Any]
) -> Any:
    if unknown := {*capacity_providers} - {*self.capacity_providers} - FARGATE:
        raise InvalidParameterException(f"no such capacity provider: {sorted(unknown)}")
    if managed := [it for it in {*capacity_providers} - FARGATE if self.capacity_providers[it].cluster]:
        raise InvalidParameterException(f"Managed Instances cannot be associated: {sorted(managed)}")
    cluster = self._get_cluster(cluster_name)
    all_of_them = [*capacity_providers, *managed_instances(self, cluster)]
    if missing := used(cluster, self) - {*all_of_them}:
        raise EcsClientException(f"services of cluster {cluster.name} use {sorted(missing)}")
    return associate(self, cluster_name, all_of_them, default_capacity_provider_strategy)


def describe_capacity_providers(self: Any, names: list[str] | None) -> Any:
    return describe_providers(self, list(self.capacity_providers) if names is None else names)


def delete_capacity_provider(self: Any, name_or_arn: str) -> Any:
    name = name_or_arn.rsplit("/", 1)[-1]
    for cluster in self.clusters.values():
        if name in managed_instances(self, cluster) and name not in used(cluster, self):
            cluster.capacity_providers.remove(name)
    if users := [it.name for it in self.clusters.values() if name in (it.capacity_providers or [])]:
        raise EcsClientException(f"{name} is associated with {users}")
    return delete_provider(self, name)
