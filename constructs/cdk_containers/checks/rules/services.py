"""Checks of services: task count, placement, tags and health checks."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Reference, Resource, Value

from .containers import on_windows
from .service_parts import SERVICE, capacities, scalable_targets, task_definition

SCHEDULE = "AWS::Scheduler::Schedule"
RULE = "AWS::Events::Rule"
TASK_SET = "AWS::ECS::TaskSet"
_LATEST = ("1.4.0", "1.0.0")
"""The platform versions of Fargate for Linux and for Windows."""
_ZONE = "attribute:ecs.availability-zone"


def is_daemon(service: Resource) -> bool:
    """Tell whether a service runs one task on each instance."""
    return service.text("SchedulingStrategy", default="REPLICA") == "DAEMON"


def is_called(service: Resource) -> bool:
    """Tell whether callers wait for the responses of a service."""
    return any(
        service.values(*path)
        for path in (
            ("LoadBalancers",),
            ("ServiceRegistries",),
            ("ServiceConnectConfiguration", "Services"),
            ("VpcLatticeConfigurations",),
        )
    )


@check("health-check-grace-period", SERVICE, fix="Set HealthCheckGracePeriodSeconds to the startup time of a task.")
def starting_tasks_have_time(service: Resource) -> Outcome | None:
    """Health checks of the load balancer have a grace period."""
    if not service.values("LoadBalancers"):
        return None
    seconds = service.number("HealthCheckGracePeriodSeconds", default=0)
    if seconds > 0:
        return ok(f"health checks count from {seconds:g} s after a task has started")
    return fault("health checks of the load balancer count as soon as a task has started")


@check("fixed-count-or-scaling", SERVICE, fix="Remove DesiredCount, because Application Auto Scaling sets the count.")
def count_is_fixed_or_scaled(service: Resource) -> Outcome | None:
    """A deployment does not reset the count that scaling set."""
    scaling = scalable_targets(service)
    if scaling and _is_asked_for(service.value("DesiredCount")):
        raise CannotTell("a custom resource sets DesiredCount, and may keep the count that scaling set")
    if scaling and service.has("DesiredCount"):
        return fault(f"each deployment resets the count to DesiredCount, although {scaling[0].logical_id} scales it")
    if scaling:
        return ok(f"only {scaling[0].logical_id} sets the count")
    return ok("the count is fixed") if service.has("DesiredCount") else None


def _is_asked_for(count: Value) -> bool:
    """Tell whether a custom resource returns the count."""
    custom = ("Custom::", "AWS::CloudFormation::CustomResource")
    return isinstance(count, Reference) and count.resource.type.startswith(custom)


@check(
    "availability-zone-rebalancing",
    SERVICE,
    fix="Set AvailabilityZoneRebalancing to ENABLED.",
)
def rebalances_zones(service: Resource) -> Outcome | None:
    """Tasks return to a zone after it recovers."""
    if is_daemon(service) or any(entry.has("LoadBalancerName") for entry in service.maps("LoadBalancers")):
        return None
    if not service.has("AvailabilityZoneRebalancing"):
        raise CannotTell("AvailabilityZoneRebalancing is not set, and an existing service keeps its setting")
    if service.text("AvailabilityZoneRebalancing") == "ENABLED":
        return ok("ECS rebalances tasks across Availability Zones")
    if not _can_rebalance(service):
        return None
    return fault("tasks stay in their Availability Zones, even after a zone failure")


def _can_rebalance(service: Resource) -> bool:
    """Tell whether ECS can start a task in another zone before it stops one."""
    strategies = service.maps("PlacementStrategies")
    if strategies and strategies[0].text("Field") != _ZONE:
        return False
    if any(_ZONE in constraint.text("Expression") for constraint in service.maps("PlacementConstraints")):
        return False
    if service.number("DeploymentConfiguration", "MaximumPercent", default=200) <= 100:
        return False
    return "external instances" not in capacities(service)


@check(
    "cost-allocation-tags",
    SERVICE,
    fix="Set EnableECSManagedTags to true, and PropagateTags to SERVICE.",
)
def tasks_have_tags(service: Resource) -> Outcome:
    """The bill shows the cost of each service."""
    missing = []
    if not service.flag("EnableECSManagedTags"):
        missing.append("EnableECSManagedTags is off")
    if service.text("PropagateTags", default="NONE") == "NONE":
        missing.append("tags are not propagated to tasks")
    return fault(" and ".join(missing)) if missing else ok("tasks have the tags of ECS and of their service")


@check("no-public-ip", SERVICE, TASK_SET, SCHEDULE, RULE, fix="Set AssignPublicIp to DISABLED.")
def tasks_have_no_public_address(runner: Resource) -> Outcome | None:
    """No task can be reached past its load balancer."""
    return worst(_public_address, _task_networks(runner))


def _public_address(network: Map) -> Outcome | None:
    if network.text("AssignPublicIp", default="DISABLED") == "ENABLED":
        return fault("tasks get public IP addresses")
    return ok("tasks get no public IP address")


def _task_networks(runner: Resource) -> Iterator[Map]:
    configurations: list[Map] = [runner]
    if runner.type == SCHEDULE:
        configurations = [runner.map("Target", "EcsParameters")]
    elif runner.type == RULE:
        configurations = [target.map("EcsParameters") for target in runner.maps("Targets")]
    for configuration in configurations:
        for name in ("AwsvpcConfiguration", "AwsVpcConfiguration"):
            if configuration.has("NetworkConfiguration", name):
                yield configuration.map("NetworkConfiguration", name)


@check("latest-platform-version", SERVICE, TASK_SET, fix="Remove PlatformVersion, or set it to LATEST.")
def runs_on_latest_platform(service: Resource) -> Outcome | None:
    """Fargate patches the platform of the tasks."""
    version = service.text("PlatformVersion")
    if version in _LATEST and version == _LATEST[int(on_windows(task_definition(service)))]:
        return ok(f"tasks run on Fargate platform version {version}, the latest one")
    if version and version.upper() != "LATEST":
        return fault(f"tasks stay on Fargate platform version {version}")
    if not version and "Fargate" not in capacities(service):
        return None
    return ok("tasks run on the latest Fargate platform version")


@check(
    "several-tasks",
    SERVICE,
    fix="Set DesiredCount to 2 or more. With scaling, set MinCapacity to 2 or more.",
)
def runs_several_tasks(service: Resource) -> Outcome | None:
    """The loss of one task is no outage."""
    if is_daemon(service):
        return None
    scaling = scalable_targets(service)
    if scaling:
        count, said = scaling[0].number("MinCapacity", default=0), "scaling leaves"
    else:
        count, said = service.number("DesiredCount", default=1), "the service has"
    if count >= 2:
        return ok(f"{said} {count:g} tasks")
    if count == 0:
        return None
    if not is_called(service):
        raise CannotTell(f"{said} 1 task, and the template does not show whether its work can wait for a replacement")
    return fault(f"{said} 1 task, so no task responds while ECS replaces it")
