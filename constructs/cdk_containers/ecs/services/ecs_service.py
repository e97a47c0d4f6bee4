"""Creates the CDK service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct, IConstruct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.inputs import as_duration, in_seconds, is_token, remember_stack
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import parts_of, remember_path, stack_of
from cdk_containers.deployments import CodeDeployBlueGreen, Rolling
from cdk_containers.load_balancing import ClassicExposure
from cdk_containers.metrics import remember_cluster
from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy
from cdk_containers.network import open_ipv6_egress
from cdk_containers.scaling import DEFAULT_COUNT

from ..clusters import Cluster, launch_type_of, seen_from
from ..tasks import TaskDefinition
from .forced_deployment import forced_deployment
from .service_input import ServiceInput

_GRACE_SECONDS = 60
_NO_CONTROLLER = "@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker"
_DEFAULT_STRATEGIES = (PlacementStrategy.spread_across_zones(), PlacementStrategy.spread_across_instances())


def make_ecs_service(scope: Construct, given: ServiceInput, cluster: Cluster, task: TaskDefinition) -> ecs.BaseService:
    """Create the service for the platform of its tasks."""
    service = _make(scope, given, cluster, task)
    remember_cluster(service, cluster.cluster_name)
    remember_path(service, scope, _id(given))
    resource = cast("ecs.CfnService", resource_of(service, _made_of(service)))
    if isinstance(service, ecs.Ec2Service) and not given.kind.daemon:
        # CDK writes REPLICA on instances and nothing on Fargate, and a new value would replace the service.
        resource.scheduling_strategy = None
    for path, value in given.deployment.overrides.items():
        resource.add_property_override(path, value)
    if not isinstance(given.deployment, CodeDeployBlueGreen) and not _leaves_controller_out(stack_of(scope)):
        resource.deployment_controller = None
    open_ipv6_egress(service, cluster.network)
    return service


@asked_once
def _made_of(service: ecs.BaseService) -> Sequence[IConstruct]:
    return parts_of(service)


@asked_once
def _leaves_controller_out(stack: cdk.Stack) -> bool:
    """Tell whether the app's feature flags make CDK omit the default controller."""
    return bool(cdk.FeatureFlags.of(stack).is_enabled(_NO_CONTROLLER))


def _id(given: ServiceInput) -> str:
    """Return the id of the service, which differs for CodeDeploy, because ECS refuses to change the controller."""
    return "CodeDeployService" if isinstance(given.deployment, CodeDeployBlueGreen) else "Service"


def _make(scope: Construct, given: ServiceInput, cluster: Cluster, task: TaskDefinition) -> ecs.BaseService:
    if given.platform == "MANAGED_INSTANCES":
        return _on_managed_instances(scope, given, cluster, task)
    if given.platform == "EXTERNAL":
        return _on_external_instances(scope, given, cluster, task)
    if given.platform == "FARGATE":
        return unchecked(
            ecs.FargateService,
            scope,
            _id(given),
            cluster=cluster.cluster,
            task_definition=task.task_definition,
            platform_version=ecs.FargatePlatformVersion.LATEST,
            assign_public_ip=False,
            vpc_subnets=given.vpc_subnets or cluster.task_subnets,
            security_groups=_given_groups(scope, given),
            **_common(scope, given),
        )
    service = unchecked(
        ecs.Ec2Service,
        scope,
        _id(given),
        cluster=cluster.with_instances,
        task_definition=task.task_definition,
        daemon=given.kind.daemon,
        placement_constraints=[_constraint(constraint) for constraint in given.placement_constraints] or None,
        placement_strategies=None if given.kind.daemon else _strategies(given),
        vpc_subnets=(given.vpc_subnets or cluster.task_subnets) if given.task.network_mode == "awsvpc" else None,
        security_groups=_given_groups(scope, given),
        **_common(scope, given),
    )
    if given.task.network_mode != "awsvpc":
        # The tasks have the addresses of the instances, which CDK's capacity provider does not expose.
        groups = [seen_from(scope, group) for group in given.groups_of_instances]
        service.connections.add_security_group(*groups)
    return service


def _on_managed_instances(
    scope: Construct, given: ServiceInput, cluster: Cluster, task: TaskDefinition
) -> ecs.FargateService:
    """Create the service with CDK's Fargate construct, which supports only awsvpc."""
    own_address = given.task.network_mode == "awsvpc"
    of_instances = [] if own_address else [seen_from(scope, group) for group in given.groups_of_instances]
    service = ecs.FargateService(
        scope,
        _id(given),
        cluster=cluster.cluster,
        task_definition=task.task_definition,
        assign_public_ip=False if own_address else None,
        vpc_subnets=given.vpc_subnets or cluster.task_subnets,
        security_groups=_given_groups(scope, given) if own_address else of_instances,
        **_common(scope, given),
    )
    remember_cluster(service, cluster.cluster_name)
    resource = cast("ecs.CfnService", resource_of(service))
    if not own_address:
        resource.network_configuration = None
    _write_constraints(resource, given.placement_constraints)
    return service


