"""EKS access policies of access entries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_eks_v2 as eks

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token
from cdk_containers.core.pseudo_parameters import partition

ADMIN = "AmazonEKSClusterAdminPolicy"

AUTO_NODE = "AmazonEKSAutoNodePolicy"

_KNOWN = (
    ADMIN,
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    AUTO_NODE,
    "AmazonEKSClusterInsightsPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSViewPolicy",
)
_ARN = re.compile(r"arn:[^:]+:eks::aws:cluster-access-policy/[A-Za-z0-9]+")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@frozen
class AccessPolicy:
    """An EKS access policy, for a whole cluster or for some namespaces.

    Attributes:
        name: Name of the policy: `AmazonEKSViewPolicy` to read everything except secrets, `AmazonEKSEditPolicy` to
            change workloads, `AmazonEKSAdminPolicy` also for roles in namespaces, `AmazonEKSClusterAdminPolicy` for
            everything. For a policy newer than this library, use its ARN.
        namespaces: Namespaces in which it applies, such as `shop`. Default: the whole cluster.

    See https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
    """

    name: str
    namespaces: Sequence[str] = ()

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        known = found.has("name") or is_token(self.name) or self.name in _KNOWN
        if not known and _ARN.fullmatch(self.name) is None:
            found.add(
                "name",
                "EKS has no access policy for people with this name",
                given=self.name,
                allowed=f"{', '.join(_KNOWN)}, or an ARN arn:partition:eks::aws:cluster-access-policy/…",
                practice="eks-access-entries",
            )
        if not found.has("namespaces"):
            for index, namespace in enumerate(self.namespaces):
                if not is_token(namespace) and not _NAMESPACE.fullmatch(namespace):
                    found.add(
                        f"namespaces[{index}]",
                        "not the name of a namespace",
                        given=namespace,
                        allowed="up to 63 lowercase letters, digits and hyphens; EKS does not support wildcards",
                        practice="eks-access-entries",
                    )
            if self.namespaces and self.name in (ADMIN, AUTO_NODE):
                found.add(
                    "namespaces",
                    f"{self.name} applies only to the whole cluster",
                    given=list(self.namespaces),
                    allowed="none; use AmazonEKSAdminPolicy for namespaces",
                    practice="eks-access-entries",
                )
        return list(found)

    def rendered(self) -> eks.CfnAccessEntry.AccessPolicyProperty:
        """Return the policy as a CloudFormation property."""
        arn = self.name
        if not arn.startswith("arn:"):
            arn = f"arn:{partition()}:eks::aws:cluster-access-policy/{self.name}"
        namespaces = list(self.namespaces)
        return eks.CfnAccessEntry.AccessPolicyProperty(
            policy_arn=arn,
            access_scope=eks.CfnAccessEntry.AccessScopeProperty(
                type="namespace" if namespaces else "cluster", namespaces=namespaces or None
            ),
        )
