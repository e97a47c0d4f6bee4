"""Places of boxes: their names, the resources under their paths, and the boxes that contain them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Map, Reference, Resource

_SERVICE = "AWS::ECS::Service"
_DAEMON = "AWS::ECS::Daemon"
_TASK = "AWS::ECS::TaskDefinition"
_PROVIDER = "AWS::ECS::CapacityProvider"
_GROUP = "AWS::AutoScaling::AutoScalingGroup"
_EKS = "AWS::EKS::Cluster"
_GENERIC = {
    *("Default", "Resource", "Service", "TaskDefinition", "Task", "Group", "ASG", "Vpc", "VPC"),
    *("LoadBalancer", "Queue", "FileSystem", "Cluster", "Table", "Topic", "Repository", "Nodegroup", "Pipeline"),
    *("Definition", "Provider", "Environment", "Schedule", "CodeDeployService", "Delivery", "Identity", "Association"),
    *("Daemon", "Profile"),
}
"""Ids of internal constructs. The id of the parent is more helpful."""


def name_of(resource: Resource) -> str:
    """Return the name in the code: the last id of the path that is not an internal one."""
    return place_of(resource).rpartition("/")[2] or resource.logical_id


def place_of(resource: Resource) -> str:
    """Return the path whose contents belong to a box; empty if the template is not from an app."""
    stack, *path = resource.construct_path.split("/")
    while len(path) > 1 and path[-1] in _GENERIC:
        path.pop()
    return "/".join([stack, *path]) if path else ""


def owner_of(path: str, places: Mapping[str, str]) -> str:
    """Return the owner of the place that contains a path; empty if there is none."""
    parts = path.split("/")
    for length in range(len(parts), 1, -1):
        if (found := places.get("/".join(parts[:length]))) is not None:
            return found
    return ""


def containers(own: Mapping[str, Resource], estate: Estate) -> dict[str, str]:
    """Return which boxes of a template contain which: instances, an EKS cluster, or a VPC."""
    networks = dict(_networks(estate))
    found = {}
    for key, box in own.items():
        container = _group_of(box, estate) or _cluster_of(box, estate) or networks.get(key)
        if container is not None and container in own and container != key:
            found[key] = container
    return found


def groups_of(service: Resource, estate: Estate) -> list[Resource]:
    """Return the Auto Scaling groups that can run the tasks of a service."""
    if service.type == _DAEMON:
        names = service.values("CapacityProviderArns")
    else:
        names = [it.value("CapacityProvider") for it in service.maps("CapacityProviderStrategy")]
    providers = [estate.find(it, _PROVIDER) for it in names if not isinstance(it, str)]
    if service.type == _SERVICE and service.text("LaunchType") == "EC2":
        cluster = estate.find(service.value("Cluster"))
        providers = list(_providers_of(cluster, estate)) if cluster is not None else []
    groups = [_instances(it, estate) for it in providers if it is not None]
    return list({it.key: it for it in groups if it is not None}.values())


def _providers_of(cluster: Resource, estate: Estate) -> Iterator[Resource]:
    for association in estate.mentioning(cluster, "AWS::ECS::ClusterCapacityProviderAssociations"):
        for name in association.values("CapacityProviders"):
            if isinstance(name, Reference):
                yield name.resource


def _instances(provider: Resource, estate: Estate) -> Resource | None:
    if provider.type != _PROVIDER:
        return None
    if "ManagedInstancesProvider" in provider.source:
        return provider
    return estate.find(provider.value("AutoScalingGroupProvider", "AutoScalingGroupArn"), _GROUP)


def _group_of(box: Resource, estate: Estate) -> str | None:
    """Return the Auto Scaling group of a service, if all its tasks run on one group."""
    if box.type not in {_SERVICE, _DAEMON}:
        return None
    try:
        names = box.values("CapacityProviderArns" if box.type == _DAEMON else "CapacityProviderStrategy")
        groups = groups_of(box, estate)
    except (CannotTell, Malformed):
        return None
    return groups[0].key if len(groups) == 1 and len(names) <= 1 else None


def _cluster_of(box: Resource, estate: Estate) -> str | None:
    """Return the EKS cluster of nodes and pods. Instances name it in their user data."""
    if box.type == _GROUP:
        templates = [it for it in estate.of_type("AWS::EC2::LaunchTemplate") if box in estate.mentioning(it, _GROUP)]
        clusters = (it for it in estate.of_type(_EKS) for one in templates if one in estate.mentioning(it))
        return next((it.key for it in clusters), None)
    found = find(box, estate, "ClusterName") if box.type.startswith("AWS::EKS::") else None
    return found.key if found is not None else None


def _networks(estate: Estate) -> Iterator[tuple[str, str]]:
    """Yield the VPC of a resource in subnets: directly, by a subnet group or mount target, or by the starter."""
    for subnet in estate.of_type("AWS::EC2::Subnet"):
        vpc = find(subnet, estate, "VpcId")
        if vpc is None:
            continue
        for user in estate.mentioning(subnet):
            yield user.key, vpc.key
            if user.type == "AWS::EFS::MountTarget" and (system := find(user, estate, "FileSystemId")) is not None:
                yield system.key, vpc.key
            for one in estate.mentioning(user) if user.type.endswith("SubnetGroup") else ():
                yield one.key, vpc.key
        starting = {user.key for user in estate.mentioning(subnet)}
        for task in estate.of_type(_TASK):
            if starting & {it.key for it in estate.mentioning(task)}:
                yield task.key, vpc.key


def find(resource: Map, estate: Estate, *path: str) -> Resource | None:
    """Return the resource that a property names; None if it is not in the estate or known only at deployment."""
    try:
        return estate.find(resource.value(*path))
    except (CannotTell, Malformed):
        return None
