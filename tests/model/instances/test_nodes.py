"""Pods of a node, held against the list that the EKS images carry, and what a node has left for them."""

from __future__ import annotations

import pytest

from cdk_containers import instance_type, pods_per_instance
from cdk_containers.model.instances import allocatable, instance_types

# nodeadm's eni-max-pods.txt of 2025
LISTED = {
    "a1.medium": 8,
    "c5.18xlarge": 737,
    "c6in.32xlarge": 394,
    "c8gn.48xlarge": 590,
    "g5.48xlarge": 345,
    "g6e.24xlarge": 492,
    "inf1.24xlarge": 321,
    "m4.large": 20,
    "m5.large": 29,
    "m7g.medium": 8,
    "m7i.4xlarge": 234,
    "p4d.24xlarge": 737,
    "p5.48xlarge": 100,
    "r8i.large": 59,
    "t2.micro": 4,
    "t3.medium": 17,
    "trn1.32xlarge": 247,
}


@pytest.mark.parametrize("name", LISTED)
def test_a_node_that_registers_itself_holds_what_its_image_lists(name: str):
    assert pods_per_instance(instance_type(name), managed=False) == LISTED[name]


@pytest.mark.parametrize(("name", "pods"), [("m5.large", 29), ("m5.4xlarge", 110), ("c5.18xlarge", 250)])
def test_a_managed_node_runs_no_more_than_a_node_should(name: str, pods: int):
    assert pods_per_instance(instance_type(name)) == pods


@pytest.mark.parametrize(
    ("name", "pods"),
    [("t3.nano", 34), ("m5.large", 110), ("c5.18xlarge", 250), ("m4.large", 20)],
)
def test_prefixes_hold_sixteen_addresses_on_nitro_only(name: str, pods: int):
    assert pods_per_instance(instance_type(name), prefix_delegation=True, managed=False) == pods


def test_every_type_holds_a_pod():
    assert min(pods_per_instance(known) for known in instance_types().values()) >= 4


def test_a_node_keeps_memory_for_each_pod_that_it_may_hold_and_a_share_of_its_cpu():
    few = allocatable(instance_type("m7g.large"), max_pods=29)
    many = allocatable(instance_type("m7g.large"), max_pods=110)
    assert few.cpu_millicores == many.cpu_millicores == 2000 - 70
    assert few.memory_mib - many.memory_mib == 11 * (110 - 29)
    assert few.memory_mib == instance_type("m7g.large").registered_memory_mib - (255 + 11 * 29 + 100)


def test_a_small_node_that_may_hold_many_pods_has_no_memory_left():
    assert allocatable(instance_type("t3.nano"), max_pods=4).memory_mib > 0
    assert allocatable(instance_type("t3.nano"), max_pods=110).memory_mib == 0


@pytest.mark.parametrize(("name", "kept"), [("m7g.medium", 60), ("m7g.xlarge", 80), ("m7g.2xlarge", 90)])
def test_a_larger_node_keeps_a_smaller_share_of_its_cpu(name: str, kept: int):
    fact = instance_type(name)
    assert fact.vcpus * 1000 - allocatable(fact, max_pods=29).cpu_millicores == kept


def test_a_node_with_gpus_has_them_to_give():
    assert allocatable(instance_type("g5.xlarge"), max_pods=58).gpus == 1
