"""Checks of capacity providers: how instances are added and removed."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .capacity_parts import group_of
from .roles import grants_of, role_of
from .service_parts import CAPACITY_PROVIDER

_GROUP = "AutoScalingGroupProvider"
_INSTANCES = "ManagedInstancesProvider"
_LAUNCH = (_INSTANCES, "InstanceLaunchTemplate")
_PASSES_ONE_NAME = "AmazonECSInfrastructureRolePolicyForManagedInstances"
_ONE_NAME = "ecsInstanceRole"


def _is_scaled(provider: Resource) -> bool:
    """Tell whether ECS scales the instances."""
    scaling = provider.map(_GROUP, "ManagedScaling")
    if not scaling.source:
        return False
    if not scaling.has("Status"):
        raise CannotTell("ManagedScaling has no Status")
    return scaling.text("Status") == "ENABLED"


@check(
    "managed-instance-scaling",
    CAPACITY_PROVIDER,
    fix="Set ManagedScaling.Status to ENABLED.",
)
def ecs_scales_instances(provider: Resource) -> Outcome | None:
    """Pending tasks get instances."""
    if not provider.has(_GROUP):
        return None
    if _is_scaled(provider):
        return ok("ECS scales the instances")
    return fault("the number of instances does not follow waiting tasks (managed scaling is off)")


@check(
    "managed-termination-protection",
    CAPACITY_PROVIDER,
    fix=(
        "Set ManagedTerminationProtection to ENABLED, and NewInstancesProtectedFromScaleIn of the Auto Scaling group "
        "to true."
    ),
)
def instances_with_tasks_stay(provider: Resource) -> Outcome | None:
    """A scale-in removes only instances without tasks."""
    if not provider.has(_GROUP):
        return None
    is_protected = provider.text(_GROUP, "ManagedTerminationProtection", default="DISABLED") == "ENABLED"
    if not _is_scaled(provider):
        if is_protected:
            return fault("termination protection requires managed scaling", fix="Enable ManagedScaling.")
        return ok("without managed scaling, ECS terminates no instance")
    if not is_protected:
        return fault("managed scaling can terminate instances that run tasks")
    return _group_outcome(provider)


def _group_outcome(provider: Resource) -> Outcome:
    try:
        group = group_of(provider)
    except CannotTell:
        return ok("instances that run tasks are not scaled in")
    if group.flag("NewInstancesProtectedFromScaleIn"):
        return ok("instances that run tasks are not scaled in")
    return fault(
        f"{group.logical_id} does not protect new instances from scale-in, which ECS requires",
        fix=f"Set NewInstancesProtectedFromScaleIn of {group.logical_id} to true.",
    )


@check("managed-draining", CAPACITY_PROVIDER, fix="Remove ManagedDraining, or set it to ENABLED.")
def instances_drain(provider: Resource) -> Outcome | None:
    """Tasks move before their instance ends."""
    if not provider.has(_GROUP):
        return None
    if provider.text(_GROUP, "ManagedDraining", default="ENABLED") == "ENABLED":
        return ok("tasks drain before an instance is terminated")
    return fault("tasks stop with their instance, in the middle of requests")


@check(
    "managed-instance-requirements",
    CAPACITY_PROVIDER,
    fix="Set InstanceRequirements to ranges that several instance types meet.",
)
def requirements_can_be_met(provider: Resource) -> Outcome | None:
    """ECS finds instance types to choose from."""
    if not provider.has(_INSTANCES):
        return None
    requirements = provider.map(*_LAUNCH, "InstanceRequirements")
    if not requirements.source:
        return ok("ECS chooses the instance types")
    if requirements.has("AllowedInstanceTypes") and requirements.has("ExcludedInstanceTypes"):
        return fault("instance types are both allowed and excluded, and EC2 accepts only one of the two")
    types = requirements.texts("AllowedInstanceTypes")
    if len(types) == 1 and "*" not in types[0]:
        return fault(f"{types[0]} is the only instance type, so tasks wait when it is sold out")
    ranges = [(it, requirements.map(it)) for it in ("VCpuCount", "MemoryMiB", "AcceleratorCount")]
    return worst(lambda it: _range_outcome(*it), ranges)


def _range_outcome(name: str, range_: Map) -> Outcome:
    low, high = range_.number("Min", default=0), range_.number("Max")
    if high is not None and low > high:
        return fault(f"{name} is at least {low:g} and at most {high:g}")
    return ok("ECS can choose from several instance types")


@check(
    "managed-instance-scale-in",
    CAPACITY_PROVIDER,
    fix="Remove InfrastructureOptimization.ScaleInAfter, or set it to a number of seconds.",
)
def idle_instances_end(provider: Resource) -> Outcome | None:
    """Instances without tasks are terminated."""
    if not provider.has(_INSTANCES):
        return None
    seconds = provider.number(_INSTANCES, "InfrastructureOptimization", "ScaleInAfter")
    if seconds is not None and seconds < 0:
        return fault("ECS does not terminate idle instances")
    return ok("ECS terminates idle instances")


@check(
    "managed-instance-role-passing",
    CAPACITY_PROVIDER,
    fix="Allow iam:PassRole on the ARN of the instance role in the infrastructure role.",
)
def role_can_be_passed(provider: Resource) -> Outcome | None:
    """ECS can pass instances only their own role."""
    if not provider.has(_INSTANCES):
        return None
    estate = provider.template.estate
    infrastructure = role_of(provider.value(_INSTANCES, "InfrastructureRoleArn"), estate)
    if infrastructure is None:
        raise CannotTell("the infrastructure role is in another stack")
    grants = grants_of(infrastructure)
    passing = [it for it in grants.statements if it.allows and it.names("iam:PassRole")]
    if any(it.on_everything and not it.has_condition for it in passing):
        return fault(f"{infrastructure.logical_id} can pass any role of the account")
    if passing:
        return ok("the infrastructure role can pass the instance role")
    if grants.unknown:
        raise CannotTell(grants.unknown[0])
    role = role_of(provider.value(*_LAUNCH, "Ec2InstanceProfileArn"), estate)
    if role is None:
        raise CannotTell("the instance role is in another stack")
    if _PASSES_ONE_NAME in grants.managed and role.text("RoleName").startswith(_ONE_NAME):
        return ok(f"the managed policy allows passing roles named {_ONE_NAME}")
    return fault(f"{infrastructure.logical_id} may not pass {role.logical_id} to instances")