def _on_external_instances(
    scope: Construct, given: ServiceInput, cluster: Cluster, task: TaskDefinition
) -> ecs.ExternalService:
    service = ecs.ExternalService(
        scope,
        _id(given),
        cluster=cluster.cluster,
        task_definition=task.task_definition,
        daemon=given.kind.daemon,
        **_common(scope, given),
    )
    remember_cluster(service, cluster.cluster_name)
    resource = cast("ecs.CfnService", resource_of(service))
    if not given.kind.daemon:
        resource.availability_zone_rebalancing = "DISABLED"
    if given.placement_strategies:
        resource.placement_strategies = [
            ecs.CfnService.PlacementStrategyProperty(type=strategy.type, field=strategy.field)
            for strategy in given.placement_strategies
        ]
    _write_constraints(resource, given.placement_constraints)
    return service


def _write_constraints(resource: ecs.CfnService, constraints: Sequence[PlacementConstraint]) -> None:
    """Write constraints for which CDK's construct has no option."""
    if constraints:
        resource.placement_constraints = [
            ecs.CfnService.PlacementConstraintProperty(type=constraint.type, expression=constraint.expression)
            for constraint in constraints
        ]


def _common(scope: Construct, given: ServiceInput) -> Mapping[str, Any]:
    common: dict[str, Any] = {
        **given.deployment.service_options,
        "health_check_grace_period": _grace_period(given),
        "enable_ecs_managed_tags": True,
        "propagate_tags": ecs.PropagatedTagSource.SERVICE,
        "enable_execute_command": given.enable_execute_command,
        "service_name": given.service_name,
    }
    if not isinstance(given.deployment, CodeDeployBlueGreen):
        common["force_new_deployment"] = forced_deployment(scope, given)
    if given.kind.daemon:
        del common["deployment_strategy"]
        return common | {"min_healthy_percent": 0, "max_healthy_percent": 100}
    fixed = given.desired_count is not None or given.scaling is not None
    common |= {
        "desired_count": given.desired_count if fixed else DEFAULT_COUNT,
    }
    if given.platform == "EXTERNAL":
        return common
    common["capacity_provider_strategies"] = _capacity_provider_strategies(given)
    if isinstance(given.deployment, CodeDeployBlueGreen):
        return common  # UpdateService does not accept it for a service with CodeDeploy
    rebalancing = ecs.AvailabilityZoneRebalancing
    return common | {
        "availability_zone_rebalancing": rebalancing.ENABLED if _may_rebalance_zones(given) else rebalancing.DISABLED,
    }


def _grace_period(given: ServiceInput) -> cdk.Duration | None:
    if given.health_check_grace_period is not None:
        return as_duration(given.health_check_grace_period)
    return in_seconds(_GRACE_SECONDS) if given.exposures else None


def _may_rebalance_zones(given: ServiceInput) -> bool:
    """Tell whether ECS may rebalance tasks between zones; it refuses to combine this with some options.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
    """
    classic = any(isinstance(exposure, ClassicExposure) for exposure in given.exposures)
    spreads_zones_first = (
        not given.placement_strategies or given.placement_strategies[0] == PlacementStrategy.spread_across_zones()
    )
    bound_to_zones = any(
        constraint.expression is not None
        and (is_token(constraint.expression) or "ecs.availability-zone" in constraint.expression)
        for constraint in given.placement_constraints
    )
    has_room = not isinstance(given.deployment, Rolling) or given.deployment.max_healthy_percent != 100
    return spreads_zones_first and has_room and not classic and not bound_to_zones


def _strategies(given: ServiceInput) -> list[ecs.PlacementStrategy]:
    chosen = _DEFAULT_STRATEGIES if given.placement_strategies is None else given.placement_strategies
    return [_strategy(strategy) for strategy in chosen]


def _strategy(strategy: PlacementStrategy) -> ecs.PlacementStrategy:
    match strategy.type, strategy.field:
        case "random", _:
            return ecs.PlacementStrategy.randomly()
        case "binpack", "cpu":
            return ecs.PlacementStrategy.packed_by_cpu()
        case "binpack", _:
            return ecs.PlacementStrategy.packed_by_memory()
        case _, field:
            return ecs.PlacementStrategy.spread_across(field or "instanceId")


def _constraint(constraint: PlacementConstraint) -> ecs.PlacementConstraint:
    if constraint.expression is None:
        return ecs.PlacementConstraint.distinct_instances()
    return ecs.PlacementConstraint.member_of(constraint.expression)


def groups_of_tasks(scope: Construct, given: ServiceInput, service: ecs.BaseService) -> list[ec2.ISecurityGroup]:
    """Return the security groups of tasks: those of their instances, your own, or the new one."""
    if given.task.network_mode != "awsvpc":
        return given.groups_of_instances
    if given.security_groups:
        return list(given.security_groups)
    made: list[ec2.ISecurityGroup] = [part for part in _made_of(service) if isinstance(part, ec2.SecurityGroup)]
    for group in made:
        remember_stack(group, scope)
        remember_path(group, service, "SecurityGroup")
    return made


def _capacity_provider_strategies(given: ServiceInput) -> list[ecs.CapacityProviderStrategy] | None:
    """Return the strategy; None for a launch type, which CDK's constructs write themselves."""
    if launch_type_of(given.strategy) is not None:
        return None
    return [
        ecs.CapacityProviderStrategy(capacity_provider=share.provider, base=share.base, weight=share.weight)
        for share in given.strategy
    ]


def _given_groups(scope: Construct, given: ServiceInput) -> list[ec2.ISecurityGroup] | None:
    return [seen_from(scope, group) for group in given.security_groups] or None
