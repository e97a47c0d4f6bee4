"""Whether a node of a cluster can hold a pod, and what is said if none can."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.core.errors import Problem
from cdk_containers.eks.rendering import NodeFacts, Taint, label_problems, pod_fit_problems


def nodes(**options: Any) -> NodeFacts:
    return NodeFacts(
        **{"name": "Nodes", "instance_types": ("m7g.large",), "architecture": "ARM64", "gpu": False} | options
    )


def fit(*facts: NodeFacts, **pod: Any) -> list[Problem]:
    return pod_fit_problems(facts or [nodes()], option="cpu", **pod)


def test_a_pod_that_fits_is_fine():
    assert fit(cpu_millicores=1930, memory_mib=6900, architecture="ARM64") == []


@pytest.mark.parametrize(
    ("pod", "why"),
    [
        ({"cpu_millicores": 1931}, "Nodes: m7g.large 1931 millicores of 1930"),
        ({"memory_mib": 8192}, "Nodes: m7g.large 8192 MiB of 7000"),
        ({"cpu_millicores": 1900, "reserved_millicores": 100}, "Nodes: m7g.large 2000 millicores of 1930"),
        ({"gpus": 1}, "Nodes: no GPUs"),
        ({"architecture": "X86_64"}, "Nodes: ARM64, but the pod is X86_64"),
        ({"node_selector": {"team": "shop"}}, "Nodes: no label team"),
        ({"node_selector": {"kubernetes.io/arch": "amd64"}}, "Nodes: label kubernetes.io/arch=arm64, but"),
        ({"node_selector": {"kubernetes.io/os": "windows"}}, "Nodes: label kubernetes.io/os=linux, but"),
    ],
)
def test_a_pod_that_no_node_holds_is_an_error_with_the_arithmetic(pod: dict[str, Any], why: str):
    [problem] = fit(nodes(max_pods=29), **pod)
    assert (problem.option, problem.practice) == ("cpu", "eks-pod-fits-node")
    assert problem.given is not None
    assert problem.given.startswith(why.split(" of 7000", maxsplit=1)[0])


def test_one_kind_of_nodes_that_holds_it_is_enough():
    small, large = nodes(name="Small"), nodes(name="Large", instance_types=("m7g.4xlarge",))
    [problem] = fit(small, cpu_millicores=8000)
    assert problem.given is not None
    assert fit(small, large, cpu_millicores=8000) == []


def test_one_type_of_a_group_that_holds_it_is_enough():
    assert fit(nodes(instance_types=("m7g.large", "m7g.4xlarge")), cpu_millicores=8000) == []


def test_types_that_nobody_knows_hold_every_pod():
    assert fit(nodes(instance_types=("m99g.large",)), cpu_millicores=80_000) == []
    assert fit(nodes(instance_types=()), cpu_millicores=80_000) == []
    assert pod_fit_problems([], option="cpu", cpu_millicores=80_000) == []


def test_nodes_whose_labels_nobody_knows_may_have_every_label():
    assert fit(nodes(labels={}), node_selector={"team": "shop"}) != []
    assert fit(nodes(labels=None), node_selector={"team": "shop"}) == []


def test_more_pods_leave_less_memory_to_each():
    asked = {"memory_mib": 6600}
    assert fit(nodes(), **asked) == []
    assert fit(nodes(prefix_delegation=True), **asked) != []


DEDICATED = Taint(key="dedicated", value="video")


@pytest.mark.parametrize(
    "toleration",
    [
        {"key": "dedicated", "operator": "Equal", "value": "video", "effect": "NoSchedule"},
        {"key": "dedicated", "value": "video"},
        {"key": "dedicated", "operator": "Exists"},
        {"operator": "Exists"},
    ],
)
def test_a_pod_that_tolerates_a_taint_is_let_on_the_node(toleration: dict[str, Any]):
    assert fit(nodes(taints=(DEDICATED,)), tolerations=[toleration]) == []


@pytest.mark.parametrize(
    "toleration",
    [
        {"key": "dedicated", "value": "audio"},
        {"key": "other", "operator": "Exists"},
        {"key": "dedicated", "operator": "Exists", "effect": "NoExecute"},
        {"value": "video"},
    ],
)
def test_a_pod_that_tolerates_another_taint_is_not(toleration: dict[str, Any]):
    [problem] = fit(nodes(taints=(DEDICATED,)), tolerations=[toleration])
    assert problem.given == "Nodes: taint dedicated, which the pod does not tolerate"


def test_a_taint_that_is_only_preferred_keeps_nobody_out():
    assert fit(nodes(taints=(Taint(key="a", effect="PreferNoSchedule"),))) == []


def test_labels_that_nodes_have_are_found_and_those_of_aws_are_trusted():
    facts = nodes(labels={"team": "shop"})
    assert fit(facts, node_selector={"team": "shop"}) == []
    assert fit(facts, node_selector={"team": "search"}) != []
    assert fit(facts, node_selector={"topology.kubernetes.io/zone": "eu-west-1a"}) == []
    spot = nodes(capacity_type="SPOT")
    assert fit(spot, node_selector={"eks.amazonaws.com/capacityType": "SPOT"}) == []
    assert fit(spot, node_selector={"eks.amazonaws.com/capacityType": "ON_DEMAND"}) != []


@pytest.mark.parametrize(
    ("labels", "wrong"),
    [
        ({"team": "shop", "example.com/team": "a.b_c-d"}, 0),
        ({"": "a"}, 1),
        ({"a/b/c": "a"}, 1),
        ({"Example.com/team": "a"}, 1),
        ({"team": "-a"}, 1),
        ({"team": "a" * 64}, 1),
        ({"kubernetes.io/role": "a"}, 1),
        ({"node.kubernetes.io/pool": "a"}, 0),
    ],
)
def test_labels_that_a_node_may_not_give_itself(labels: dict[str, str], wrong: int):
    assert len(label_problems("labels", labels, own=True)) == wrong
