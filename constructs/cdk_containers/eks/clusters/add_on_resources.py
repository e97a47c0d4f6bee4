"""EKS add-ons as resources: one of a name in a cluster, whoever makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import remember_stack
from cdk_containers.core.whereabouts import remember_path, stack_of

from ..rendering import Compute
from .add_on_options import AddOnOptions, as_json, merged
from .managed_policies import acknowledge_managed_policies
from .name_reference import name_reference
from .pod_identity import pod_identity_principal

if TYPE_CHECKING:
    from .eks_cluster import EksCluster

Phase = Literal["BEFORE_NODES", "AFTER_NODES"]

POD_IDENTITY_AGENT = "eks-pod-identity-agent"

BEFORE_NODES = frozenset({"vpc-cni", "kube-proxy", POD_IDENTITY_AGENT})
"""Add-ons without which a node does not get ready."""

SERVICE_ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "vpc-cni": ("aws-node",),
    "aws-ebs-csi-driver": ("ebs-csi-controller-sa",),
    "aws-efs-csi-driver": ("efs-csi-controller-sa", "efs-csi-node-sa"),
    "aws-fsx-csi-driver": ("fsx-csi-controller-sa",),
    "aws-mountpoint-s3-csi-driver": ("s3-csi-driver-sa",),
    "amazon-cloudwatch-observability": ("cloudwatch-agent",),
    "aws-network-flow-monitoring-agent": ("aws-network-flow-monitor-agent-service-account",),
}
"""The service accounts of add-ons that call AWS, as their pods name them."""

NAMESPACES: Mapping[str, str] = {
    "amazon-cloudwatch-observability": "amazon-cloudwatch",
    "aws-network-flow-monitoring-agent": "amazon-network-flow-monitor",
}
"""Namespaces of add-ons that are not in kube-system."""

_BUILT_IN = {
    "AUTO": frozenset({"vpc-cni", "kube-proxy", "coredns", POD_IDENTITY_AGENT}),
    "FARGATE": frozenset(
        {
            POD_IDENTITY_AGENT,
            "aws-ebs-csi-driver",
            "aws-fsx-csi-driver",
            "eks-node-monitoring-agent",
            "amazon-cloudwatch-observability",
        }
    ),
    "NODES": frozenset[str](),
}
"""Add-ons that Auto Mode brings along, and those that only run on nodes."""

DEFAULTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "NODES": {
        POD_IDENTITY_AGENT: {},
        "vpc-cni": {
            "enableNetworkPolicy": "true",
            "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
        },
        "kube-proxy": {},
        "coredns": {},
        "metrics-server": {},
    },
    "FARGATE": {"coredns": {"computeType": "Fargate"}},
    "AUTO": {"metrics-server": {}},
}
"""The add-ons that a cluster has by default, and what they are told, by what its pods run on."""


def possible_defaults(compute: Compute) -> Mapping[str, Mapping[str, Any]]:
    """Return the add-ons that `default_add_ons` takes: in Auto Mode, also what other nodes beside it need."""
    return {**DEFAULTS["NODES"], **DEFAULTS["AUTO"]} if compute == "AUTO" else DEFAULTS[compute]


def add_on_problems(cluster: EksCluster, name: str, *, path: str, option: str = "name") -> list[Problem]:
    """Find an add-on that a cluster has already, or cannot use."""
    found = Problems()
    if (owner := cluster.add_on_owner(name)) is not None:
        found.add(
            option,
            f"the cluster has this add-on already: {owner} and {path} would both make it",
            given=name,
            allowed="an add-on once; default_add_ons of the cluster changes or leaves out those that it has by default",
            practice="eks-managed-add-ons",
        )
    elif name in _BUILT_IN[cluster.compute]:
        auto = cluster.compute == "AUTO"
        found.add(
            option,
            "EKS Auto Mode has this built in" if auto else "it runs on nodes only, and this cluster has Fargate alone",
            given=name,
            allowed="another add-on; default_add_ons of the cluster for nodes of yours beside those of Auto Mode"
            if auto
            else 'another add-on, or a cluster with compute="NODES"',
            practice="eks-managed-add-ons",
        )
    return list(found)


def make_add_on(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    cluster: EksCluster,
    name: str,
    options: AddOnOptions,
    defaults: Mapping[str, Any] | None = None,
    roles: Mapping[str, iam.IRole] | None = None,
    namespace: str | None = None,
    phase: Phase | None = None,
) -> eks.CfnAddon:
    """Make an add-on, in its place before or after the nodes.

    Args:
        scope: The parent.
        id: Name among the parent's children.
        cluster: The cluster.
        name: Name of the add-on.
        options: How it is installed.
        defaults: What it is told if the options do not say otherwise.
        roles: Roles that EKS Pod Identity gives to its service accounts, by their names.
        namespace: Namespace of an add-on that can be in another than its own.
        phase: When it is made. Default: what its name says.
    """
    values = merged(defaults or {}, options.values)
    add_on = eks.CfnAddon(
        scope,
        id,
        cluster_name=name_reference(cluster),
        addon_name=name,
        addon_version=options.version,
        configuration_values=as_json(stack_of(scope), values) if values else None,
        resolve_conflicts=options.resolve_conflicts,
        preserve_on_delete=options.preserve_on_delete,
        pod_identity_associations=[
            eks.CfnAddon.PodIdentityAssociationProperty(service_account=account, role_arn=role.role_arn)
            for account, role in (roles or {}).items()
        ]
        or None,
        namespace_config=eks.CfnAddon.NamespaceConfigProperty(namespace=namespace) if namespace else None,
    )
    remember_stack(add_on, scope)
    remember_path(add_on, scope, id)
    agent = cluster.pod_identity_agent
    if roles and agent is not None:
        add_on.add_resource_dependency(agent)
    cluster.note_add_on(name, add_on, values, options.version)
    if phase is None:
        phase = "BEFORE_NODES" if name in BEFORE_NODES else "AFTER_NODES"
    (cluster.before_nodes if phase == "BEFORE_NODES" else cluster.after_nodes)(add_on)
    return add_on


def add_on_role(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    cluster: EksCluster,
    service_account: str,
    policies: Sequence[iam.IManagedPolicy],
    namespace: str | None,
) -> iam.Role:
    """Make a role that EKS Pod Identity gives to the pods of an add-on, and to nothing else.

    See https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    role = iam.Role(
        scope,
        id,
        assumed_by=pod_identity_principal(cluster, namespace, service_account),
        managed_policies=list(policies),
    )
    acknowledge_managed_policies(role, policies)
    return role
