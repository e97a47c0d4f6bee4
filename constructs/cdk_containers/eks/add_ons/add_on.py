"""An EKS add-on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown, child_path
from cdk_containers.core.inputs import argument_problems, is_token, usable_arguments

from ..clusters import AddOnOptions, EksCluster
from ..clusters.add_on_resources import (
    NAMESPACES,
    SERVICE_ACCOUNTS,
    Phase,
    add_on_problems,
    add_on_role,
    make_add_on,
)
from ..clusters.cluster_checks import known_configuration_problems

_NAME = re.compile(r"[a-z0-9]([-_a-z0-9]*[a-z0-9])?")


class AddOn(CheckedConstruct):
    """An EKS add-on, with IAM roles for its pods, created before or after the nodes.

    Attributes:
        cluster: The cluster.
        add_on: The add-on.
        roles: Roles of its pods, by service account.

    See https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
    """

    cluster: EksCluster
    add_on: eks.CfnAddon
    roles: Mapping[str, iam.IRole]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        name: str,
        version: str | None = None,
        configuration: Mapping[str, Any] | str | None = None,
        service_accounts: Mapping[str, iam.IRole | Sequence[iam.IManagedPolicy]] | None = None,
        namespace: str | None = None,
        phase: Phase | None = None,
        resolve_conflicts: Literal["OVERWRITE", "PRESERVE", "NONE"] = "OVERWRITE",
        preserve_on_delete: bool = False,
    ) -> None:
        """Create an add-on.

        Args:
            scope: The parent, usually the stack of the nodes, because an add-on whose pods need nodes waits for them.
            id: Name among the parent's children.
            cluster: The cluster.
            name: Name of the add-on, from AWS, the community or AWS Marketplace; `aws eks describe-addon-versions`
                lists them. A new name replaces the add-on.
            version: A version, such as `v1.20.4-eksbuild.1`. Default: the EKS default for the Kubernetes version of the
                cluster when the add-on is created; synthesis looks nothing up.
            configuration: Configuration values, as a mapping or as JSON; `aws eks describe-addon-configuration` prints
                the schema. Default: none.
            service_accounts: Roles for service accounts of the add-on through EKS Pod Identity, by name; or policies,
                for which the construct creates a role. Default: none; its pods have no role.
            namespace: Namespace of the add-on, if it supports a custom one. A new namespace replaces the add-on.
                Default: the namespace of the add-on.
            phase: Whether nodes wait for it (`BEFORE_NODES`) or it waits for nodes (`AFTER_NODES`). Default: before for
                vpc-cni, kube-proxy and eks-pod-identity-agent, after for all others.
            resolve_conflicts: What happens to fields of the add-on that were changed in the cluster: `OVERWRITE`
                restores the add-on's values, `PRESERVE` keeps the changes on updates, `NONE` makes the deployment fail.
                Default: OVERWRITE, so that the cluster matches the template.
            preserve_on_delete: Whether its objects stay in the cluster when the add-on is deleted. Default: False.

        Raises:
            ConstructError: The input is wrong, or the stacks of nodes and add-on are in the wrong order; all problems
                are reported at once.
        """
        given = dict(locals())
        found = argument_problems(AddOn.__init__, given)
        usable = usable_arguments(AddOn.__init__, given, found)
        accounts = usable["service_accounts"] or {}
        options = AddOnOptions(
            version=usable["version"],
            configuration=usable["configuration"] or {},
            resolve_conflicts=usable["resolve_conflicts"],
            preserve_on_delete=usable["preserve_on_delete"],
        )
        found.extend_anew(options.problems())
        if not found.has("name"):
            found.extend(_name_problems(name))
            found.extend(_account_problems(name, accounts))
            if not found.has("configuration"):
                found.extend(known_configuration_problems(name, options))
            if not found.has("cluster") and not found.has("name"):
                found.extend(add_on_problems(cluster, name, path=child_path(scope, id)))
        if accounts and not found.has("cluster"):
            found.extend(_identity_problems(cluster))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        own = namespace or NAMESPACES.get(name) or ("kube-system" if name in SERVICE_ACCOUNTS else None)
        self.roles = {
            account: add_on_role(
                self, f"Role{account}", cluster=cluster, service_account=account, policies=role, namespace=own
            )
            if isinstance(role, Sequence)
            else role
            for account, role in accounts.items()
        }
        self.add_on = make_add_on(
            self,
            "AddOn",
            cluster=cluster,
            name=name,
            options=options,
            roles=self.roles,
            namespace=namespace,
            phase=phase,
        )


def _name_problems(name: str) -> list[Problem]:
    found = Problems()
    if is_token(name) or not _NAME.fullmatch(name):
        found.add(
            "name",
            "not a valid add-on name",
            given=Shown("a token") if is_token(name) else name,
            allowed="a name such as aws-ebs-csi-driver, known at synthesis",
        )
    return list(found)


def _account_problems(name: str, accounts: Mapping[str, object]) -> list[Problem]:
    """Find service accounts that a known add-on does not have, so that its pods would never get the role."""
    found = Problems()
    known = SERVICE_ACCOUNTS.get(name)
    for account in accounts:
        if known is not None and account not in known:
            found.add(
                "service_accounts",
                f"{name} has no such service account, so nothing would get the role",
                given=account,
                allowed=" or ".join(known),
                practice="eks-managed-add-ons",
            )
    return list(found)


def _identity_problems(cluster: EksCluster) -> list[Problem]:
    """Find a cluster without EKS Pod Identity."""
    found = Problems()
    if not cluster.has_pod_identity:
        fargate = cluster.compute == "FARGATE"
        found.add(
            "service_accounts",
            "EKS Pod Identity does not work on Fargate"
            if fargate
            else "the cluster has no eks-pod-identity-agent, so pods would not get the role",
            allowed="none, on a cluster with only Fargate"
            if fargate
            else 'a cluster with the agent; or EksCluster.from_attributes(installed=["POD_IDENTITY_AGENT"])',
            practice="eks-managed-add-ons",
        )
    return list(found)
