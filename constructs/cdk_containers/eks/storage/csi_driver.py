"""CSI drivers that create and mount volumes; each is installed once in a cluster."""

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
    """A CSI driver as an EKS add-on.

    Attributes:
        id: Name among the children of the cluster.
        add_on: Name of the add-on.
        service_account: The service account that calls AWS.
        policies: The managed policies that AWS documents for it, if they are minimal.
    """

    id: str
    add_on: str
    service_account: str
    policies: tuple[str, ...] = ()


def install_driver(storage: Construct, cluster: EksCluster, driver: CsiDriver) -> iam.IRole:
    """Install a driver unless another storage has done so, and return its role."""
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
    """Return the scope of a driver: outside any storage, because others may use it, and after the nodes."""
    stack = cdk.Stack.of(storage)
    beside = not cluster.is_imported and stack is cdk.Stack.of(cluster)
    return Construct(cluster, id) if beside else Construct(stack, f"{cluster.cluster_name}-{id}")


def driver_problems(cluster: EksCluster, add_on: str, driver_role: iam.IRole | None) -> list[Problem]:
    """Find an already installed driver whose role the storage does not know."""
    found = Problems()
    owner = cluster.add_on_owner(add_on)
    if driver_role is None and owner is not None and add_on not in register_of(cluster).drivers:
        found.add(
            "driver_role",
            f"the cluster already has the add-on {add_on}, from {owner}, and its role is unknown",
            allowed="the role of its service account; or let the storage create the add-on",
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
    """Grant a driver's role what one storage needs, in the stack of the storage."""
    policy = iam.Policy(storage, "DriverPolicy", statements=list(statements), roles=[role])
    if wildcards is not None:
        acknowledge_wildcards(policy, wildcards)


def use_of_key(key: kms.IKey) -> list[iam.PolicyStatement]:
    """Return the permissions to create and attach volumes encrypted with a key.

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
