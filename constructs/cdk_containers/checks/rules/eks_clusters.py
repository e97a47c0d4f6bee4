"""Checks of clusters on EKS: their API, logs, keys, access, versions and add-ons."""

from __future__ import annotations

import json
import re
from ipaddress import ip_network
from itertools import combinations

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Malformed, Partial, Resource, Value
from cdk_containers.core.kubernetes_versions import VERSIONS

from .capacity_parts import NODE_GROUP
from .eks_settings import CLUSTER, CUSTOM_CLUSTER, at, is_auto, log_types, minor, of_cluster
from .roles import role_of, trusts

_CLUSTERS = (CLUSTER, CUSTOM_CLUSTER)
_KUBECTL = ("Custom::AWSCDK-EKS-KubernetesResource", "Custom::AWSCDK-EKS-HelmChart")
_KUBECTL_PROVIDER = "EKS kubectl resource provider"
"""What CDK says of the function that runs kubectl."""
_EVERYBODY = {"0.0.0.0/0", "::/0"}
_SECRET = re.compile(r'"kind"\s*:\s*"Secret"')


@check(
    "eks-private-endpoint",
    *_CLUSTERS,
    fix="Set EndpointPublicAccess to false and EndpointPrivateAccess to true in ResourcesVpcConfig.",
)
def is_not_public(cluster: Resource) -> Outcome:
    """The API cannot be reached from the whole internet."""
    if not cluster.flag(*at(cluster, "ResourcesVpcConfig", "EndpointPublicAccess"), default=True):
        return ok("only the network can reach the API")
    blocks = cluster.texts(*at(cluster, "ResourcesVpcConfig", "PublicAccessCidrs"))
    if not blocks or _EVERYBODY & set(blocks):
        return fault("the whole internet can reach the API of the cluster")
    return ok(f"{', '.join(blocks)} can reach the API")


@check(
    "eks-control-plane-logs",
    *_CLUSTERS,
    fix="List api, audit, authenticator, controllerManager and scheduler in Logging.ClusterLogging.EnabledTypes.",
)
def logs_its_control_plane(cluster: Resource) -> Outcome:
    """The logs show who did what in the cluster."""
    missing = [name for name in ("audit", "authenticator") if name not in log_types(cluster)]
    return fault(f"the control plane writes no {' and no '.join(missing)} logs") if missing else ok("it is logged")


@check(
    "eks-secrets-encryption",
    *_CLUSTERS,
    fix="Set EncryptionConfig with Resources: [secrets] and the ARN of a KMS key in Provider.KeyArn.",
)
def encrypts_secrets(cluster: Resource) -> Outcome:
    """Kubernetes secrets are encrypted with a key of the account."""
    where = at(cluster, "EncryptionConfig")
    key = "Resources" if cluster.type == CLUSTER else "resources"
    if any("secrets" in config.texts(key) for config in cluster.maps(*where)):
        return ok("secrets are encrypted with a KMS key")
    return fault("secrets are not encrypted with your own KMS key")


@check("eks-access-entries", *_CLUSTERS, fix="Set AccessConfig.AuthenticationMode to API.")
def takes_access_entries(cluster: Resource) -> Outcome:
    """Access is given by entries, and not by the ConfigMap aws-auth."""
    mode = cluster.text(*at(cluster, "AccessConfig", "AuthenticationMode"), default="CONFIG_MAP")
    if mode == "CONFIG_MAP":
        return fault("the aws-auth ConfigMap controls access")
    return ok("access entries control access" if mode == "API" else "access entries and aws-auth both control access")


@check(
    "eks-creator-admin",
    *_CLUSTERS,
    fix="Set AccessConfig.BootstrapClusterCreatorAdminPermissions to false, and give administrators access entries.",
)
def gives_its_creator_no_rights(cluster: Resource) -> Outcome:
    """The creator of the cluster gets no permissions in it."""
    where = at(cluster, "AccessConfig", "BootstrapClusterCreatorAdminPermissions")
    if cluster.flag(*where, default=True):
        return fault("the creator of the cluster stays its administrator")
    return ok("the creator of the cluster gets no permissions in it")


@check("eks-supported-version", *_CLUSTERS, fix=f"Set Version to {list(VERSIONS)[-1]}.")
def has_a_supported_version(cluster: Resource) -> Outcome:
    """EKS still offers the version."""
    version = cluster.text(*at(cluster, "Version"))
    if not version:
        return ok("EKS chooses a supported version")
    if version in VERSIONS:
        return ok(f"EKS supports Kubernetes {version}")
    number = minor(version)
    if number is not None and number > max(minor(it) or 0 for it in VERSIONS):
        raise CannotTell(f"Kubernetes {version} is newer than the known versions")
    return fault(f"EKS does not support Kubernetes {version}")


@check("eks-standard-support", *_CLUSTERS, fix="Set UpgradePolicy.SupportType to STANDARD.")
def stays_in_standard_support(cluster: Resource) -> Outcome:
    """The cluster does not enter extended support without a decision."""
    if cluster.text(*at(cluster, "UpgradePolicy", "SupportType"), default="EXTENDED") == "STANDARD":
        return ok("it stays in standard support")
    return fault("it enters extended support")


@check("eks-deletion-protection", *_CLUSTERS, fix="Set DeletionProtection to true.")
def is_protected(cluster: Resource) -> Outcome:
    """One wrong call does not delete it."""
    if cluster.flag(*at(cluster, "DeletionProtection")):
        return ok("it is protected from deletion")
    return fault("it is not protected from deletion")


