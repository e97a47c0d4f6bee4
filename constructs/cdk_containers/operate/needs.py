"""The calls to AWS that each command may make, as data. Any other call is stopped before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeAlias

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
    "scheduler": ("get_schedule", "list_schedules"),
    "stepfunctions": ("describe_state_machine",),
}
_DEFINITION: Calls = {"ecs": ("describe_task_definition",)}
_EVENTS: Calls = {"events": ("list_rules", "list_targets_by_rule"), "logs": ("filter_log_events",)}
_EKS: Calls = {"eks": ("describe_cluster", "list_nodegroups", "describe_nodegroup", "list_addons", "describe_addon")}


@frozen
class Need:
    """The calls that a command may make.

    Attributes:
        reads: Calls that read, by service, with boto3's names.
        changes: Calls that change something, in the same form.
        resources: Resources that a change is allowed on, by action. The policy allows other changes on all resources.
        implied: Statements of further permissions that the calls require.
    """

    reads: Calls
    changes: Calls = field(default_factory=dict)
    resources: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    implied: tuple[Mapping[str, Any], ...] = ()

    @property
    def calls(self) -> Calls:
        """All calls."""
        return together(self.reads, self.changes)


def together(*several: Calls) -> dict[str, tuple[str, ...]]:
    """Merge the calls of several groups, each once."""
    joined: dict[str, dict[str, None]] = {}
    for calls in several:
        for service, names in calls.items():
            joined.setdefault(service, {}).update(dict.fromkeys(names))
    return {service: tuple(names) for service, names in joined.items()}


_START: Calls = {
    "ecs": ("describe_services", "describe_task_definition"),
    "events": ("list_targets_by_rule",),
    "scheduler": ("get_schedule", "list_schedules"),
    "stepfunctions": ("describe_state_machine",),
}
_TASK = "arn:*:ecs:*:*:task/*"
_DEFINITION_OF_ANY = "arn:*:ecs:*:*:task-definition/*"
_CLUSTER = "arn:*:ecs:*:*:cluster/*"
_ROLE = "arn:*:iam::*:role/*"


def _tagged_by(creation: str, resource: str) -> dict[str, Any]:
    condition = {"StringEquals": {"ecs:CreateAction": creation}}
    return {"Effect": "Allow", "Action": ["ecs:TagResource"], "Resource": resource, "Condition": condition}


_ROLES_OF_TASKS = {
    "Effect": "Allow",
    "Action": ["iam:PassRole"],
    "Resource": _ROLE,
    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
}

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
    "run": Need(
        reads=together(_FIND, _START, {"ecs": ("describe_tasks",), "logs": ("get_log_events",)}),
        changes={"ecs": ("run_task", "stop_task")},
        resources={"ecs:RunTask": _DEFINITION_OF_ANY, "ecs:StopTask": _TASK},
        implied=(_ROLES_OF_TASKS, _tagged_by("RunTask", _TASK)),
    ),
    "exec": Need(
        reads=together(_FIND, _START, _TASKS),
        changes={"ecs": ("execute_command",)},
        resources={"ecs:ExecuteCommand": (_CLUSTER, _TASK)},
    ),
    "forward": Need(
        reads=together(_FIND, _START, _TASKS),
        changes={"ssm": ("start_session",)},
        resources={"ssm:StartSession": ("arn:*:ssm:*::document/AWS-StartPortForwardingSession*", _TASK)},
    ),
    "debug": Need(
        reads=together(
            _FIND, _START, {"ecs": ("describe_clusters", "describe_tasks"), "iam": ("simulate_principal_policy",)}
        ),
        changes={
            "ecs": (
                "deregister_task_definition",
                "execute_command",
                "register_task_definition",
                "run_task",
                "stop_task",
            ),
            "iam": ("delete_role_policy", "put_role_policy"),
        },
        resources={
            "ecs:ExecuteCommand": (_CLUSTER, _TASK),
            "ecs:RegisterTaskDefinition": "arn:*:ecs:*:*:task-definition/*-debug:*",
            "ecs:RunTask": "arn:*:ecs:*:*:task-definition/*-debug:*",
            "ecs:StopTask": _TASK,
            "iam:DeleteRolePolicy": _ROLE,
            "iam:PutRolePolicy": _ROLE,
        },
        implied=(
            _ROLES_OF_TASKS,
            _tagged_by("RunTask", _TASK),
            _tagged_by("RegisterTaskDefinition", _DEFINITION_OF_ANY),
        ),
    ),
    "verify": Need(
        reads={
            "acm": ("describe_certificate",),
            "cloudformation": ("describe_stack_resources",),
            "ecr": ("batch_get_image", "describe_pull_through_cache_rules", "get_download_url_for_layer"),
            "eks": ("describe_addon_versions", "describe_cluster_versions"),
            "iam": ("simulate_principal_policy",),
            "secretsmanager": ("describe_secret",),
            "service-quotas": ("get_service_quota",),
            "ssm": ("describe_parameters",),
        }
    ),
}
"""By command."""
