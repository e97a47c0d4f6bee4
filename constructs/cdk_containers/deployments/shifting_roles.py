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
    "AWS documents this managed policy as the rights that ECS needs to shift traffic, and keeps it current. Only ECS "
    "can take the role on",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",),
)

_NO_CIRCUIT_BREAKER = Acknowledgement(
    "The circuit breaker of ECS is for rolling deployments only. Here it is hooks and alarms that roll a deployment "
    "back, as long as the bake time lasts",
    cdk_nag=("Annotation::@aws-cdk/aws-ecs:shouldUseCircuitBreaker",),
)


def make_infrastructure_role(scope: Construct, service: ecs.BaseService) -> iam.Role:
    """Make the role that ECS changes weights and target groups with, and have the service wait for it.

    The conditions on account and service that the task role has are not documented for this role, nor for that of
    hooks, so they are left out.

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
    """Answer CDK, which misses a circuit breaker."""
    acknowledge(service, _NO_CIRCUIT_BREAKER)


def add_hooks(scope: Construct, service: ecs.BaseService, hooks: Sequence[Hook]) -> None:
    """Have ECS call functions, and wait, at the stages of a deployment.

    Not by CDK's hooks: they know neither details nor pauses, and the service does not wait for the right to call.

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
