"""Subjects of `identity`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_containers import KubernetesRole, RoleRule, WorkloadIdentity
from tests.eks.reading import show_manifests
from tests.toolkit import eks_cluster

from ..making import role
from ..subject import Subject


def _identity(stack: cdk.Stack, given: dict[str, Any]) -> WorkloadIdentity:
    made = WorkloadIdentity(stack, "Identity", **given)
    show_manifests(made.cluster)
    return made


def _role(stack: cdk.Stack, given: dict[str, Any]) -> KubernetesRole:
    made = KubernetesRole(stack, "Support", **given)
    show_manifests(given["cluster"])
    return made


def _base_of_role(stack: cdk.Stack) -> dict[str, Any]:
    return {
        "cluster": eks_cluster(stack),
        "name": "support",
        "groups": ["support"],
        "rules": [RoleRule(resources=["pods"], verbs=["get"])],
    }


SUBJECTS: list[Subject] = [
    Subject(
        WorkloadIdentity,
        _identity,
        lambda stack: {"cluster": eks_cluster(stack), "namespace": "shop", "service_account": "web"},
    ),
    Subject(KubernetesRole, _role, _base_of_role),
    Subject(
        RoleRule,
        lambda stack, given: _role(stack, _base_of_role(stack) | {"rules": [RoleRule(**given)]}),
        lambda _: {"resources": ["pods"], "verbs": ["get"]},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "WorkloadIdentity": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "namespace": "checkout",
        "service_account": "worker",
        "role": role,
        "platform": "WINDOWS",
        "mode": "IRSA",
        "create_service_account": False,
        "automount_service_account_token": True,
    },
    "KubernetesRole": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "name": "helpers",
        "groups": ["helpers"],
        "rules": [RoleRule(resources=["services"], verbs=["get"])],
        "namespace": "shop",
    },
    "RoleRule": {
        "resources": ["services"],
        "verbs": ["list"],
        "api_groups": ["apps"],
        "resource_names": ["web"],
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
