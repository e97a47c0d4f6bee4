"""EKS add-ons as resources; each name once in a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import remember_stack
from cdk_containers.core.unchecked import unchecked
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
"""Add-ons without which a node does not become ready."""

SERVICE_ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "vpc-cni": ("aws-node",),
    "aws-ebs-csi-driver": ("ebs-csi-controller-sa",),
    "aws-efs-csi-driver": ("efs-csi-controller-sa", "efs-csi-node-sa"),
    "aws-fsx-csi-driver": ("fsx-csi-controller-sa",),
    "aws-mountpoint-s3-csi-driver": ("s3-csi-driver-sa",),
    "amazon-cloudwatch-observability": ("cloudwatch-agent",),
    "aws-network-flow-monitoring-agent": ("aws-network-flow-monitor-agent-service-account",),
}
"""Service accounts of add-ons that call AWS."""

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
"""Add-ons built into Auto Mode, and those that run only on nodes."""

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
"""Default add-ons of a cluster and their configuration, by compute type."""


def possible_defaults(compute: Compute) -> Mapping[str, Mapping[str, Any]]:
    """Return the add-ons that `default_add_ons` accepts: in Auto Mode, also those that additional nodes need."""
    return {**DEFAULTS["NODES"], **DEFAULTS["AUTO"]} if compute == "AUTO" else DEFAULTS[compute]


def add_on_problems(cluster: EksCluster, name: str, *, path: str, option: str = "name") -> list[Problem]:
    """Find an add-on that a cluster already has or cannot use."""
    found = Problems()
    if (owner := cluster.add_on_owner(name)) is not None:
        found.add(
            option,
            f"the cluster already has this add-on: {owner} and {path} would both create it",
            given=name,
            allowed="each add-on once; to change or omit default add-ons, use default_add_ons of the cluster",
            practice="eks-managed-add-ons",
        )
    elif name in _BUILT_IN[cluster.compute]:
        auto = cluster.compute == "AUTO"
        found.add(
            option,
            "EKS Auto Mode has this built in" if auto else "it runs only on nodes, and this cluster has only Fargate",
            given=name,
            allowed="another add-on; for your own nodes in addition to Auto Mode, default_add_ons of the cluster"
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
    """Create an add-on before or after the nodes.

    Args:
        scope: The parent.
        id: Name among the parent's children.
        cluster: The cluster.
        name: Name of the add-on.
        options: Its options.
        defaults: Default configuration values.
        roles: Roles for its service accounts through EKS Pod Identity, by name.
        namespace: Custom namespace, if the add-on supports one.
        phase: When it is created. Default: depends on its name.
    """
    values = merged(defaults or {}, options.values)
    add_on = unchecked(
        eks.CfnAddon,
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
    """Create a role that EKS Pod Identity gives only to the pods of an add-on.

    See https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    role = unchecked(
        iam.Role,
        scope,
        id,
        assumed_by=pod_identity_principal(cluster, namespace, service_account),
        managed_policies=list(policies),
    )
    acknowledge_managed_policies(role, policies)
    return role
