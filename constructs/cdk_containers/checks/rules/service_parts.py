"""The parts of a service: task definition, target groups, cluster, capacity, scaling and instances.

A part in another stack raises `CannotTell`, unless the function documents that it returns None.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from cdk_containers.checks.templates import CannotTell, Map, Partial, Reference, Resource, Unknown, Value

SERVICE = "AWS::ECS::Service"
TASK_DEFINITION = "AWS::ECS::TaskDefinition"
CLUSTER = "AWS::ECS::Cluster"
CAPACITY_PROVIDER = "AWS::ECS::CapacityProvider"
ASSOCIATIONS = "AWS::ECS::ClusterCapacityProviderAssociations"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"

Capacity: TypeAlias = Literal["Fargate", "EC2 instances", "Managed Instances", "external instances"]
"""The capacity that tasks run on."""

_REVISION = re.compile(r":\d+$")

_LAUNCH_TYPES: dict[str, Capacity] = {
    "FARGATE": "Fargate",
    "EC2": "EC2 instances",
    "MANAGED_INSTANCES": "Managed Instances",
    "EXTERNAL": "external instances",
}


# ---- of a service


def task_definition(service: Resource) -> Resource:
    """Return the task definition of a service."""
    if not service.has("TaskDefinition"):
        raise CannotTell("the service has no task definition")
    return _there(_named(service, service.value("TaskDefinition"), TASK_DEFINITION, "Family"), "the task definition")


def services_of(task: Resource) -> list[Resource]:
    """Return the services of a task definition that are in sight."""
    return _naming(task, SERVICE, "TaskDefinition", "Family")


def cluster_of(service: Resource) -> Resource | None:
    """Return the cluster of a service; None if it is the default cluster, or one of another stack."""
    return _named(service, service.value("Cluster"), CLUSTER, "ClusterName") if service.has("Cluster") else None


def capacities(service: Resource) -> set[Capacity]:
    """Return the capacity of a service, from its launch type, its strategy, or the strategy of its cluster."""
    if service.has("LaunchType"):
        launch_type = service.text("LaunchType").upper()
        if launch_type not in _LAUNCH_TYPES:
            raise CannotTell(f"there is no launch type {launch_type}")
        return {_LAUNCH_TYPES[launch_type]}
    strategy = strategy_of(service)
    if strategy:
        return {capacity_of(service, item.value("CapacityProvider")) for item in strategy}
    return {"EC2 instances"}


def strategy_of(service: Resource) -> list[Map]:
    """Return the capacity provider strategy of a service, or that of its cluster; empty if there is none."""
    own = service.maps("CapacityProviderStrategy")
    if own or service.has("LaunchType"):
        return own
    cluster = cluster_of(service)
    if cluster is None:
        raise CannotTell("the cluster, which is in another stack, may have a capacity provider strategy")
    return default_strategy(cluster)


def default_strategy(cluster: Resource) -> list[Map]:
    """Return the capacity provider strategy of a cluster, wherever it is written."""
    own = cluster.maps("DefaultCapacityProviderStrategy")
    return own or [
        item
        for associations in _naming(cluster, ASSOCIATIONS, "Cluster", "ClusterName")
        for item in associations.maps("DefaultCapacityProviderStrategy")
    ]


def capacity_of(user: Resource, provider: Value) -> Capacity:
    """Return the kind of the capacity provider that a service or a cluster names."""
    if _is_fargate(provider):
        return "Fargate"
    resource = _there(_named(user, provider, CAPACITY_PROVIDER, "Name"), "a capacity provider")
    return "Managed Instances" if resource.has("ManagedInstancesProvider") else "EC2 instances"


def capacity_providers_of(service: Resource) -> list[Resource]:
    """Return the capacity providers of a service that are in sight."""
    providers = (item.value("CapacityProvider") for item in strategy_of(service))
    found = (None if _is_fargate(it) else _named(service, it, CAPACITY_PROVIDER, "Name") for it in providers)
    return [it for it in found if it is not None]


def scalable_targets(service: Resource) -> list[Resource]:
    """Return the scalable targets of a service."""
    named = service.has("ServiceName")
    candidates = service.template.estate.of_type(SCALABLE_TARGET) if named else service.referring(SCALABLE_TARGET)
    return [
        target
        for target in candidates
        if target.text("ServiceNamespace", default="ecs") == "ecs" and scaled_service(target) is service
    ]


def scaled_service(target: Resource) -> Resource | None:
    """Return the service that a scalable target names; None if it is of another stack."""
    id_ = target.value("ResourceId")
    exact = target.template.estate.find(id_) if isinstance(id_, str) else None
    if exact is not None and exact.type == SERVICE:
        return exact
    name = _last_segment(target.value("ResourceId"))
    if isinstance(name, Partial) and not any(isinstance(part, Reference) for part in name.parts):
        return _by_name(target, name, SERVICE, "ServiceName")
    return _named(target, name, SERVICE, "ServiceName")


# ---- of a task definition


def containers_of(task: Resource) -> list[Map]:
    """Return the containers of a task definition."""
    return task.maps("ContainerDefinitions")


def network_mode(task: Resource) -> str:
    """Return the network mode of a task definition, or the ECS default if it sets none."""
    if not task.has("NetworkMode") and "FARGATE" in task.texts("RequiresCompatibilities"):
        return "awsvpc"
    return task.text("NetworkMode", default="bridge")


def network_mode_of(service: Resource) -> str:
    """Return the network mode of a service's tasks, if possible from settings that only awsvpc supports."""
    if service.has("NetworkConfiguration", "AwsvpcConfiguration") or service.text("LaunchType") == "FARGATE":
        return "awsvpc"
    return network_mode(task_definition(service))


