"""Checks of the targets of load balancers against the network of the tasks behind them."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import Resource

from .service_parts import TARGET_GROUP, network_mode_of, services_behind

_HAS_ADDRESS = "awsvpc"


@check(
    "target-type-matches-network-mode",
    TARGET_GROUP,
    fix=("Set TargetType to ip for awsvpc, and to instance otherwise."),
)
def targets_are_what_tasks_have(target_group: Resource) -> Outcome | None:
    """ECS can register the tasks: by address where they have one, else by instance."""
    return worst(lambda service: _outcome(target_group, service), services_behind(target_group))


def _outcome(target_group: Resource, service: Resource) -> Outcome | None:
    kind = target_group.text("TargetType", default="instance")
    if kind not in {"instance", "ip"}:
        return fault(f"it registers {kind} targets, not tasks of {service.logical_id}")
    mode = network_mode_of(service)
    if mode == _HAS_ADDRESS and kind == "instance":
        return fault(
            f"it registers instances, but tasks of {service.logical_id} have their own addresses (awsvpc)",
            fix="Set TargetType to ip.",
        )
    if mode != _HAS_ADDRESS and kind == "ip":
        return fault(
            f"it registers addresses, but tasks of {service.logical_id} do not have their own ({mode})",
            fix="Set TargetType to instance.",
        )
    return ok(f"{kind} targets fit tasks in {mode} mode")
