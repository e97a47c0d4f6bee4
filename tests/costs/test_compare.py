"""Which capacity is cheapest for a workload."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_containers import ConstructError
from cdk_containers.costs import Offer, compare_capacity, read_prices
from cdk_containers.costs.compare import ROOT_DISK_GB, fargate_size
from cdk_containers.costs.report import comparison_data
from cdk_containers.model.placement import PlacementStrategy
from cdk_containers.model.placement.container_instance import container_instances
from cdk_containers.model.placement.simulation import simulate_placement

PRICES = read_prices("us-east-1")


def offers(**options: int) -> dict[str, Offer]:
    given = {"cpu": 512, "memory_mib": 1024, **options}
    return {it.capacity: it for it in compare_capacity(PRICES, **given).offers}  # type: ignore[arg-type]


def test_every_kind_of_capacity_is_there_the_cheapest_first():
    found = compare_capacity(PRICES, cpu=512, memory_mib=1024, tasks=8)
    assert len(found.offers) == 8
    prices = [it.high for it in found.offers if it.high is not None]
    assert prices == sorted(prices)
    assert found.cheapest is not None
    assert found.cheapest.low == found.cheapest.high


def test_fargate_costs_its_size():
    found = offers(tasks=8)["ECS on Fargate"]
    assert found.high == pytest.approx(8 * (0.5 * 0.04048 + 1 * 0.004445) * 730)
    spot = offers(tasks=8)["ECS on Fargate Spot"]
    assert found.high == spot.high
    assert spot.low == pytest.approx(0.3 * (found.high or 0))


def test_a_pod_on_fargate_has_memory_for_what_runs_beside_it():
    """1024 MiB and 256 more are no size of half a vCPU: it is 2 GB."""
    assert fargate_size(512, 1024 + 256) == (512, 2048)
    assert offers()["EKS on Fargate"].why == "2 × 0.5 vCPU, 2 GB"


def test_fees_are_those_that_have_a_source():
    managed, auto = offers(tasks=30)["ECS Managed Instances"], offers(tasks=30)["EKS Auto Mode"]
    assert managed.instance_type == auto.instance_type == "c6a.2xlarge"
    assert "have no price for the fee" in managed.why
    arm = compare_capacity(PRICES, cpu=512, memory_mib=1024, architecture="ARM64")
    [without] = [it for it in arm.offers if it.capacity == "ECS Managed Instances"]
    assert without.high is None
    assert without.why.startswith("no price of ecs-managed:")


def test_the_discount_of_spot_leaves_the_disks_as_they_are():
    found = compare_capacity(PRICES, cpu=512, memory_mib=1024, tasks=8, instances=["m7i.xlarge"])
    spot = {it.capacity: it for it in found.offers}["ECS on EC2 Spot"]
    hourly, disk, discount = (
        price.usd for key in ("ec2:m7i.xlarge", "gp3-gb", "spot-discount:ec2") if (price := PRICES.find(key))
    )
    assert spot.instances == 2
    assert spot.high == pytest.approx(2 * (hourly * 730 + disk * ROOT_DISK_GB))
    assert spot.low == pytest.approx(2 * (hourly * 730 * (1 - discount) + disk * ROOT_DISK_GB))


def test_a_node_holds_a_pod_up_to_the_cpu_that_it_has_for_pods():
    def pods(cpu: int) -> int:
        found = compare_capacity(PRICES, cpu=cpu, memory_mib=512, instances=["m7i.xlarge"])
        return {it.capacity: it.per_instance for it in found.offers}["EKS on EC2"]

    assert pods(4014) == 1  # 3,920 of the 4,000 millicores of the node
    assert pods(4015) == 0


def test_data_has_the_price_of_each_offer_and_none_where_there_is_none():
    found = compare_capacity(PRICES, cpu=16384, memory_mib=122880, tasks=1, instances=["m7i.xlarge"])
    data = {it["capacity"]: (it["low"], it["high"]) for it in comparison_data(found)["offers"]}
    by_capacity = {it.capacity: it for it in found.offers}
    spot = by_capacity["ECS on Fargate Spot"]
    assert data["ECS on Fargate Spot"] == (round(spot.low or 0, 2), round(spot.high or 0, 2))
    assert 0 < data["ECS on Fargate Spot"][0] < data["ECS on Fargate Spot"][1]
    assert data["ECS on EC2"] == (None, None)


def test_each_zone_has_an_instance():
    assert offers(tasks=2, zones=3)["ECS on EC2"].instances == 2
    assert offers(tasks=3, zones=3)["ECS on EC2"].instances == 3


@pytest.mark.parametrize("tasks", [3, 8, 21])
def test_the_instances_are_enough_and_one_less_is_not(tasks: int):
    found = compare_capacity(PRICES, cpu=512, memory_mib=1024, tasks=tasks, zones=1, instances=["m7i.xlarge"])
    [offer] = [it for it in found.offers if it.capacity == "ECS on EC2"]
    for count, unplaced in ((offer.instances, False), (offer.instances - 1, True)):
        if count:
            placed = simulate_placement(
                container_instances("m7i.xlarge", count, eni_trunking=True),
                cpu=512,
                memory_mib=1024,
                tasks=tasks,
                strategies=[PlacementStrategy.binpack("cpu")],
            )
            assert bool(placed.unplaced) == unplaced


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([256, 512, 1024, 4096]), st.sampled_from([512, 2048, 8192]), st.integers(1, 80))
def test_more_tasks_never_cost_less(cpu: int, memory: int, tasks: int):
    fewer = offers(cpu=cpu, memory_mib=memory, tasks=tasks)
    more = offers(cpu=cpu, memory_mib=memory, tasks=tasks + 1)
    for name, offer in fewer.items():
        if offer.high is not None:
            other = more[name]
            assert other.high is not None
            assert other.high >= offer.high - 1e-9, name


def test_a_task_that_no_instance_holds():
    found = compare_capacity(PRICES, cpu=65536, memory_mib=1024)
    assert {it.capacity: it.why for it in found.offers}["ECS on EC2"] == "no instance type holds a task"
    assert {it.capacity: it.why for it in found.offers}["ECS on Fargate"] == "Fargate has no size that large"
    assert found.cheapest is None


def test_wrong_input_is_refused_at_once():
    with pytest.raises(ConstructError, match="3 problems"):
        compare_capacity(PRICES, cpu=0, memory_mib=-1, instances=["m7g.lrge"])
