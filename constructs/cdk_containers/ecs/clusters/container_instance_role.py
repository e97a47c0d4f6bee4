"""The role of container instances: permissions for the ECS agent and Session Manager, but none for applications."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.errors import ConstructError, Problem
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.core.opt_outs.wildcards import acknowledge_wildcards
from cdk_containers.core.pseudo_parameters import here
from cdk_containers.core.service_principals import service_principal
from cdk_containers.core.unchecked import unchecked
from cdk_containers.instances import SESSION_MANAGER, refuse_grants

_AGENT = (
    "ecs:DeregisterContainerInstance",
    "ecs:RegisterContainerInstance",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
)
_AGENT_IN_CLUSTER = ("ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState")
_NO_RESOURCE = Acknowledgement(
    "ecs:DiscoverPollEndpoint and the actions of Session Manager support no resource-level permissions; all other "
    "actions are limited to this cluster, by its ARN or by a condition",
    checkov=("CKV_AWS_111",),
)
_AGENT_READS_TAGS = "ecs:ListTagsForResource"
"""For `taskWithTags` of the metadata endpoint of tasks."""

_MANAGED_AGENT = (
    "ecs:RegisterContainerInstance",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitTaskStateChange",
)
_MANAGED_AGENT_ON_INSTANCE = ("ecs:Poll", "ecs:PutSystemLogEvents", "ecs:StartTelemetrySession")
_IN_CLUSTER = (
    "ecs:DiscoverPollEndpoint and the actions of Session Manager support no resource-level permissions, and the ids "
    "of instances and tasks are unknown before they exist; all other actions are limited to this cluster"
)

_NOTHING_ELSE = (
    "permissions were added to the role of container instances, where every task on the instance could use "
    "them. Grant them to the service instead, which has its own task role: table.grant_read_data(service). "
    "practice: instance-role-is-the-agents"
)


def make_managed_instance_role(scope: Construct, cluster: ecs.ICluster) -> iam.Role:
    """Create the role of instances that ECS manages, to which no one logs in.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
    """
    role = unchecked(
        iam.Role,
        scope,
        "InstanceRole",
        assumed_by=service_principal("ec2"),
        inline_policies={
            "ManagedInstance": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint"], resources=["*"]),
                    iam.PolicyStatement(actions=list(_MANAGED_AGENT), resources=[cluster.cluster_arn]),
                    iam.PolicyStatement(
                        actions=list(_MANAGED_AGENT_ON_INSTANCE),
                        resources=[_all(cluster, "container-instance")],
                    ),
                    _poll_for_proxies(cluster),
                ]
            )
        },
    )
    acknowledge_wildcards(role, _IN_CLUSTER)
    refuse_grants(role, _NOTHING_ELSE)
    return role


def make_instance_role(scope: Construct, cluster: ecs.ICluster, *, principal: iam.IPrincipal | None = None) -> iam.Role:
    """Create the role of the instances of one capacity.

    Any later grant to it is an error at synthesis, because every task on the instance could use it.

    EC2 assumes the role, unless you set another `principal`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
    """
    role = unchecked(
        iam.Role,
        scope,
        "InstanceRole",
        assumed_by=principal or service_principal("ec2"),
        inline_policies={
            "ContainerInstance": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(actions=list(_AGENT), resources=[cluster.cluster_arn]),
                    iam.PolicyStatement(
                        actions=list(_AGENT_IN_CLUSTER),
                        resources=["*"],
                        conditions={"ArnEquals": {"ecs:cluster": cluster.cluster_arn}},
                    ),
                    iam.PolicyStatement(
                        actions=[_AGENT_READS_TAGS],
                        resources=[_all(cluster, "container-instance"), _all(cluster, "task")],
                    ),
                    _poll_for_proxies(cluster),
                    iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint", *SESSION_MANAGER], resources=["*"]),
                ]
            )
        },
    )
    acknowledge(role, _NO_RESOURCE)
    acknowledge_wildcards(role, _IN_CLUSTER)
    refuse_grants(role, _NOTHING_ELSE)
    return role


def _all(cluster: ecs.ICluster, type_: str) -> str:
    """Return the ARN of all resources of a type in the cluster."""
    return f"{here('ecs')}:{type_}/{cluster.cluster_name}/*"


def _poll_for_proxies(cluster: ecs.ICluster) -> iam.PolicyStatement:
    """Let Service Connect proxies read their settings, which they do with the role of their instance.

    The call does not send `ecs:cluster`; the name in the ARN limits it to the cluster.
    """
    return iam.PolicyStatement(actions=["ecs:Poll"], resources=[_all(cluster, "task-set")])


def no_grants(instances: Construct) -> ConstructError:
    """Return the error for a grant to instances."""
    problem = Problem(
        option="grant",
        what="container instances get no permissions of applications, because every task on them could use those",
        allowed="grant to the service, which has its own task role: table.grant_read_data(service)",
        practice="instance-role-is-the-agents",
    )
    return ConstructError(instances.node.path, [problem])
