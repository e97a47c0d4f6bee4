"""The role of nodes: what the kubelet needs, and nothing of applications."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.errors import ConstructError, Problem
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.core.opt_outs.wildcards import acknowledge_wildcards
from cdk_containers.instances import SESSION_MANAGER, refuse_grants

from ..clusters.managed_policies import aws_managed_policy

POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
"""The VPC CNI, which gives pods their addresses, has its own role by Pod Identity: nodes need no policy for it."""

_MANAGED = (
    "The policies that EKS documents for nodes; AWS extends them when nodes come to need more, which a copy would miss"
)
_NO_RESOURCE = "The actions of Session Manager take no resource, and machines have no id before they are there"
_NOTHING_ELSE = (
    "permissions were added to the role of nodes, where every pod on a node could use them. Grant them to a "
    "WorkloadIdentity instead, whose role is its pods' alone: table.grant_read_data(identity). "
    "practice: eks-node-role"
)


def make_node_role(
    scope: Construct,
    *,
    session_manager: bool,
    principal: iam.IPrincipal | None = None,
    policies: Sequence[str] = POLICIES,
    statements: Sequence[iam.PolicyStatement] = (),
) -> iam.Role:
    """Make the role of the nodes of one group.

    Anything granted to it later is an error when the app is synthesized: it would be every pod's on the node.

    Args:
        scope: The parent.
        session_manager: Whether Session Manager may open shells.
        principal: Who takes it on. EC2, unless another is said.
        policies: Managed policies of AWS.
        statements: What it may do beside those.

    See https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
    """
    allowed = list(statements)
    if session_manager:
        allowed.append(iam.PolicyStatement(actions=list(SESSION_MANAGER), resources=["*"]))
    role = iam.Role(
        scope,
        "NodeRole",
        assumed_by=principal or iam.ServicePrincipal("ec2.amazonaws.com"),
        managed_policies=[aws_managed_policy(policy) for policy in policies],
        inline_policies={"Node": iam.PolicyDocument(statements=allowed)} if allowed else None,
    )
    managed = tuple(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]" for policy in policies)
    acknowledge(role, Acknowledgement(_MANAGED, cdk_nag=managed))
    if session_manager:
        acknowledge(role, Acknowledgement(_NO_RESOURCE, checkov=("CKV_AWS_111",)))
        acknowledge_wildcards(role, _NO_RESOURCE)
    refuse_grants(role, _NOTHING_ELSE)
    return role


def no_grants(nodes: Construct) -> ConstructError:
    """Return the error that answers a grant to nodes."""
    problem = Problem(
        option="grant",
        what="nodes get no permissions of applications: every pod on them could use them",
        allowed="grant to the identity of the pods: table.grant_read_data(WorkloadIdentity(…))",
        practice="eks-node-role",
    )
    return ConstructError(nodes.node.path, [problem])