# ---- of a load balancer


def target_group_of(service: Resource, entry: Map) -> Resource | None:
    """Return the target group of one entry of `LoadBalancers`; None for a Classic Load Balancer."""
    if not entry.has("TargetGroupArn"):
        return None
    group = service.template.estate.find(entry.value("TargetGroupArn"), TARGET_GROUP)
    return _there(group, "the target group")


def target_groups_of(service: Resource) -> list[Resource]:
    """Return the target groups of a service that are in sight, also those for the next version."""
    entries = service.maps("LoadBalancers")
    named = [
        *(entry.value("TargetGroupArn") for entry in entries),
        *(entry.value("AdvancedConfiguration", "AlternateTargetGroupArn") for entry in entries),
    ]
    found: list[Resource] = []
    for value in named:
        try:
            group = service.template.estate.find(value, TARGET_GROUP)
        except CannotTell:
            continue
        if group is not None and group not in found:
            found.append(group)
    return found


def services_behind(target_group: Resource) -> list[Resource]:
    """Return the services that register their tasks with a target group."""
    return [service for service in target_group.referring(SERVICE) if target_group in target_groups_of(service)]


def listeners_of(target_group: Resource) -> list[Resource]:
    """Return the listeners in sight that forward to a target group, by themselves or by a rule."""
    listeners = target_group.referring(LISTENER)
    for rule in target_group.referring(LISTENER_RULE):
        try:
            listener = rule.template.estate.find(rule.value("ListenerArn"), LISTENER)
        except CannotTell:
            continue
        if listener is not None and listener not in listeners:
            listeners.append(listener)
    return listeners


def load_balancer_of(listener: Resource) -> Resource:
    """Return the load balancer of a listener."""
    balancer = listener.template.estate.find(listener.value("LoadBalancerArn"), LOAD_BALANCER)
    return _there(balancer, "the load balancer")


# ---- what a property names


def _named(user: Resource, value: Value, type_: str, property_: str) -> Resource | None:
    """Return the resource that a property names, by reference or by its name; None for one of another stack."""
    exact = user.template.estate.find(value) if isinstance(value, str) else None
    if exact is not None and exact.type == type_:
        return exact
    if not isinstance(value, Reference):
        found = _by_name(user, value, type_, property_)
        if found is not None:
            return found
    return user.template.estate.find(value, type_)


def _by_name(user: Resource, value: Value, type_: str, property_: str) -> Resource | None:
    if not isinstance(value, str | Unknown):
        return None
    bare = _REVISION.sub("", value.rpartition("/")[2]) if isinstance(value, str) else value
    for resource in user.template.resources.values():
        if resource.type != type_ or not resource.exists or not resource.has(property_):
            continue
        try:
            if resource.value(property_) == bare:
                return resource
        except CannotTell:
            continue
    return None


def _naming(resource: Resource, type_: str, property_: str, name: str) -> list[Resource]:
    """Return the resources of a type in which a property names this one, by reference or by its name."""
    naming = []
    for one in resource.template.estate.of_type(type_):
        try:
            if one.has(property_) and _named(one, one.value(property_), resource.type, name) is resource:
                naming.append(one)
        except CannotTell:
            continue
    return naming


def _there(resource: Resource | None, what: str) -> Resource:
    if resource is None:
        raise CannotTell(f"{what} is in another stack")
    return resource


def _is_fargate(provider: Value) -> bool:
    return isinstance(provider, str) and provider in {"FARGATE", "FARGATE_SPOT"}


def _last_segment(value: Value) -> Value:
    """Return the text after the last slash, as far as it is known."""
    if isinstance(value, str):
        return value.rpartition("/")[2]
    if not isinstance(value, Partial):
        return value
    parts: list[str | Unknown] = []
    for part in reversed(value.parts):
        if isinstance(part, str) and "/" in part:
            tail = part.rpartition("/")[2]
            parts += [tail] if tail else []
            break
        parts.append(part)
    parts.reverse()
    return parts[0] if len(parts) == 1 else Partial(tuple(parts))
