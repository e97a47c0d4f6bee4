"""EKS Hybrid Nodes."""

from __future__ import annotations

import json
from typing import Any, Literal

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rolesanywhere as rolesanywhere
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, is_token
from cdk_containers.instances import systems_manager_of_this_account

from ..clusters import EksCluster, node_access_entry
from ..rendering import NodeFacts
from .node_role import make_node_role, no_grants
from .roles_anywhere import RolesAnywhere, holder_of_certificate

_MOST_MACHINES = 1_000
_POLICIES = ("AmazonEC2ContainerRegistryPullOnly",)
_SESSION_SECONDS = 3_600


@jsii.implements(iam.IGrantable)
class HybridNodes(CheckedConstruct):
    """EKS Hybrid Nodes: a role, access, and join commands for machines outside AWS.

    The machines store no keys: Systems Manager or IAM Roles Anywhere give them temporary credentials. The commands are
    outputs of the stack. Pods have their own identity, so a grant to the machines is an error.

    Attributes:
        cluster: The cluster that the machines join.
        node_role: The role of the machines.
        node_config: Configuration of `nodeadm init` on each machine, as JSON, which is also YAML.

    See https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-overview.html
    """

    cluster: EksCluster
    node_role: iam.Role
    node_config: str

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        credentials: Literal["SYSTEMS_MANAGER"] | RolesAnywhere = "SYSTEMS_MANAGER",
        registration_limit: int = 1,
    ) -> None:
        """Create the role, give it access, and write the commands to the outputs of the stack.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster that the machines join. It must have their networks (`remote_node_networks`).
            credentials: Source of credentials for the machines: Systems Manager, with an id and a code from an
                administrator, or `RolesAnywhere(…)`, with certificates. Default: SYSTEMS_MANAGER.
            registration_limit: Maximum number of machines that one Systems Manager activation registers, 1–1000.
                Default: 1.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(HybridNodes.__init__, locals())
        if isinstance(credentials, RolesAnywhere) and not found.has("credentials"):
            found.extend(credentials.problems(), under="credentials")
        if not found.has("registration_limit"):
            found.extend(_limit_problems(registration_limit, credentials))
        if not found.has("cluster"):
            found.extend(_network_problems(cluster))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        join: dict[str, Any]
        if isinstance(credentials, RolesAnywhere):
            provider = "iam-ra"
            join = {"iamRolesAnywhere": self._by_certificate(credentials)}
        else:
            provider = "ssm"
            self.node_role = make_node_role(
                self,
                session_manager=True,
                principal=systems_manager_of_this_account(),
                policies=_POLICIES,
                statements=[*self._join_statements(), *_leave_statements()],
            )
            join = {"ssm": {"activationId": "ACTIVATION_ID", "activationCode": "ACTIVATION_CODE"}}
        node_access_entry(self, "AccessEntry", cluster=cluster, role_arn=self.node_role.role_arn, type="HYBRID_LINUX")
        self.node_config = json.dumps(
            {
                "apiVersion": "node.eks.aws/v1alpha1",
                "kind": "NodeConfig",
                "spec": {"cluster": {"name": cluster.cluster_name, "region": cdk.Aws.REGION}, "hybrid": join},
            }
        )
        if provider == "ssm":
            command = (
                f"aws ssm create-activation --region {cdk.Aws.REGION} --default-instance-name {cluster.cluster_name} "
                f"--iam-role {self.node_role.role_name} "
                f"--registration-limit {cdk.Token.as_string(registration_limit)}"
            )
            cdk.CfnOutput(self, "Activation", value=command, description="Run by an administrator")
        install = f"nodeadm install {cluster.version} --credential-provider {provider}"
        join_command = f"{install} && nodeadm init --config-source file://node-config.yaml"
        cdk.CfnOutput(self, "NodeConfig", value=self.node_config, description="node-config.yaml of each machine")
        cdk.CfnOutput(self, "Join", value=join_command, description="Run as root on each machine")
        cluster.add_nodes(None, NodeFacts(name=id, labels=None))

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: every pod on the machines could use the permission.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)

    def _by_certificate(self, credentials: RolesAnywhere) -> dict[str, str]:
        """Create trust anchor, role and profile, and return their settings for nodeadm."""
        name = cdk.Names.unique_resource_name(self, max_length=100, separator="-")
        anchor = credentials.make_anchor(self, name)
        holder = holder_of_certificate(anchor)
        self.node_role = make_node_role(
            self,
            session_manager=False,
            principal=iam.SessionTagsPrincipal(holder),
            policies=_POLICIES,
            statements=self._join_statements(),
        )
        trust = self.node_role.assume_role_policy
        assert trust is not None  # noqa: S101  (for the type checker)
        trust.add_statements(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("rolesanywhere.amazonaws.com")],
                actions=["sts:SetSourceIdentity"],
                conditions={"ArnEquals": {"aws:SourceArn": anchor.attr_trust_anchor_arn}},
            )
        )
        profile = rolesanywhere.CfnProfile(
            self,
            "Profile",
            name=name,
            role_arns=[self.node_role.role_arn],
            enabled=True,
            # The session has the name of the node in Kubernetes.
            accept_role_session_name=True,
            duration_seconds=_SESSION_SECONDS,
        )
        return {
            "nodeName": "NODE_NAME",
            "trustAnchorArn": anchor.attr_trust_anchor_arn,
            "profileArn": profile.attr_profile_arn,
            "roleArn": self.node_role.role_arn,
        }

    def _join_statements(self) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                actions=["eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity"],
                resources=[self.cluster.cluster_arn],
            )
        ]


def _leave_statements() -> list[iam.PolicyStatement]:
    """Let a machine deregister from Systems Manager, as `nodeadm uninstall` does."""
    machines = f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:managed-instance/*"
    return [
        iam.PolicyStatement(actions=["ssm:DeregisterManagedInstance"], resources=[machines]),
        iam.PolicyStatement(actions=["ssm:DescribeInstanceInformation"], resources=["*"]),
    ]


def _limit_problems(limit: int, credentials: object) -> list[Problem]:
    found = Problems()
    if not is_token(limit) and not 1 <= limit <= _MOST_MACHINES:
        found.add(
            "registration_limit",
            "out of range",
            given=limit,
            allowed=f"1–{_MOST_MACHINES}",
            practice="eks-hybrid-credentials",
        )
    elif isinstance(credentials, RolesAnywhere) and limit != 1:
        found.add(
            "registration_limit",
            "machines with certificates are not registered with Systems Manager",
            given=limit,
            allowed="remove it when you use RolesAnywhere",
            practice="eks-hybrid-credentials",
        )
    return list(found)


def _network_problems(cluster: EksCluster) -> list[Problem]:
    found = Problems()
    if not cluster.is_imported and not cluster.remote_node_networks:
        found.add(
            "cluster",
            "the cluster has no remote networks, so it refuses nodes outside AWS",
            given=cluster.node.path,
            allowed='EksCluster(remote_node_networks=["10.80.0.0/16"], …)',
            practice="eks-hybrid-networks",
        )
    return list(found)
