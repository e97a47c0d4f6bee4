"""Environment variables that Copilot sets in all containers."""

from __future__ import annotations

from collections.abc import Mapping

from .making import Making


def common_variables(making: Making, *, load_balancer: str | None, more: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that all containers of a workload get.

    Args:
        making: The workload.
        load_balancer: DNS name of its Application Load Balancer, if it has one.
        more: Variables with topics and queues.
    """
    of_addons = dict(making.addons.variables)
    if not making.setting.compatibility.variables:
        return of_addons
    return {
        **of_addons,
        "COPILOT_APPLICATION_NAME": making.setting.application,
        "COPILOT_ENVIRONMENT_NAME": making.setting.environment,
        "COPILOT_SERVICE_NAME": making.name,
        "COPILOT_SERVICE_DISCOVERY_ENDPOINT": making.setting.namespace,
        **({} if load_balancer is None else {"COPILOT_LB_DNS": load_balancer}),
        **more,
    }
