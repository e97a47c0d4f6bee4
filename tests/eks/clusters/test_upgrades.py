import json
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from aws_cdk import aws_eks_v2 as eks

from cdk_containers import AddOnOptions, ConstructError, upgrade_blockers
from cdk_containers.eks.manifests.removed_apis import KNOWN_UP_TO, REMOVED
from tests.toolkit import eks_cluster, new_stack

SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


def served(minor: int) -> set[tuple[str, str]]:
    """Read what a version of Kubernetes serves from its schemas."""
    found = set()
    for path in (SCHEMAS / f"v1.{minor}.0-local").glob("*-*.json"):
        kinds = json.loads(path.read_text()).get("x-kubernetes-group-version-kind", [])
        if len(kinds) == 1 and not kinds[0]["kind"].endswith("List"):
            group = f"{kinds[0]['group']}/" if kinds[0]["group"] else ""
            found.add((f"{group}{kinds[0]['version']}", kinds[0]["kind"]))
    return found


def test_the_table_agrees_with_the_schemas_of_kubernetes():
    before = served(25)
    gone: dict[tuple[str, str], int] = {}
    for minor in range(26, KNOWN_UP_TO + 1):
        now = served(minor)
        gone |= {api: minor for api in before - now if "alpha" not in api[0] and api != ("v1", "Status")}
        before = now
    assert len(gone) > 10
    assert {api: minor for api, (minor, _) in REMOVED.items() if minor > 25} == gone
    assert not REMOVED.keys() & before


def manifest(api: str, kind: str) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "shop"}}


@pytest.mark.parametrize(
    ("api", "kind", "target", "blocked"),
    [
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.32", True),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.31", False),
        ("policy/v1beta1", "PodDisruptionBudget", "1.36", True),
        ("policy/v1", "PodDisruptionBudget", "1.36", False),
        ("storage.k8s.io/v1beta1", "VolumeAttributesClass", "1.36", False),
        ("storage.k8s.io/v1beta1", "VolumeAttributesClass", "1.37", True),
        ("karpenter.sh/v1", "NodePool", "1.36", False),
    ],
)
def test_removed_apis(api: str, kind: str, target: str, *, blocked: bool):
    before = f"1.{int(target[2:]) - 1}"
    found = upgrade_blockers(version=before, target=target, manifests={"shop": [manifest(api, kind)]})
    assert [entry.where for entry in found] == ([f"shop: {kind} shop"] if blocked else [])


def test_one_minor_version_at_a_time():
    assert upgrade_blockers(version="1.34", target="1.35") == ()
    assert upgrade_blockers(version="1.34", target="1.34") == ()
    [far] = upgrade_blockers(version="1.33", target="1.35")
    assert far.instead == "deploy 1.34 first"
    [back] = upgrade_blockers(version="1.35", target="1.34")
    assert "is older than" in back.what


def test_nodes_and_kube_proxy_may_be_three_versions_behind():
    for minor, blocked in ((32, True), (33, False)):
        found = upgrade_blockers(
            version="1.35",
            target="1.36",
            node_versions={"Shop/Nodes": f"1.{minor}"},
            add_on_versions={
                "kube-proxy": f"v1.{minor}.0-eksbuild.2",
                "vpc-cni": "v1.20.4-eksbuild.1",
                "coredns": None,
            },
        )
        assert [entry.where for entry in found] == (["Shop/Nodes", "kube-proxy"] if blocked else [])


@pytest.mark.parametrize(
    ("version", "target"), [("1.34", "1.99"), ("1.34", "latest"), ("x", "1.35"), ("1.34.1", "1.35")]
)
def test_what_is_no_version_or_not_known_yet(version: str, target: str):
    with pytest.raises(ConstructError):
        upgrade_blockers(version=version, target=target)


def test_what_is_in_the_way_is_one_line():
    objects = {"classes": [manifest("storage.k8s.io/v1beta1", "VolumeAttributesClass")]}
    [found] = upgrade_blockers(version="1.36", target="1.37", manifests=objects)
    assert str(found) == (
        "classes: VolumeAttributesClass shop: Kubernetes 1.37 and later do not serve VolumeAttributesClass of "
        "storage.k8s.io/v1beta1; use storage.k8s.io/v1"
    )


def test_a_cluster_is_asked_itself():
    stack = new_stack()
    made = eks_cluster(
        stack, version="1.36", default_add_ons={"kube-proxy": AddOnOptions(version="v1.33.3-eksbuild.4")}
    )
    made.add_manifests("limits", [manifest("v1", "Namespace")])
    made.add_nodes(
        eks.CfnNodegroup(
            stack, "Old", cluster_name="x", node_role="arn:aws:iam::111111111111:role/n", subnets=["s"], version="1.33"
        )
    )
    assert made.upgrade_blockers("1.36") == ()
    assert [found.where for found in made.upgrade_blockers("1.37")] == ["Shop", "kube-proxy"]


def test_the_objects_of_a_cluster_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    made = eks_cluster(new_stack(), version="1.36")
    made.add_manifests("limits", [manifest("v1", "Namespace")])
    monkeypatch.setattr("cdk_containers.eks.clusters.upgrades.REMOVED", {("v1", "Namespace"): (37, "nothing")})
    assert [found.where for found in made.upgrade_blockers("1.37")] == ["limits: Namespace shop"]
