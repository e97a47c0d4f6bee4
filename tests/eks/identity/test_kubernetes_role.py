"""Roles of Kubernetes for groups of access entries."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers import ConstructError, KubernetesRole, RoleRule
from tests.eks.manifest_checks import check
from tests.eks.reading import files_of
from tests.toolkit import eks_cluster, new_stack

LOGS = RoleRule(resources=["pods", "pods/log"], verbs=["get", "list"])


def role(**options: Any) -> KubernetesRole:
    stack = new_stack()
    given = {"cluster": eks_cluster(stack), "name": "support", "groups": ["support"], "rules": [LOGS]} | options
    return KubernetesRole(stack, "Support", **given)


def test_a_role_of_the_cluster_is_bound_to_a_group():
    stack = new_stack()
    cluster = eks_cluster(stack)
    made = KubernetesRole(stack, "Support", cluster=cluster, name="support", groups=["support"], rules=[LOGS])
    check(made.manifests)
    cluster_role, binding = files_of(cluster)["clusterrole-support"]
    assert cluster_role["rules"] == [{"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}]
    assert binding["kind"] == "ClusterRoleBinding"
    assert binding["subjects"] == [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "support"}]
    assert binding["roleRef"]["kind"] == "ClusterRole"


def test_a_role_of_one_namespace():
    made = role(namespace="shop", groups=["support", "developers"])
    check(made.manifests)
    assert [manifest["kind"] for manifest in made.manifests] == ["Role", "RoleBinding"]
    assert {manifest["metadata"]["namespace"] for manifest in made.manifests} == {"shop"}
    assert [subject["name"] for subject in made.manifests[1]["subjects"]] == ["support", "developers"]


def test_a_rule_for_some_objects_of_a_group_of_the_api():
    rule = RoleRule(resources=["deployments"], verbs=["patch"], api_groups=["apps"], resource_names=["web"])
    made = role(namespace="shop", rules=[rule])
    check(made.manifests)
    assert made.manifests[0]["rules"] == [
        {"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"], "verbs": ["patch"]}
    ]


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"name": "Support"}, "name"),
        ({"namespace": "shop_front"}, "namespace"),
        ({"groups": []}, "groups"),
        ({"groups": ["system:masters"]}, "groups[0]"),
        ({"rules": []}, "rules"),
        ({"rules": [RoleRule(resources=["*"], verbs=["get"])]}, "rules[0].resources"),
        ({"rules": [RoleRule(resources=["pods"], verbs=["*"])]}, "rules[0].verbs"),
        ({"rules": [RoleRule(resources=[], verbs=["get"])]}, "rules[0].resources"),
    ],
)
def test_wrong_input(options: dict[str, Any], wrong: str):
    with pytest.raises(ConstructError) as error:
        role(**options)
    assert [problem.option for problem in error.value.problems] == [wrong]
