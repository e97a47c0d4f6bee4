"""Drivers that make and mount volumes, one of each in a cluster, however many storages use it."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import acknowledge_wildcards

from ..clusters import AddOnOptions, EksCluster
from ..clusters.add_on_resources import add_on_role, make_add_on
from .register import register_of


@frozen
class CsiDriver:
    """A driver, as EKS installs it.

    Attributes:
        id: Name among the children of the cluster.
        add_on: Name of the add-on.
        service_account: The service account that calls AWS.
        policies: The managed policies that AWS documents for it, where they are the least.
    """

    id: str
    add_on: str
    service_account: str
    policies: tuple[str, ...] = ()


def install_driver(storage: Construct, cluster: EksCluster, driver: CsiDriver) -> iam.IRole:
    """Install a driver where no other storage has, and return its role."""
    drivers = register_of(cluster).drivers
    if driver.add_on not in drivers:
        scope = driver_scope(storage, cluster, driver.id)
        account = driver.service_account
        role = add_on_role(
            scope,
            "Role",
            cluster=cluster,
            service_account=account,
            policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy) for policy in driver.policies],
            namespace="kube-system",
        )
        make_add_on(scope, "AddOn", cluster=cluster, name=driver.add_on, options=AddOnOptions(), roles={account: role})
        drivers[driver.add_on] = role
    return drivers[driver.add_on]


def driver_scope(storage: Construct, cluster: EksCluster, id: str) -> Construct:  # noqa: A002
    """Return where a driver belongs: to no storage, since others may use it, and after the nodes that it waits for."""
    stack = cdk.Stack.of(storage)
    beside = not cluster.is_imported and stack is cdk.Stack.of(cluster)
    return Construct(cluster, id) if beside else Construct(stack, f"{cluster.cluster_name}-{id}")


def driver_problems(cluster: EksCluster, add_on: str, driver_role: iam.IRole | None) -> list[Problem]:
    """Find a driver that the app installs already, of which a storage does not know the role."""
    found = Problems()
    owner = cluster.add_on_owner(add_on)
    if driver_role is None and owner is not None and add_on not in register_of(cluster).drivers:
        found.add(
            "driver_role",
            f"the cluster has the add-on {add_on} already, of {owner}, and nobody knows its role",
            allowed="the role of its service account; or leave the add-on to the storage",
            practice="eks-managed-add-ons",
        )
    return list(found)


def let_driver(
    storage: Construct,
    role: iam.IRole,
    statements: Sequence[iam.PolicyStatement],
    *,
    wildcards: str | None = None,
) -> None:
    """Give the role of a driver what one storage needs, in the stack of the storage, which may need the cluster's."""
    policy = iam.Policy(storage, "DriverPolicy", statements=list(statements), roles=[role])
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
            actions=[
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            resources=[key.key_arn],
        ),
    ]
