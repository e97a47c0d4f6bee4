"""The role of container instances: what the ECS agent and Session Manager need, and nothing of applications."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation

from ..errors import ConstructError, Problem
from ..opt_outs import Acknowledgement, acknowledge

_AGENT = (
    "ecs:DeregisterContainerInstance",
    "ecs:RegisterContainerInstance",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
)
_AGENT_IN_CLUSTER = ("ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState")
_SESSION_MANAGER = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)

_NO_RESOURCE = Acknowledgement(
    "ecs:DiscoverPollEndpoint and the actions of Session Manager take no resource; what else the ECS agent may do is "
    "limited to this cluster, by its ARN or by a condition",
    cdk_nag=("AwsSolutions-IAM5[Resource::*]",),
    checkov=("CKV_AWS_111",),
)
_MANAGED_AGENT = (
    "ecs:RegisterContainerInstance",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitTaskStateChange",
)
_MANAGED_AGENT_ON_INSTANCE = ("ecs:Poll", "ecs:PutSystemLogEvents", "ecs:StartTelemetrySession")
_ANY_INSTANCE = f"arn:{cdk.Aws.PARTITION}:ecs:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:container-instance/*"
_ENDPOINT_ONLY = Acknowledgement(
    "ecs:DiscoverPollEndpoint takes no resource, and the id of an instance is not known before it is there; all "
    "actions are limited to this cluster",
    cdk_nag=(
        "AwsSolutions-IAM5[Resource::*]",
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:container-instance/*]",
    ),
)


def make_managed_instance_role(scope: Construct, cluster: ecs.ICluster) -> iam.Role:
    """Make the role of the instances of one capacity that ECS manages: nobody logs in to them.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
    """
    role = iam.Role(
        scope,
        "InstanceRole",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        inline_policies={
            "ManagedInstance": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint"], resources=["*"]),
                    iam.PolicyStatement(actions=list(_MANAGED_AGENT), resources=[cluster.cluster_arn]),
                    iam.PolicyStatement(
                        actions=list(_MANAGED_AGENT_ON_INSTANCE),
                        resources=[_ANY_INSTANCE],
                        conditions={"ArnEquals": {"ecs:cluster": cluster.cluster_arn}},
                    ),
                ]
            )
        },
    )
    acknowledge(role, _ENDPOINT_ONLY)
    role.node.add_validation(_NothingElse(role))
    return role


def make_instance_role(scope: Construct, cluster: ecs.ICluster, *, principal: iam.IPrincipal | None = None) -> iam.Role:
    """Make the role of the instances of one capacity.

    Anything granted to it later is an error when the app is synthesized: it would be every task's on the instance.

    Who takes it on is EC2, unless another `principal` is said.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
    """
    role = iam.Role(
        scope,
        "InstanceRole",
        assumed_by=principal or iam.ServicePrincipal("ec2.amazonaws.com"),
        inline_policies={
            "ContainerInstance": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(actions=list(_AGENT), resources=[cluster.cluster_arn]),
                    iam.PolicyStatement(
                        actions=list(_AGENT_IN_CLUSTER),
                        resources=["*"],
                        conditions={"ArnEquals": {"ecs:cluster": cluster.cluster_arn}},
                    ),
                    iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint", *_SESSION_MANAGER], resources=["*"]),
                ]
            )
        },
    )
    acknowledge(role, _NO_RESOURCE)
    role.node.add_validation(_NothingElse(role))
    return role


def no_grants(instances: Construct) -> ConstructError:
    """Return the error that answers a grant to instances."""
    problem = Problem(
        option="grant",
        what="container instances get no permissions of applications: every task on them could use them",
        allowed="grant to the service, whose task role is its alone: table.grant_read_data(service)",
        practice="instance-role-is-the-agents",
    )
    return ConstructError(instances.node.path, [problem])


@jsii.implements(IValidation)
class _NothingElse:
    """Finds policies that were attached to the role after it was made."""

    def __init__(self, role: iam.Role) -> None:
        self._role = role

    def validate(self) -> list[str]:
        """Return an error where the role got anything from outside, as `table.grant_read_data(…)` would give it."""
        resource = self._role.node.default_child
        stack = cdk.Stack.of(self._role)
        managed = isinstance(resource, iam.CfnRole) and bool(stack.resolve(resource.managed_policy_arns))
        if not managed and not self._is_named_by_a_policy(stack):
            return []
        message = (
            "permissions were added to the role of container instances, where every task on the instance could use "
            "them. Grant them to the service instead, whose task role is its alone: table.grant_read_data(service). "
            "practice: instance-role-is-the-agents"
        )
        return [message]

    def _is_named_by_a_policy(self, stack: cdk.Stack) -> bool:
        name = stack.resolve(self._role.role_name)
        for child in stack.node.find_all():
            if isinstance(child, iam.CfnPolicy | iam.CfnManagedPolicy) and name in (stack.resolve(child.roles) or ()):
                return True
            if isinstance(child, iam.CfnRolePolicy) and stack.resolve(child.role_name) == name:
                return True
        return False