@check("eks-zonal-shift", *_CLUSTERS, fix="Set ZonalShiftConfig.Enabled to true.")
def allows_zonal_shift(cluster: Resource) -> Outcome:
    """Traffic can be shifted away from a zone."""
    if cluster.flag(*at(cluster, "ZonalShiftConfig", "Enabled")):
        return ok("traffic can be shifted away from a zone")
    return fault("traffic cannot be shifted away from a zone")


@check("eks-managed-add-ons", *_CLUSTERS, fix="Add an AWS::EKS::Addon with the AddonName vpc-cni, before the nodes.")
def has_add_ons(cluster: Resource) -> Outcome:
    """What nodes need is installed as add-ons."""
    if is_auto(cluster):
        return ok("Auto Mode provides what pods need")
    names = {add_on.text("AddonName") for add_on in of_cluster(cluster, "AWS::EKS::Addon")}
    if "vpc-cni" in names:
        return ok(f"it has the add-ons {', '.join(sorted(names))}")
    bare = not cluster.flag(*at(cluster, "BootstrapSelfManagedAddons"), default=True)
    if bare and of_cluster(cluster, NODE_GROUP):
        return fault("it has nodes, but no add-on provides pod networking")
    raise CannotTell("other stacks or manual steps may install add-ons")


# ---- networks and machines outside AWS


@check(
    "eks-hybrid-networks",
    *_CLUSTERS,
    fix="Set ranges that do not overlap for RemoteNodeNetworks, RemotePodNetworks, the VPC and the services.",
)
def tells_networks_apart(cluster: Resource) -> Outcome | None:
    """No network of machines outside AWS overlaps another one."""
    remote = at(cluster, "RemoteNetworkConfig")
    if not cluster.has(*remote):
        return None
    config, key = cluster.map(*remote), "Cidrs" if cluster.type == CLUSTER else "cidrs"
    networks = [
        cidr
        for list_ in at(cluster, "RemoteNodeNetworks", "RemotePodNetworks")[-2:]
        for network in config.maps(list_)
        for cidr in network.texts(key)
    ]
    services = at(cluster, "KubernetesNetworkConfig", "ServiceIpv4Cidr")
    networks += [cluster.text(*services)] if cluster.has(*services) else []
    return worst(_apart, combinations(networks, 2)) or ok("there is one network outside AWS")


def _apart(pair: tuple[str, str]) -> Outcome:
    try:
        one, other = (ip_network(cidr, strict=False) for cidr in pair)
    except ValueError:
        raise Malformed("RemoteNetworkConfig", "a CIDR block", pair) from None
    return fault(f"{one} overlaps {other}") if one.overlaps(other) else ok("networks outside AWS do not overlap")


@check(
    "eks-hybrid-credentials",
    "AWS::EKS::AccessEntry",
    fix="Set PrincipalArn to a role that ssm.amazonaws.com or rolesanywhere.amazonaws.com can assume.",
)
def has_credentials_that_end(entry: Resource) -> Outcome | None:
    """Machines outside AWS get credentials by Systems Manager or IAM Roles Anywhere."""
    if entry.text("Type", default="STANDARD") != "HYBRID_LINUX":
        return None
    principal = entry.value("PrincipalArn")
    user = entry.template.estate.find(principal, "AWS::IAM::User")
    if user is not None or (isinstance(principal, str) and ":user/" in principal):
        return fault("machines outside AWS use the access keys of an IAM user")
    role = role_of(principal, entry.template.estate)
    if role is None:
        raise CannotTell("the role is in another stack")
    if trusts(role, "ssm") or trusts(role, "rolesanywhere"):
        return ok("machines outside AWS get credentials that expire")
    return fault(f"neither Systems Manager nor IAM Roles Anywhere can assume role {role.logical_id}")


# ---- manifests that a stack applies


@check(
    "eks-manifests-as-files",
    *_CLUSTERS,
    "AWS::Lambda::Function",
    fix="Apply manifests from your pipeline or with Argo CD, and remove the function that runs kubectl.",
)
def applies_no_manifests(resource: Resource) -> Outcome | None:
    """No function has all rights in a cluster to apply manifests."""
    if resource.type in _CLUSTERS:
        return None if of_cluster(resource, *_KUBECTL) else ok("no function applies manifests")
    if _KUBECTL_PROVIDER not in _text(resource.value("Description")):
        return None
    return fault("it applies manifests with all permissions in the cluster")


@check(
    "eks-no-secret-manifests",
    _KUBECTL[0],
    fix="Store the secret in Secrets Manager, and read it with External Secrets or the Secrets Store CSI driver.",
)
def carries_no_secret(resource: Resource) -> Outcome:
    """A manifest in a template has no secret."""
    value = resource.value("Manifest")
    if _SECRET.search(_text(value)):
        return fault("its manifest contains a Secret")
    if isinstance(value, Partial):
        return ok("the known parts of the manifest contain no Secret")
    try:
        json.loads(resource.text("Manifest"))
    except ValueError:
        raise Malformed("Manifest", "JSON", value) from None
    return ok("its manifest contains no Secret")


def _text(value: Value) -> str:
    if isinstance(value, Partial):
        return "".join(part if isinstance(part, str) else "?" for part in value.parts)
    return value if isinstance(value, str) else ""
