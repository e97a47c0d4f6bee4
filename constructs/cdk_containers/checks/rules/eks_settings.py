"""Clusters of EKS as templates have them: the resource of CloudFormation, and the custom resource of aws_eks in CDK.

The custom resource takes what the API takes: the same settings under `Config`, in another case.
"""

from __future__ import annotations

from cdk_containers.checks.templates import CannotTell, Resource, Value

from .capacity_parts import LAUNCH_TEMPLATE, NODE_GROUP, launch_data

CLUSTER = "AWS::EKS::Cluster"
CUSTOM_CLUSTER = "Custom::AWSCDK-EKS-Cluster"
FARGATE_PROFILE = "AWS::EKS::FargateProfile"
CUSTOM_FARGATE_PROFILE = "Custom::AWSCDK-EKS-FargateProfile"
ACCESS_ENTRY = "AWS::EKS::AccessEntry"


def at(cluster: Resource, *path: str) -> tuple[str, ...]:
    """Return the place of a setting of `AWS::EKS::Cluster` in this cluster."""
    if not cluster.type.startswith("Custom::"):
        return path
    return ("Config", *(key[0].lower() + key[1:] for key in path))


def log_types(cluster: Resource) -> set[str]:
    """Return the logs of the control plane that are switched on."""
    if cluster.type == CLUSTER:
        return {it.text("Type") for it in cluster.maps("Logging", "ClusterLogging", "EnabledTypes")}
    setups = cluster.maps("Config", "logging", "clusterLogging")
    return {type_ for setup in setups if setup.flag("enabled") for type_ in setup.texts("types")}


def is_auto(cluster: Resource) -> bool:
    """Tell whether EKS Auto Mode gives a cluster its nodes."""
    return cluster.flag(*at(cluster, "ComputeConfig", "Enabled"))


def of_cluster(cluster: Resource, *types: str) -> list[Resource]:
    """Return the resources of some types that name a cluster, by reference or by its name."""
    return [it for it in cluster.template.estate.of_type(*types) if cluster_of(it) is cluster]


def cluster_of(resource: Resource) -> Resource | None:
    """Return the cluster that a resource names; None if it is of another stack."""
    estate = resource.template.estate
    where = ("Config", "clusterName") if resource.type == CUSTOM_FARGATE_PROFILE else ("ClusterName",)
    value = resource.value(*where)
    try:
        found = estate.find(value, CLUSTER, CUSTOM_CLUSTER)
    except CannotTell:
        found = None
    return found or next((it for it in estate.of_type(CLUSTER, CUSTOM_CLUSTER) if _is_named(it, value)), None)


def _is_named(cluster: Resource, value: Value) -> bool:
    try:
        return cluster.has(*at(cluster, "Name")) and bool(cluster.value(*at(cluster, "Name")) == value)
    except CannotTell:
        return False


def minor(version: str) -> int | None:
    """Return the minor number of a version: 36 of `1.36`; None if it is no version."""
    number = version.partition(".")[2]
    return int(number) if number.isdigit() else None


def launch_template_of(user: Resource) -> Resource | None:
    """Return the launch template of a group of nodes; None if it names none."""
    launch_template = user.map("LaunchTemplate")
    for key in ("Id", "LaunchTemplateId", "Name", "LaunchTemplateName"):
        if launch_template.has(key):
            return _template(user, launch_template.value(key))
    return None


def _template(user: Resource, value: Value) -> Resource:
    found = user.template.estate.find(value, LAUNCH_TEMPLATE)
    if found is None:
        named = (it for it in user.template.estate.of_type(LAUNCH_TEMPLATE) if it.value("LaunchTemplateName") == value)
        found = next(named, None)
    if found is None:
        raise CannotTell("the launch template is in another stack")
    return found


def nodes_of(launch_template: Resource) -> list[Resource]:
    """Return the groups of nodes of a launch template that EKS manages."""
    found = []
    for group in launch_template.template.estate.of_type(NODE_GROUP):
        try:
            if launch_template_of(group) is launch_template:
                found.append(group)
        except CannotTell:
            continue
    return found


def starts_nodes(launch: Resource) -> bool:
    """Tell whether instances join a cluster: in a managed group, or by what they run at boot."""
    if launch.type == LAUNCH_TEMPLATE and nodes_of(launch):
        return True
    boot = str(launch_data(launch).source.get("UserData", ""))
    return any(sign in boot for sign in ("/etc/eks/bootstrap.sh", "node.eks.aws", "[settings.kubernetes]"))
