"""Nodes that Karpenter starts and terminates as needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms, sqs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.opt_outs.wildcards import acknowledge_wildcards
from cdk_containers.core.practices import Disabled

from ..clusters import EksCluster, node_access_entry
from ..identity import WorkloadIdentity
from .checks import node_subnet_problems, subnet_ids
from .karpenter_policy import controller_statements
from .karpenter_pool import KarpenterPool
from .node_role import make_node_role, no_grants

_NAMESPACE, _SERVICE_ACCOUNT = "kube-system", "karpenter"
_PODS_OF_PREFIXES = 110
_EVENTS = {
    "HealthEvents": ("aws.health", "AWS Health Event"),
    "SpotInterruptions": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "Rebalances": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "StateChanges": ("aws.ec2", "EC2 Instance State-change Notification"),
}
_NO_LETTERS = Acknowledgement(
    "Messages announce instances that are about to terminate, and are useless after five minutes",
    cdk_nag=("AwsSolutions-SQS3",),
)
_ENCRYPTED_BY_SQS = Acknowledgement(
    "SQS encrypts the messages with its own key (SSE-SQS); they only announce instances that are about to terminate",
    checkov=("CKV_AWS_27",),
)
_STARTS = (
    "The ids of instances are unknown before they exist; new resources must get the tags of the cluster, and tagged "
    "or terminated resources must have them. Read actions and prices support no resource-level permissions"
)
_USE_OF_KEY = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


@jsii.implements(iam.IGrantable)
class KarpenterNodes(CheckedConstruct):
    """AWS resources for Karpenter, and its node pools.

    It creates the identity of the controller, the role and instance profile of the nodes, their access entry, and an
    interruption queue. It also writes a manifest file with a NodePool and an EC2NodeClass for each pool. You install
    the controller with its Helm chart and the values of `chart_values`.

    Attributes:
        cluster: The cluster of the nodes.
        controller: The identity of the controller, which has its role.
        node_role: The role of the nodes.
        instance_profile: The instance profile of the nodes.
        interruption_queue: The queue for interruption notices of instances.
        chart_values: Values for Karpenter's chart. The name of the queue is a token, and an output of the stack.

    See https://docs.aws.amazon.com/eks/latest/best-practices/karpenter.html
    """

    cluster: EksCluster
    controller: WorkloadIdentity
    node_role: iam.Role
    instance_profile: iam.CfnInstanceProfile
    interruption_queue: sqs.Queue
    chart_values: dict[str, Any]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        pools: Sequence[KarpenterPool],
        subnets: ec2.SubnetSelection | None = None,
        session_manager: bool = False,
    ) -> None:
        """Create what Karpenter needs, once for a cluster.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster of the nodes.
            pools: The pools of nodes.
            subnets: Subnets of the nodes. Default: the node subnets of the cluster.
            session_manager: Lets Session Manager open a shell on the nodes. Default: False.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(KarpenterNodes.__init__, locals())
        if not found.has("pools"):
            found.extend(_pool_problems(pools))
        if not found.has("cluster") and not found.has("subnets"):
            found.extend(node_subnet_problems(cluster, subnets))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.node_role = make_node_role(self, session_manager=session_manager)
        self.instance_profile = iam.CfnInstanceProfile(self, "InstanceProfile", roles=[self.node_role.role_name])
        node_access_entry(self, "AccessEntry", cluster=cluster, role_arn=self.node_role.role_arn, type="EC2_LINUX")
        self.interruption_queue = self._make_queue()
        chosen = subnet_ids(cluster, subnets)
        keys = [pool.nodes.encryption_key for pool in pools if pool.nodes.encryption_key is not None]
        self.controller = self._let_control(chosen, keys)
        self.chart_values = {
            "serviceAccount": {"name": _SERVICE_ACCOUNT},
            "settings": {"clusterName": cluster.cluster_name, "interruptionQueue": self.interruption_queue.queue_name},
        }
        cdk.CfnOutput(
            self,
            "InterruptionQueue",
            value=self.interruption_queue.queue_name,
            description="settings.interruptionQueue of Karpenter's chart",
        )
        for pool in pools:
            if isinstance(pool.nodes.nitro_only, Disabled):
                record_opt_out(self.instance_profile, "nitro-instances", pool.nodes.nitro_only)
            cluster.add_nodes(None, pool.facts)
        cluster.add_manifests(
            f"karpenter-{id.lower()}",
            [
                manifest
                for pool in pools
                for manifest in (
                    pool.node_class(
                        instance_profile=self.instance_profile.ref,
                        subnet_ids=chosen,
                        security_group_id=cluster.security_group.security_group_id,
                        max_pods=_PODS_OF_PREFIXES if cluster.prefix_delegation else None,
                    ),
                    pool.node_pool(),
                )
            ],
        )

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: every pod on the nodes could use the permission.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)

    def _make_queue(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "Interruptions",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.minutes(5),
        )
        acknowledge(queue, _NO_LETTERS)
        acknowledge(queue, _ENCRYPTED_BY_SQS)
        for rule, (source, kind) in _EVENTS.items():
            events.Rule(
                self,
                rule,
                event_pattern=events.EventPattern(source=[source], detail_type=[kind]),
                targets=[targets.SqsQueue(queue)],
            )
        return queue

    def _let_control(self, subnets: Sequence[str], keys: Sequence[kms.IKey]) -> WorkloadIdentity:
        cluster = self.cluster
        identity = WorkloadIdentity(
            self,
            "Controller",
            cluster=cluster,
            namespace=_NAMESPACE,
            service_account=_SERVICE_ACCOUNT,
            create_service_account=False,  # the chart does
        )
        policy = iam.Policy(
            self,
            "ControllerPolicy",
            roles=[identity.role],
            statements=controller_statements(
                cluster_name=cluster.cluster_name,
                cluster_arn=cluster.cluster_arn,
                queue_arn=self.interruption_queue.queue_arn,
                node_role_arn=self.node_role.role_arn,
                instance_profile_arn=self.instance_profile.attr_arn,
                subnet_ids=subnets,
                security_group_id=cluster.security_group.security_group_id,
            ),
        )
        acknowledge_wildcards(policy, _STARTS)
        for key in keys:
            key.grant(identity.role, *_USE_OF_KEY)
        return identity


def _pool_problems(pools: Sequence[KarpenterPool]) -> list[Problem]:
    found = Problems()
    if not pools:
        found.add("pools", "there is no pool, so Karpenter would start no nodes", allowed="at least one KarpenterPool")
    for index, pool in enumerate(pools):
        found.extend(pool.problems(), under=f"pools[{index}]")
    names = [pool.name for pool in pools]
    if not found and len(set(names)) < len(names):
        found.add("pools", "two pools have the same name", given=names, allowed="a different name for each")
    return list(found)
