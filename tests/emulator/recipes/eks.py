"""EKS: clusters, what runs their pods, and what belongs to a cluster."""

from collections.abc import Callable
from typing import Any

from ..recipe import Properties, Recipe, call, only, without

# What the call that changes nodes in place takes; their version and launch template are another call's.
OF_NODES = ("NodeRepairConfig", "ScalingConfig", "UpdateConfig")


def cluster_request(properties: Properties) -> Properties:
    """Write the kinds of logs as the list that the API takes."""
    if "Logging" not in properties:
        return properties
    kinds = [it["Type"] for it in properties["Logging"]["ClusterLogging"]["EnabledTypes"]]
    return {**properties, "Logging": {"ClusterLogging": [{"Types": kinds, "Enabled": bool(kinds)}]}}


def upgrade_cluster(api: Any, name: str, properties: Properties) -> None:
    version = properties.get("Version")
    if version and api.describe_cluster(name=name)["cluster"]["version"] != version:
        api.update_cluster_version(name=name, version=version)


def cluster(api: Any, name: str) -> Properties:
    found = api.describe_cluster(name=name)["cluster"]
    return {
        "Arn": found["arn"],
        "CertificateAuthorityData": found["certificateAuthority"]["data"],
        "ClusterSecurityGroupId": found["resourcesVpcConfig"]["clusterSecurityGroupId"],
        "Endpoint": found["endpoint"],
        "OpenIdConnectIssuerUrl": found["identity"]["oidc"]["issuer"],
    }


def only_changed(*names: str) -> Callable[[Properties, Properties], Properties]:
    """Send what changed, beside what names the thing."""
    return lambda before, after: {
        name: value for name, value in after.items() if name in names or before.get(name) != value
    }


def upgrade_nodes(api: Any, identity: str, properties: Properties) -> None:
    key = nodegroup_key(identity)
    found = api.describe_nodegroup(**key)["nodegroup"]
    version = properties.get("Version", found["version"])
    template = str(properties.get("LaunchTemplate", {}).get("Version"))
    if (version, template) != (found["version"], str(found.get("launchTemplate", {}).get("version"))):
        call(api, "update_nodegroup_version", {**key, **only("LaunchTemplate", "Version")(properties)})


def nodegroup_key(identity: str) -> dict[str, str]:
    return dict(zip(("clusterName", "nodegroupName"), identity.split("/"), strict=True))


def delete_fargate_profile(api: Any, identity: str) -> None:
    name, profile = identity.split("|")
    api.delete_fargate_profile(clusterName=name, fargateProfileName=profile)


def delete_addon(api: Any, identity: str) -> None:
    name, addon = identity.split("|")
    api.delete_addon(clusterName=name, addonName=addon)


def associate_policies(api: Any, identity: str, properties: Properties) -> None:
    """Associate the policies that the entry now has, and take the others from it."""
    principal, name = identity.split("|")
    key = {"clusterName": name, "principalArn": principal}
    wanted = properties.get("AccessPolicies", [])
    found = {it["policyArn"] for it in api.list_associated_access_policies(**key)["associatedAccessPolicies"]}
    for arn in found - {it["PolicyArn"] for it in wanted}:
        api.disassociate_access_policy(**key, policyArn=arn)
    for policy in wanted:
        call(api, "associate_access_policy", {**key, **policy})


def delete_access_entry(api: Any, identity: str) -> None:
    principal, name = identity.split("|")
    api.delete_access_entry(clusterName=name, principalArn=principal)


def delete_association(api: Any, identity: str) -> None:
    """Find the cluster; the physical id is the association's alone."""
    for name in api.list_clusters()["clusters"]:
        found = api.list_pod_identity_associations(clusterName=name)["associations"]
        if identity in [it["associationId"] for it in found]:
            api.delete_pod_identity_association(clusterName=name, associationId=identity)


RECIPES = {
    "AWS::EKS::AccessEntry": Recipe(
        service="eks",
        create="create_access_entry",
        prepare=without("AccessPolicies"),
        identity=lambda made, _: f"{made['PrincipalArn']}|{made['ClusterName']}",
        then=associate_policies,
        update=("update_access_entry", ""),
        delete=delete_access_entry,
    ),
    "AWS::EKS::Addon": Recipe(
        service="eks",
        create="create_addon",
        prepare=without("PreserveOnDelete"),
        identity=lambda made, _: f"{made['ClusterName']}|{made['AddonName']}",
        update=("update_addon", ""),
        changes=only_changed("ClusterName", "AddonName"),
        delete=delete_addon,
    ),
    "AWS::EKS::Cluster": Recipe(
        service="eks",
        create="create_cluster",
        name="Name",
        longest=100,
        prepare=cluster_request,
        identity=lambda made, _: made["Name"],
        then=upgrade_cluster,
        attributes=cluster,
        update=("update_cluster_config", "Name"),
        changes=only_changed("Name"),
        delete=lambda api, name: api.delete_cluster(name=name),
    ),
    "AWS::EKS::FargateProfile": Recipe(
        service="eks",
        create="create_fargate_profile",
        name="FargateProfileName",
        longest=100,
        identity=lambda made, _: f"{made['ClusterName']}|{made['FargateProfileName']}",
        replace=True,
        delete=delete_fargate_profile,
    ),
    "AWS::EKS::Nodegroup": Recipe(
        service="eks",
        create="create_nodegroup",
        name="NodegroupName",
        longest=63,
        prepare=without("ForceUpdateEnabled"),
        identity=lambda made, _: f"{made['ClusterName']}/{made['NodegroupName']}",
        then=upgrade_nodes,
        update=("update_nodegroup_config", ""),
        changes=lambda _, after: only("ClusterName", "NodegroupName", *OF_NODES)(after),
        delete=lambda api, identity: api.delete_nodegroup(**nodegroup_key(identity)),
    ),
    "AWS::EKS::PodIdentityAssociation": Recipe(
        service="eks",
        create="create_pod_identity_association",
        identity=lambda _, response: response["association"]["associationId"],
        update=("update_pod_identity_association", "AssociationId"),
        delete=delete_association,
    ),
}
