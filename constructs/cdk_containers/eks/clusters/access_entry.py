"""Access entries of a cluster."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, child_path
from cdk_containers.core.inputs import argument_problems, is_token, usable_arguments

from .access_policy import AUTO_NODE, AccessPolicy
from .cluster_checks import arn_of, principal_problems
from .eks_cluster import EksCluster
from .principals import EntryType, make_entry

_RESERVED = re.compile(r"(system|eks|aws|amazon|iam):")


class AccessEntry(CheckedConstruct):
    """Access of a role or a user to a cluster: EKS access policies, Kubernetes groups, or joining it as a node.

    Attributes:
        entry: The access entry.

    See https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """

    entry: eks.CfnAccessEntry

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        principal: iam.IRole | str,
        policies: Sequence[AccessPolicy] = (),
        kubernetes_groups: Sequence[str] = (),
        username: str | None = None,
        type: EntryType = "STANDARD",  # noqa: A002
    ) -> None:
        """Create an access entry.

        Args:
            scope: The parent, usually the stack of the cluster or of the role.
            id: Name among the parent's children.
            cluster: The cluster.
            principal: The role, or the ARN of a role or a user; for `STANDARD`, also of another account. EKS accepts
                one entry for each principal. A new principal replaces the entry.
            policies: EKS access policies. Default: none; only the permissions of its groups.
            kubernetes_groups: Groups for RoleBindings and ClusterRoleBindings. Default: none.
            username: User name in the Kubernetes API and its audit log; for a role it contains `{{SessionName}}`.
                Default: a name that EKS derives from the ARN.
            type: Type of the entry: `STANDARD` for people and pipelines. The other types are for nodes, whose
                constructs create their entries. You need them only for the role of an Auto Mode NodeClass (`EC2`) and
                for nodes from elsewhere. A new type replaces the entry. Default: STANDARD.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(AccessEntry.__init__, given)
        usable = usable_arguments(AccessEntry.__init__, given, found)
        if not found.has("principal"):
            found.extend(principal_problems("principal", principal))
        for index, policy in enumerate(usable["policies"]):
            found.extend(policy.problems(), under=f"policies[{index}]")
        found.extend_anew(_type_problems(usable["type"], principal, usable["policies"], usable))
        if not found.has("kubernetes_groups"):
            for index, group in enumerate(kubernetes_groups):
                found.extend(_name_problems(f"kubernetes_groups[{index}]", group))
        if username is not None and not found.has("username"):
            found.extend(_name_problems("username", username))
        if not found.has("principal") and not found.has("cluster"):
            path = child_path(scope, id)
            found.extend(cluster.principals.problems(arn_of(principal), path=path, option="principal"))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        rendered = [policy.rendered() for policy in policies]
        if type == "EC2" and not policies:
            rendered = [AccessPolicy(name=AUTO_NODE).rendered()]
        self.entry = make_entry(
            self,
            "Entry",
            cluster=cluster,
            principal_arn=arn_of(principal),
            type=type,
            policies=rendered,
            kubernetes_groups=kubernetes_groups,
            username=username,
        )


def _type_problems(
    type_: EntryType, principal: iam.IRole | str, policies: Sequence[AccessPolicy], given: dict[str, object]
) -> list[Problem]:
    """Find options that an entry for nodes does not support."""
    found = Problems()
    if type_ == "STANDARD":
        return []
    if isinstance(principal, str) and ":user/" in principal:
        found.add(
            "principal",
            "nodes use roles, not users",
            given=principal,
            allowed="a role, or its ARN",
            practice="eks-access-entries",
        )
    for option in ("kubernetes_groups", "username"):
        if given[option]:
            found.add(
                option,
                f"EKS chooses it for an entry of type {type_}",
                given=given[option],
                allowed='remove it, or use type="STANDARD"',
                practice="eks-access-entries",
            )
    if policies and not (type_ == "EC2" and all(policy.name == AUTO_NODE for policy in policies)):
        found.add(
            "policies",
            f"an entry of type {type_} does not support this policy",
            given=[policy.name for policy in policies],
            allowed=f"none; with EC2, {AUTO_NODE}, which is the default",
            practice="eks-access-entries",
        )
    return list(found)


def _name_problems(option: str, name: str) -> list[Problem]:
    found = Problems()
    if not is_token(name) and (not name.strip() or _RESERVED.match(name)):
        found.add(
            option,
            "EKS refuses it",
            given=name,
            allowed="a name that does not begin with system:, eks:, aws:, amazon: or iam:",
            practice="eks-access-entries",
        )
    return list(found)
