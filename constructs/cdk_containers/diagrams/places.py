"""Where a box is: what its name is, what is under its path, and which box contains it."""

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
"""Names that constructs give to what they consist of. The name above says more."""


def name_of(resource: Resource) -> str:
    """Say what the code calls it: the last name of its path that is not a construct's own."""
    return place_of(resource).rpartition("/")[2] or resource.logical_id


def place_of(resource: Resource) -> str:
    """Return the path under which everything belongs to a box; empty if no app made the template."""
    stack, *path = resource.construct_path.split("/")
    while len(path) > 1 and path[-1] in _GENERIC:
        path.pop()
    return "/".join([stack, *path]) if path else ""


def owner_of(path: str, places: Mapping[str, str]) -> str:
    """Return whose place a path is under; empty if it is nobody's."""
    parts = path.split("/")
    for length in range(len(parts), 1, -1):
        if (found := places.get("/".join(parts[:length]))) is not None:
            return found
    return ""


def containers(own: Mapping[str, Resource], estate: Estate) -> dict[str, str]:
    """Return which of a template's boxes contains which: instances, an EKS cluster, or a VPC."""
    networks = dict(_networks(estate))
    found = {}
    for key, box in own.items():
        container = _group_of(box, estate) or _cluster_of(box, estate) or networks.get(key)
        if container is not None and container in own and container != key:
            found[key] = container
    return found


def groups_of(service: Resource, estate: Estate) -> list[Resource]:
    """Return the instances that may run the tasks of a service, without those of Fargate."""
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
    """Return the instances that a service runs on, if all of its tasks run on one group of them."""
    if box.type not in {_SERVICE, _DAEMON}:
        return None
    try:
        names = box.values("CapacityProviderArns" if box.type == _DAEMON else "CapacityProviderStrategy")
        groups = groups_of(box, estate)
    except (CannotTell, Malformed):
        return None
    return groups[0].key if len(groups) == 1 and len(names) <= 1 else None


def _cluster_of(box: Resource, estate: Estate) -> str | None:
    """Return the EKS cluster of nodes and pods. Instances name it in what they run when they start."""
    if box.type == _GROUP:
        templates = [it for it in estate.of_type("AWS::EC2::LaunchTemplate") if box in estate.mentioning(it, _GROUP)]
        clusters = (it for it in estate.of_type(_EKS) for one in templates if one in estate.mentioning(it))
        return next((it.key for it in clusters), None)
    found = find(box, estate, "ClusterName") if box.type.startswith("AWS::EKS::") else None
    return found.key if found is not None else None


def _networks(estate: Estate) -> Iterator[tuple[str, str]]:
    """Give the VPC of what is in subnets: directly, by a subnet group or mount target, or by what starts a job."""
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
    """Return what a property names; None if it is nothing of the estate, or if only a deployment knows."""
    try:
        return estate.find(resource.value(*path))
    except (CannotTell, Malformed):
        return None
