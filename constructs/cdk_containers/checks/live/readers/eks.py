"""EKS clusters with their nodes, add-ons and access entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties, shaped
from cdk_containers.checks.templates import Unread

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_CLUSTER = (
    "AccessConfig ComputeConfig DeletionProtection EncryptionConfig KubernetesNetworkConfig Name RemoteNetworkConfig "
    "ResourcesVpcConfig RoleArn StorageConfig UpgradePolicy Version ZonalShiftConfig"
)
_NODE_GROUP = (
    "AmiType CapacityType ClusterName InstanceTypes LaunchTemplate NodeRepairConfig NodeRole NodegroupName "
    "RemoteAccess ScalingConfig Subnets Version"
)
_PROFILE = "ClusterName FargateProfileName PodExecutionRoleArn Selectors Subnets"
_ENTRY = "ClusterName PrincipalArn Type"


@reader(
    {
        "AWS::EKS::Cluster": f"{_CLUSTER} Logging",
        "AWS::EKS::Nodegroup": _NODE_GROUP,
        "AWS::EKS::FargateProfile": _PROFILE,
        "AWS::EKS::Addon": "AddonName ClusterName",
        "AWS::EKS::AccessEntry": _ENTRY,
    },
    eks=(
        "list_clusters",
        "describe_cluster",
        "list_nodegroups",
        "describe_nodegroup",
        "list_fargate_profiles",
        "describe_fargate_profile",
        "list_addons",
        "list_access_entries",
        "describe_access_entry",
    ),
)
def clusters(account: Account) -> Iterator[Found]:
    """Find the clusters with all their parts."""
    for name in account.pages("eks", "list_clusters", "clusters"):
        answer = account.call("eks", "describe_cluster", name=name)
        if answer is None:
            continue
        it = answer["cluster"]
        yield Found(
            type="AWS::EKS::Cluster",
            name=it["arn"],
            properties=_cluster(it),
            identifiers=frozenset({it["arn"]}),
            physical_id=name,
        )
        yield from _parts(
            account, name, has_entries=it.get("accessConfig", {}).get("authenticationMode") != "CONFIG_MAP"
        )


def _cluster(it: Mapping[str, Any]) -> dict[str, Any]:
    shown = properties(it, _CLUSTER)
    setups = it.get("logging", {}).get("clusterLogging", ())
    enabled = [type_ for setup in setups if setup.get("enabled") for type_ in setup.get("types", ())]
    creator = {
        "BootstrapClusterCreatorAdminPermissions": Unread(
            "EKS does not show whether the creator of the cluster is its administrator"
        )
    }
    return shown | {
        "AccessConfig": creator | shown.get("AccessConfig", {}),
        "Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": it} for it in enabled]}},
    }


def _parts(account: Account, cluster: str, *, has_entries: bool) -> Iterator[Found]:
    for type_, names, list_, listed, key, one, of, arn in (
        (
            "Nodegroup",
            _NODE_GROUP,
            "list_nodegroups",
            "nodegroups",
            "nodegroupName",
            "describe_nodegroup",
            "nodegroup",
            "nodegroupArn",
        ),
        (
            "FargateProfile",
            _PROFILE,
            "list_fargate_profiles",
            "fargateProfileNames",
            "fargateProfileName",
            "describe_fargate_profile",
            "fargateProfile",
            "fargateProfileArn",
        ),
        (
            "AccessEntry",
            _ENTRY,
            "list_access_entries",
            "accessEntries",
            "principalArn",
            "describe_access_entry",
            "accessEntry",
            "accessEntryArn",
        ),
    ):
        if type_ == "AccessEntry" and not has_entries:
            continue
        for name in account.pages("eks", list_, listed, clusterName=cluster):
            answer = account.call("eks", one, clusterName=cluster, **{key: name})
            if answer is not None:
                it = answer[of]
                yield Found(
                    type=f"AWS::EKS::{type_}",
                    name=it[arn],
                    properties=properties(it, names),
                    identifiers=frozenset({it[arn]}),
                    physical_id=_PHYSICAL[type_].format(cluster=cluster, name=name),
                )
    for name in account.pages("eks", "list_addons", "addons", clusterName=cluster):
        yield Found(
            type="AWS::EKS::Addon",
            name=f"{cluster}|{name}",
            properties=shaped({"addonName": name, "clusterName": cluster}),
            identifiers=frozenset({f"{cluster}|{name}"}),
        )


_PHYSICAL = {
    "Nodegroup": "{cluster}/{name}",
    "FargateProfile": "{cluster}|{name}",
    "AccessEntry": "{name}|{cluster}",
}
"""What CloudFormation calls them."""
