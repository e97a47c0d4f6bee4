"""Drivers that make and mount volumes, one of each in a cluster, however many storages use it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, acknowledge_wildcards

from ..clusters import EksCluster
from ..identity import pod_identity_role
from .register import register_of


@dataclass(frozen=True, kw_only=True, slots=True)
class CsiDriver:
    """A driver, as EKS installs it.

    Attributes:
        id: Name among the children of the cluster.
        add_on: Name of the add-on.
        service_account: The service account that calls AWS.
        namespace: Its namespace.
        policy: The managed policy that AWS documents for it, if it is the least.
    """

    id: str
    add_on: str
    service_account: str
    namespace: str = "kube-system"
    policy: str | None = None


def install_driver(storage: Construct, cluster: EksCluster, driver: CsiDriver) -> iam.IRole:
    """Install a driver where no other storage has, and return its role.

    It is made beside the cluster, so that it stays while another storage uses it.
    """
    drivers = register_of(cluster).drivers
    if driver.add_on not in drivers:
        scope = Construct(storage if cluster.is_imported else cluster, driver.id)
        role = pod_identity_role(
            scope,
            "Role",
            cluster=cluster,
            namespace=driver.namespace,
            service_account=driver.service_account,
            managed_policies=(
                [] if driver.policy is None else [iam.ManagedPolicy.from_aws_managed_policy_name(driver.policy)]
            ),
        )
        if driver.policy is not None:
            acknowledge(
                role,
                Acknowledgement(
                    "AWS documents this policy as the rights of the driver, and keeps it current; what it changes is "
                    "limited to volumes with the tag of the driver",
                    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{driver.policy}]",),
                ),
            )
        add_on(
            scope,
            cluster,
            driver.add_on,
            pod_identity_associations=[
                eks.CfnAddon.PodIdentityAssociationProperty(
                    role_arn=role.role_arn, service_account=driver.service_account
                )
            ],
        )
        drivers[driver.add_on] = role
    return drivers[driver.add_on]


def add_on(
    scope: Construct,
    cluster: EksCluster,
    name: str,
    *,
    pod_identity_associations: Sequence[eks.CfnAddon.PodIdentityAssociationProperty] | None = None,
    configuration: Mapping[str, object] | None = None,
) -> eks.CfnAddon:
    """Add an add-on of EKS to a cluster, once it has nodes for its pods. EKS chooses the version for the cluster's."""
    made = eks.CfnAddon(
        scope,
        "AddOn",
        cluster_name=cluster.cluster.cluster_name,
        addon_name=name,
        pod_identity_associations=None if pod_identity_associations is None else list(pod_identity_associations),
        configuration_values=None if configuration is None else json.dumps(configuration),
        resolve_conflicts="OVERWRITE",
    )
    cluster.after_nodes(made)
    return made


def let_driver(
    storage: Construct,
    role: iam.IRole,
    statements: Sequence[iam.PolicyStatement],
    *,
    wildcards: str | None = None,
    id: str = "DriverPolicy",  # noqa: A002
) -> None:
    """Give the role of a driver what one storage needs, in the stack of the storage, which may need the cluster's."""
    policy = iam.Policy(storage, id, statements=list(statements), roles=[role])
    if wildcards is not None:
        acknowledge_wildcards(policy, wildcards)


def use_of_key(key: kms.IKey) -> list[iam.PolicyStatement]:
    """Return what is needed to make and attach volumes that a key encrypts.

    See https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
    """
    return [
        iam.PolicyStatement(
            actions=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            resources=[key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        iam.PolicyStatement(
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            resources=[key.key_arn],
        ),
    ]
