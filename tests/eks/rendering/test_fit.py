"""A pod that no node could hold is found in the manifests of a cluster, whoever wrote them."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.eks.rendering import NodeFacts, Taint, fit_problems

SMALL = NodeFacts(name="Small", instance_types=("m7i.large",), architecture="X86_64", gpu=False)
SPOT = NodeFacts(name="Spot", instance_types=("m7g.large",), architecture="ARM64", taints=(Taint(key="spot"),))
FARGATE = NodeFacts(name="Fargate", selects=(("batch-*", {}), ("shop", {"on": "fargate"})))


def pod(*containers: dict[str, str], before: list[dict[str, Any]] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "containers": [{"name": f"c{i}", "resources": {"requests": it}} for i, it in enumerate(containers)],
        "initContainers": before or [],
        **spec,
    }


def deployment(spec: dict[str, Any], namespace: str = "shop", **labels: str) -> dict[str, Any]:
    template = {"metadata": {"labels": labels}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"template": template},
    }


FITS = pod({"cpu": "500m", "memory": "1Gi"})
TOO_LARGE = pod({"cpu": "3", "memory": "1Gi"})


@pytest.mark.parametrize(
    ("spec", "given"),
    [
        (TOO_LARGE, "Small"),
        (pod({"cpu": "1", "memory": "4Gi"}, {"cpu": "1", "memory": "4Gi"}), "Small"),
        (pod({"cpu": "100m"}, before=[{"resources": {"requests": {"cpu": "3"}}}]), "Small"),
        (pod({"cpu": "1"}, before=[{"restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}}]), "Small"),
        (pod({"cpu": "1", "nvidia.com/gpu": "1"}), "no GPUs"),
        (pod({"cpu": "1"}, nodeSelector={"kubernetes.io/arch": "arm64"}), "taint spot"),
    ],
)
def test_what_fits_nowhere_is_found(spec: dict[str, Any], given: str):
    assert fit_problems([deployment(FITS)], [SMALL, SPOT]) == []
    [problem] = fit_problems([deployment(FITS), deployment(spec)], [SMALL, SPOT])
    assert problem.option == "manifests[1]"
    assert problem.practice == "eks-pod-fits-node"
    assert given in str(problem)


def test_the_larger_of_before_and_beside_counts():
    before = [{"resources": {"requests": {"cpu": "1500m"}}}]
    assert fit_problems([deployment(pod({"cpu": "1500m"}, before=before))], [SMALL]) == []


def test_a_limit_is_the_request_where_there_is_no_other():
    spec = {"containers": [{"name": "app", "resources": {"limits": {"cpu": "3"}}}]}
    assert len(fit_problems([deployment(spec)], [SMALL])) == 1


@pytest.mark.parametrize("kind", ["CronJob", "Pod", "Job", "StatefulSet"])
def test_every_kind_of_pod_is_looked_at(kind: str):
    def made(spec: dict[str, Any]) -> dict[str, Any]:
        template = {"metadata": {}, "spec": spec}
        inside = {
            "CronJob": {"jobTemplate": {"spec": {"template": template}}},
            "Pod": spec,
        }.get(kind, {"template": template})
        return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "one"}, "spec": inside}

    assert fit_problems([made(FITS)], [SMALL]) == []
    assert len(fit_problems([made(TOO_LARGE)], [SMALL])) == 1


def test_a_daemon_may_leave_nodes_out():
    assert fit_problems([{**deployment(TOO_LARGE), "kind": "DaemonSet"}], [SMALL]) == []


@pytest.mark.parametrize(("namespace", "labels"), [("batch-nightly", {}), ("shop", {"on": "fargate", "app": "web"})])
def test_what_a_profile_selects_runs_on_fargate(namespace: str, labels: dict[str, str]):
    assert fit_problems([deployment(TOO_LARGE, namespace, **labels)], [SMALL, FARGATE]) == []
    assert len(fit_problems([deployment(TOO_LARGE, "other", **labels)], [SMALL, FARGATE])) == 1


def test_nothing_is_said_of_a_cluster_without_known_nodes():
    assert fit_problems([deployment(TOO_LARGE)], []) == []
    assert fit_problems([deployment(TOO_LARGE)], [FARGATE]) == []
