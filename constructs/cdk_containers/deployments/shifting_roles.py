"""The roles that ECS shifts traffic and calls hooks with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of

from .deployment_hook import DeploymentHook
from .hook_jobs import refuse_cycles
from .traffic_shift import Hook

_ECS = "ecs.amazonaws.com"
_POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents and maintains this managed policy as the permissions that ECS needs to shift traffic. Only ECS can "
    "assume the role",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",),
)

_NO_CIRCUIT_BREAKER = Acknowledgement(
    "The ECS circuit breaker supports only rolling deployments. Here hooks and alarms roll a deployment back until "
    "the bake time ends",
    cdk_nag=("Annotation::@aws-cdk/aws-ecs:shouldUseCircuitBreaker",),
)


def make_infrastructure_role(scope: Construct, service: ecs.BaseService) -> iam.Role:
    """Create the role with which ECS changes weights and target groups, and make the service depend on it.

    AWS documents conditions on account and service for the task role, but not for this role or the role of hooks.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
    """
    role = iam.Role(
        scope,
        "InfrastructureRole",
        assumed_by=iam.ServicePrincipal(_ECS),
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
    )
    acknowledge(role, _MANAGED_POLICY)
    resource_of(service).node.add_dependency(role)
    return role


def acknowledge_no_circuit_breaker(service: ecs.BaseService) -> None:
    """Acknowledge CDK's warning about a missing circuit breaker."""
    acknowledge(service, _NO_CIRCUIT_BREAKER)


def add_hooks(scope: Construct, service: ecs.BaseService, hooks: Sequence[Hook]) -> None:
    """Make ECS call functions and pause at the stages of a deployment.

    CDK's hooks support neither details nor pauses, and the service does not wait for the permission to call.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html
    """
    if not hooks:
        return
    for hook in hooks:
        if isinstance(hook, DeploymentHook) and hook.job is not None:
            hook.job.grant_start(hook.function)
            refuse_cycles(scope, hook.job)
    functions = list(dict.fromkeys(hook.function.function_arn for hook in hooks if isinstance(hook, DeploymentHook)))
    role: iam.Role | None = None
    if functions:
        role = iam.Role(scope, "HookRole", assumed_by=iam.ServicePrincipal(_ECS))
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=functions))
        resource_of(service).node.add_dependency(role)
    resource_of(service).add_property_override(
        "DeploymentConfiguration.LifecycleHooks", [_rendered(hook, role) for hook in hooks]
    )


def _rendered(hook: Hook, role: iam.Role | None) -> dict[str, Any]:
    if isinstance(hook, DeploymentHook):
        details = {"HookDetails": dict(hook.all_details)} if hook.all_details else {}
        return {
            "TargetType": "AWS_LAMBDA",
            "HookTargetArn": hook.function.function_arn,
            "RoleArn": None if role is None else role.role_arn,
            "LifecycleStages": list(hook.stages),
            **details,
            **hook.timeout_configuration,
        }
    return {
        "TargetType": "PAUSE",
        "LifecycleStages": list(hook.stages),
        "TimeoutConfiguration": {"TimeoutInMinutes": hook.timeout_minutes, "Action": hook.on_timeout},
    }
