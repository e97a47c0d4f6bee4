"""Task counts of services in templates: minimum, maximum, and during a deployment."""

from __future__ import annotations

from cdk_containers.checks.templates import CannotTell, Resource

from .service_parts import scalable_targets


def is_daemon(service: Resource) -> bool:
    """Tell whether a service runs a task on each instance."""
    return service.text("SchedulingStrategy", default="REPLICA") == "DAEMON"


def task_counts(service: Resource) -> tuple[int, int]:
    """Return the minimum and maximum desired count of a service."""
    if is_daemon(service):
        raise CannotTell("a daemon runs one task on each instance")
    targets = scalable_targets(service)
    if not targets:
        count = int(service.number("DesiredCount", default=1))
        return count, count
    bounds = [
        (bound.number("MinCapacity", default=-1), bound.number("MaxCapacity", default=-1))
        for target in targets
        for bound in (target, *(it.map("ScalableTargetAction") for it in target.maps("ScheduledActions")))
    ]
    least, most = [int(low) for low, _ in bounds if low >= 0], [int(high) for _, high in bounds if high >= 0]
    if not least or not most:
        raise CannotTell("its scalable target does not set the number of tasks")
    return min(least), max(most)


def tasks_while_deploying(service: Resource) -> int:
    """Return the maximum number of tasks that run at the same time during a deployment."""
    _, most = task_counts(service)
    if service.text("DeploymentConfiguration", "Strategy", default="ROLLING") != "ROLLING":
        return 2 * most
    percent = int(service.number("DeploymentConfiguration", "MaximumPercent", default=200))
    return max(most * percent // 100, most)
