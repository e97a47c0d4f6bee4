"""The role of nodes: permissions of the kubelet, but none of applications."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.errors import ConstructError, Problem
from cdk_containers.core.inputs import remember_stack
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.core.opt_outs.wildcards import acknowledge_wildcards
from cdk_containers.core.service_principals import service_principal
from cdk_containers.core.unchecked import unchecked
from cdk_containers.instances import SESSION_MANAGER, refuse_grants

from ..clusters.managed_policies import arn_of_policy, aws_managed_policy

POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
"""The VPC CNI has its own role through Pod Identity, so nodes need no policy for it."""

_MANAGED = (
    "EKS documents these policies for nodes; AWS extends them when nodes need more permissions, which a copy would miss"
)
_NO_RESOURCE = (
    "The actions of Session Manager support no resource-level permissions, and machines have no id before they exist"
)
_NOTHING_ELSE = (
    "permissions were added to the role of nodes, where every pod on a node could use them. Grant them to a "
    "WorkloadIdentity instead, whose role only its own pods get: table.grant_read_data(identity). "
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
    """Create the role of the nodes of one group.

    Any later grant to it is an error at synthesis, because every pod on the node could use it.

    Args:
        scope: The parent.
        session_manager: Whether Session Manager may open shells.
        principal: The principal that assumes it. Default: EC2.
        policies: AWS managed policies.
        statements: Additional statements.

    See https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
    """
    allowed = list(statements)
    if session_manager:
        allowed.append(iam.PolicyStatement(actions=list(SESSION_MANAGER), resources=["*"]))
    managed = [aws_managed_policy(policy) for policy in policies]
    role = unchecked(
        iam.Role,
        scope,
        "NodeRole",
        assumed_by=principal or service_principal("ec2"),
        managed_policies=managed,
        inline_policies={"Node": iam.PolicyDocument(statements=allowed)} if allowed else None,
    )
    remember_stack(role, scope)
    findings = tuple(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]" for policy in policies)
    acknowledge(role, Acknowledgement(_MANAGED, cdk_nag=findings))
    if session_manager:
        acknowledge(role, Acknowledgement(_NO_RESOURCE, checkov=("CKV_AWS_111",)))
        acknowledge_wildcards(role, _NO_RESOURCE)
    refuse_grants(role, _NOTHING_ELSE, beyond=[arn_of_policy(policy) for policy in managed])
    return role


def no_grants(nodes: Construct) -> ConstructError:
    """Return the error for a grant to nodes."""
    problem = Problem(
        option="grant",
        what="nodes get no permissions of applications, because every pod on them could use those",
        allowed="grant to the identity of the pods: table.grant_read_data(WorkloadIdentity(…))",
        practice="eks-node-role",
    )
    return ConstructError(nodes.node.path, [problem])
