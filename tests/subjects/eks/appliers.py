"""Subjects of `appliers`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs

from cdk_containers import ArgoCd, ArgoCdUsers, EksCluster, KubectlProvider, Logs
from tests.toolkit import REASON, eks_cluster

from ..subject import Subject

_INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
_GROUP = "906713b0-5011-70d5-d5b4-4a1f8a4b5c6d"
_USER = "906713b0-5011-70d5-d5b4-4a1f8a4b5c6e"


def _argo_cd(stack: cdk.Stack, **given: Any) -> ArgoCd:
    base = {"cluster": eks_cluster(stack), "identity_center_instance_arn": _INSTANCE}
    return ArgoCd(stack, "ArgoCd", **base | {"admins": ArgoCdUsers(groups=[_GROUP])} | given)


def _elsewhere(stack: cdk.Stack, name: str = "Clusters") -> EksCluster:
    """Make a cluster in another stack, with a manifest."""
    app = stack.node.root
    known = not cdk.Token.is_unresolved(stack.region)
    env = cdk.Environment(account=stack.account, region=stack.region) if known else None
    found = app.node.try_find_child(name)
    cluster = eks_cluster(found if isinstance(found, cdk.Stack) else cdk.Stack(app, name, env=env))
    if not cluster.manifests.files:
        metadata = {"name": "settings", "namespace": "default"}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}}
        cluster.add_manifests("settings", [manifest])
    return cluster


SUBJECTS: list[Subject] = [
    Subject(ArgoCd, lambda stack, given: _argo_cd(stack, **given)),
    Subject(
        ArgoCdUsers,
        lambda stack, given: _argo_cd(stack, editors=ArgoCdUsers(**given)),
        lambda _: {"groups": [_GROUP]},
    ),
    Subject(
        KubectlProvider,
        lambda stack, given: KubectlProvider(stack, "Kubectl", **given),
        lambda stack: {"cluster": _elsewhere(stack), "reason": REASON},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "ArgoCd": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "identity_center_instance_arn": "arn:aws:sso:::instance/ssoins-abcdef1234567890",
        "admins": ArgoCdUsers(users=[_USER]),
        "editors": ArgoCdUsers(users=[_USER]),
        "viewers": ArgoCdUsers(users=[_USER]),
        "identity_center_region": "eu-central-1",
        "namespaces": ["shop"],
        "vpc_endpoint_ids": ["vpce-0123456789abcdef0"],
    },
    "ArgoCdUsers": {"groups": [_USER], "users": [_USER]},
    "KubectlProvider": {
        "cluster": lambda stack: _elsewhere(stack, "Others"),
        "reason": "another reason that a reviewer understands",
        "memory_mib": 2048,
        "prune": False,
        "logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "KubectlProvider.kubectl_version": "one version is installed here: see tests/eks/appliers/test_kubectl_provider.py"
}

NOT_A_SUBJECT: dict[str, str] = {}
