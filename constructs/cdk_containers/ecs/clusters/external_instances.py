"""Machines outside AWS that run tasks of a cluster."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, is_token
from cdk_containers.instances import systems_manager_of_this_account

from .cluster import Cluster
from .container_instance_role import make_instance_role, no_grants

_MOST = 1_000
_SCRIPT = "https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh"


@jsii.implements(iam.IGrantable)
class ExternalInstances(CheckedConstruct):
    """A role and the registration commands for machines outside AWS that join a cluster (ECS Anywhere).

    Deploy it before the services that run on the machines: in an earlier stack, or with `desired_count=0` in the first
    deployment of the service. CloudFormation shows the commands as outputs only when the stack is deployed, and that
    waits until the tasks of its services run.

    The role has only the permissions of the ECS agent and Session Manager, and only Systems Manager of this account and
    region can assume it. An application gets its permissions from the task role of its service, so granting something
    to the machines is an error.

    Attributes:
        cluster: The cluster that the machines join.
        instance_role: The role of the machines.
        activation_command: The command that an administrator runs once, to get an id and a code for registering
            machines.
        registration_command: The command to run as root on each machine, with that id and code.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere-registration.html
    """

    cluster: Cluster
    instance_role: iam.Role
    activation_command: str
    registration_command: str

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster,
        registration_limit: int = 1,
        gpus: bool = False,
    ) -> None:
        """Create the role, and write the commands to the outputs of the stack.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster that the machines join.
            registration_limit: Maximum number of machines that one activation registers, 1–1000. Default: 1.
            gpus: Whether the machines have GPUs, and NVIDIA's driver. Default: False.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ExternalInstances.__init__, locals())
        if not found.has("registration_limit"):
            found.extend(_limit_problems(registration_limit))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.instance_role = make_instance_role(self, cluster.cluster, principal=systems_manager_of_this_account())
        region, limit = cdk.Aws.REGION, cdk.Token.as_string(registration_limit)
        self.activation_command = (
            f"aws ssm create-activation --region {region} --iam-role {self.instance_role.role_name} "
            f"--registration-limit {limit}"
        )
        self.registration_command = (
            f'curl --proto "https" -o /tmp/ecs-anywhere-install.sh {_SCRIPT} && '
            f"bash /tmp/ecs-anywhere-install.sh --region {region} --cluster {cluster.cluster.cluster_name} "
            f'--activation-id "$ACTIVATION_ID" --activation-code "$ACTIVATION_CODE"{" --enable-gpu" if gpus else ""}'
        )
        _machines.setdefault(cluster, []).append(self)
        for service in _waiting.get(cluster, ()):
            _warn(service, self)
        cdk.CfnOutput(self, "Activation", value=self.activation_command, description="Run once, by an administrator")
        cdk.CfnOutput(self, "Registration", value=self.registration_command, description="Run as root on each machine")

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Refuse: every task on the machines could use the permission.

        Raises:
            ConstructError: Always.
        """
        raise no_grants(self)


_machines: WeakKeyDictionary[Cluster, list[ExternalInstances]] = WeakKeyDictionary()
_waiting: WeakKeyDictionary[Cluster, list[Construct]] = WeakKeyDictionary()


def warn_of_missing_machines(service: Construct, cluster: Cluster) -> None:
    """Warn if a service waits for machines that you can register only after its stack is deployed."""
    _waiting.setdefault(cluster, []).append(service)
    for machines in _machines.get(cluster, ()):
        _warn(service, machines)


def _warn(service: Construct, machines: ExternalInstances) -> None:
    if cdk.Stack.of(service) is not cdk.Stack.of(machines):
        return
    cdk.Annotations.of(service).add_warning_v2(
        "cdk-containers:external-instances-in-the-same-stack",
        f"The command that registers machines ({machines.node.path}) is an output of this stack, whose deployment "
        f"waits for the tasks of this service, which need a machine. Put ExternalInstances into a stack that you "
        f"deploy first, or deploy with desired_count=0 until a machine is registered. practice: external-order",
    )


def _limit_problems(limit: int) -> list[Problem]:
    found = Problems()
    if not is_token(limit) and not 1 <= limit <= _MOST:
        found.add(
            "registration_limit",
            "out of range",
            given=limit,
            allowed=f"1–{_MOST}",
            practice="external-activation",
        )
    return list(found)
