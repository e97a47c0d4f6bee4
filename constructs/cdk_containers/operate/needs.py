"""The calls to AWS that each command may make, as data: what is not here is stopped before it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from cdk_containers.core.frozen import frozen

Calls: TypeAlias = Mapping[str, tuple[str, ...]]

_FIND: Calls = {
    "cloudformation": ("describe_stack_resources", "get_template"),
    "resourcegroupstaggingapi": ("get_resources",),
}
_FIND_SEVERAL: Calls = {**_FIND, "cloudformation": (*_FIND["cloudformation"], "list_stack_resources")}
_FIND_ALL: Calls = {**_FIND, "cloudformation": ("get_template", "list_stack_resources")}
_SERVICES: Calls = {"ecs": ("describe_services",)}
_ROLLOUT: Calls = {
    "ecs": (
        "list_service_deployments",
        "describe_service_deployments",
        "describe_service_revisions",
    )
}
_TASKS: Calls = {"ecs": ("list_tasks", "describe_tasks")}
_JOB: Calls = {
    "ecs": ("list_clusters", "list_tasks", "describe_tasks"),
    "events": ("list_targets_by_rule",),
    "scheduler": ("get_schedule",),
    "stepfunctions": ("describe_state_machine",),
}
_DEFINITION: Calls = {"ecs": ("describe_task_definition",)}
_EVENTS: Calls = {"events": ("list_rules", "list_targets_by_rule"), "logs": ("filter_log_events",)}
_EKS: Calls = {"eks": ("describe_cluster", "list_nodegroups", "describe_nodegroup", "list_addons", "describe_addon")}


@frozen
class Need:
    """What a command may call.

    Attributes:
        reads: The calls that read, by service, in boto3's words.
        changes: The calls that change something, likewise.
        resources: On what the changes are allowed, by action; a policy allows the others everywhere.
    """

    reads: Calls
    changes: Calls = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)

    @property
    def calls(self) -> Calls:
        """All of them."""
        return together(self.reads, self.changes)


def together(*several: Calls) -> dict[str, tuple[str, ...]]:
    """Return the calls of several groups, each once."""
    joined: dict[str, dict[str, None]] = {}
    for calls in several:
        for service, names in calls.items():
            joined.setdefault(service, {}).update(dict.fromkeys(names))
    return {service: tuple(names) for service, names in joined.items()}


_DEPLOYMENTS = "arn:*:ecs:*:*:service-deployment/*"

NEEDS: Mapping[str, Need] = {
    "list": Need(reads=together(_FIND_ALL, _SERVICES, {"eks": ("describe_cluster",)})),
    "status": Need(
        reads=together(
            _FIND_SEVERAL,
            _SERVICES,
            _ROLLOUT,
            _TASKS,
            _JOB,
            _EKS,
            {
                "application-autoscaling": ("describe_scalable_targets",),
                "cloudwatch": ("describe_alarms", "get_metric_data"),
                "elbv2": ("describe_target_groups", "describe_target_health"),
            },
        )
    ),
    "rollout": Need(reads=together(_FIND, _SERVICES, _ROLLOUT)),
    "why": Need(
        reads=together(
            _FIND,
            _SERVICES,
            _ROLLOUT,
            _TASKS,
            _JOB,
            _DEFINITION,
            _EVENTS,
            {"logs": ("get_log_events",), "elbv2": ("describe_target_health",)},
        )
    ),
    "logs": Need(
        reads=together(
            _FIND_SEVERAL,
            _SERVICES,
            _TASKS,
            _JOB,
            _DEFINITION,
            _EVENTS,
            {"logs": ("filter_log_events", "start_live_tail")},
        )
    ),
    "events": Need(reads=together(_FIND_SEVERAL, _SERVICES, _JOB, _EVENTS)),
    "continue": Need(
        reads=together(_FIND, _ROLLOUT),
        changes={"ecs": ("continue_service_deployment",)},
        resources={"ecs:ContinueServiceDeployment": _DEPLOYMENTS},
    ),
    "rollback": Need(
        reads=together(_FIND, _SERVICES, _ROLLOUT),
        changes={"ecs": ("stop_service_deployment",)},
        resources={"ecs:StopServiceDeployment": _DEPLOYMENTS},
    ),
    "scale": Need(
        reads=together(_FIND, _SERVICES, {"application-autoscaling": ("describe_scalable_targets",)}),
        changes={"ecs": ("update_service",)},
        resources={"ecs:UpdateService": "arn:*:ecs:*:*:service/*"},
    ),
}
"""By command."""
