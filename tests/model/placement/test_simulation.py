from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_containers.core.errors import ConstructError
from cdk_containers.model.instances import UnknownInstanceTypeError, instance_type
from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy
from cdk_containers.model.placement.container_instance import ContainerInstance, container_instances
from cdk_containers.model.placement.simulation import simulate_placement
from cdk_containers.model.placement.simulation_result import Placement

S, C = PlacementStrategy, PlacementConstraint
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


def instances(*zones: str, cpu: int = 1024, memory_mib: int = 4096, **more: Any) -> list[ContainerInstance]:
    return [
        ContainerInstance(id=f"i-{number}", cpu=cpu, memory_mib=memory_mib, zone=zone, **more)
        for number, zone in enumerate(zones, start=1)
    ]


# ---- what the documentation says


def test_spread_over_zones_is_even() -> None:
    placed = simulate_placement(instances(*ZONES, *ZONES), tasks=6, strategies=[S.spread_across_zones()])

    assert placed.per_zone() == dict.fromkeys(ZONES, 2)


@pytest.mark.parametrize("field", ["instanceId", "host"])
def test_spread_over_instances_is_even(field: str) -> None:
    placed = simulate_placement(instances("a", "a", "b"), tasks=[6, 3], strategies=[S.spread(field)])

    assert placed.per_instance(0) == {"i-1": 2, "i-2": 2, "i-3": 2}
    assert placed.per_instance() == {"i-1": 1, "i-2": 1, "i-3": 1}


def test_spread_over_zones_and_then_over_instances_in_each() -> None:
    hosts = instances("a", "a", "a", "b")
    placed = simulate_placement(hosts, tasks=6, strategies=[S.spread_across_zones(), S.spread_across_instances()])

    assert placed.per_instance() == {"i-1": 1, "i-2": 1, "i-3": 1, "i-4": 3}


@pytest.mark.parametrize(("resource", "needs"), [("cpu", {"cpu": 256}), ("memory", {"memory_mib": 1024})])
def test_binpack_fills_the_instance_with_the_least_left(resource: Any, needs: dict[str, int]) -> None:
    hosts = [
        ContainerInstance(id="large", cpu=4096, memory_mib=16384),
        ContainerInstance(id="small", cpu=1024, memory_mib=4096),
        ContainerInstance(id="tiny", cpu=128, memory_mib=512),
    ]
    placed = simulate_placement(hosts, tasks=[4, 5], strategies=[S.binpack(resource)], **needs)

    assert placed.per_instance(0) == {"large": 0, "small": 4, "tiny": 0}
    assert placed.per_instance(1) == {"large": 1, "small": 4, "tiny": 0}


def test_binpack_keeps_the_number_of_instances_low() -> None:
    hosts = instances(*["a"] * 10)

    packed = simulate_placement(hosts, tasks=8, cpu=256, strategies=[S.binpack("cpu")])
    spread = simulate_placement(hosts, tasks=8, cpu=256, strategies=[S.spread_across_instances()])

    assert packed.instances_in_use == 2
    assert spread.instances_in_use == 8


def test_binpack_in_each_zone() -> None:
    hosts = instances(*ZONES, *ZONES, *ZONES)
    placed = simulate_placement(hosts, tasks=9, cpu=256, strategies=[S.spread_across_zones(), S.binpack("cpu")])

    assert placed.per_zone() == dict.fromkeys(ZONES, 3)
    assert placed.instances_in_use == 3


def test_binpack_empties_first_the_instance_that_then_has_most_left() -> None:
    hosts = instances("a", "a", "a")
    placed = simulate_placement(hosts, tasks=[9, 7, 4], cpu=256, strategies=[S.binpack("cpu")])

    assert sorted(placed.per_instance(0).values()) == [1, 4, 4]
    # One instance loses its only task. Of the two others, which have as much left, one loses one.
    assert sorted(placed.per_instance(1).values()) == [0, 3, 4]
    # That one then has most left, and loses all the rest.
    assert sorted(placed.per_instance(2).values()) == [0, 0, 4]


def test_spread_stops_where_most_are_so_that_the_rest_is_balanced() -> None:
    """The example of the documentation: one task in zone A, two each in B and C: B or C loses one."""
    placed = simulate_placement(instances(*ZONES), tasks=[5, 4, 3], strategies=[S.spread_across_zones()])

    assert sorted(placed.per_zone(0).values()) == [1, 2, 2]
    assert sorted(placed.per_zone(1).values()) == [1, 1, 2]
    assert sorted(placed.per_zone(2).values()) == [1, 1, 1]


def test_in_a_zone_spread_stops_tasks_at_random() -> None:
    hosts = instances("a", "a")
    left = {
        simulate_placement(hosts, tasks=[4, 2], seed=seed, strategies=[S.spread_across_zones()]).per_instance()["i-1"]
        for seed in range(40)
    }

    assert left == {0, 1, 2}


def test_a_service_without_a_strategy_is_spread_over_zones_and_instances() -> None:
    """One task in zone A and none in B and C: B or C gets the next; in it the instance with the fewest."""
    hosts = instances(*ZONES, *ZONES)
    placed = simulate_placement(hosts, tasks=[4, 9, 6])

    assert sorted(placed.per_zone(0).values()) == [1, 1, 2]
    assert placed.per_zone(1) == dict.fromkeys(ZONES, 3)
    assert placed.per_instance() == dict.fromkeys([host.id for host in hosts], 1)


def test_random_is_neither_even_nor_packed_and_the_seed_decides() -> None:
    hosts = instances(*["a"] * 20)
    first, again, other = (
        simulate_placement(hosts, tasks=20, seed=seed, strategies=[S.random()]) for seed in (1, 1, 2)
    )

    assert first == again
    assert first.per_instance() != other.per_instance()
    assert 5 < first.instances_in_use < 20


def test_what_comes_after_random_decides_nothing() -> None:
    hosts = instances(*["a"] * 20)

    assert simulate_placement(hosts, tasks=9, strategies=[S.random()]) == simulate_placement(
        hosts, tasks=9, strategies=[S.random(), S.binpack("cpu")]
    )


def test_spread_over_an_attribute() -> None:
    hosts = [
        *instances("a", "a", "a", attributes={"rack": "one"}),
        ContainerInstance(id="alone", cpu=1024, memory_mib=4096, attributes={"rack": "two"}),
        ContainerInstance(id="none", cpu=1024, memory_mib=4096),
    ]
    placed = simulate_placement(hosts, tasks=6, strategies=[S.spread("attribute:rack")])

    assert placed.per_attribute("rack") == {"one": 2, "two": 2, None: 2}


def test_strategies_are_best_effort() -> None:
    """A full zone does not keep tasks from running elsewhere."""
    hosts = instances("a", "b", "b")
    placed = simulate_placement(hosts, tasks=9, cpu=256, strategies=[S.spread_across_zones()])

    assert placed.per_zone() == {"a": 4, "b": 5}
    assert placed.unplaced == ()


def test_constraints_are_binding() -> None:
    hosts = [*container_instances("t3.large", 2), *container_instances("m7g.large", 2)]
    placed = simulate_placement(
        hosts,
        tasks=5,
        constraints=[C.member_of("attribute:ecs.instance-type =~ t3.* and attribute:ecs.cpu-architecture == x86_64")],
    )

    assert placed.per_attribute("ecs.instance-type") == {"t3.large": 4, "m7g.large": 0}
    assert [str(line) for line in placed.unplaced] == [
        "1 task finds no place: network interfaces on 2 instances, memberOf on 2 instances"
    ]


def test_distinct_instance() -> None:
    placed = simulate_placement(instances("a", "a"), tasks=3, constraints=[C.distinct_instance()])

    assert placed.per_instance() == {"i-1": 1, "i-2": 1}
    assert placed.unplaced[0].reasons == {"distinctInstance": 2}


def test_affinity_and_anti_affinity() -> None:
    database = ContainerInstance(id="database", cpu=1024, memory_mib=4096, task_groups=["database"])
    hosts = [database, *instances("a")]

    near = simulate_placement(hosts, tasks=2, constraints=[C.member_of("task:group == database")])
    far = simulate_placement(hosts, tasks=2, constraints=[C.member_of("not(task:group == database)")])

    assert near.per_instance() == {"database": 2, "i-1": 0}
    assert far.per_instance() == {"database": 0, "i-1": 2}


def test_constraints_that_change_with_every_task() -> None:
    apart = C.member_of("not(task:group == service:web)")
    few = C.member_of("runningTasksCount < 2")

    assert simulate_placement(instances("a", "a"), tasks=3, group="service:web", constraints=[apart]).running == 2
    assert simulate_placement(instances("a", "a"), tasks=9, constraints=[few]).per_instance() == {"i-1": 2, "i-2": 2}


# ---- resources


@pytest.mark.parametrize(
    ("needs", "host", "reason"),
    [
        ({"cpu": 1025}, {}, "cpu"),
        ({"memory_mib": 4097}, {}, "memory"),
        ({"gpus": 1}, {}, "gpus"),
        ({"host_ports": [80], "network_mode": "bridge"}, {"host_ports": [80]}, "host ports"),
        ({"host_ports": [51678], "network_mode": "host"}, {}, "host ports"),
        ({}, {"interfaces": 0}, "network interfaces"),
    ],
)
def test_what_an_instance_lacks(needs: dict[str, Any], host: dict[str, Any], reason: str) -> None:
    placed = simulate_placement(instances("a", "b", **host), tasks=[3], **needs)

    assert placed.running == 0
    (line,) = placed.unplaced
    assert (line.step, line.tasks, line.reasons) == (0, 3, {reason: 2})
    assert str(line) == f"3 tasks have no place: {reason} on 2 instances"
    assert [(event.kind, event.task) for event in placed.events] == [("unplaced", 1), ("unplaced", 2), ("unplaced", 3)]


def test_resources_run_out_one_after_the_other() -> None:
    hosts = instances("a", cpu=1024, memory_mib=4096, gpus=2, interfaces=9)

    assert simulate_placement(hosts, tasks=9, cpu=300).running == 3
    assert simulate_placement(hosts, tasks=9, memory_mib=1000).running == 4
    assert simulate_placement(hosts, tasks=9, gpus=1).running == 2
    assert simulate_placement(hosts, tasks=20).running == 9
    assert simulate_placement(hosts, tasks=20, network_mode="bridge").running == 20
    assert simulate_placement(hosts, tasks=9, host_ports=[80], network_mode="bridge").running == 1
    assert simulate_placement(hosts, tasks=9, host_ports=[0], network_mode="bridge").running == 9
    assert simulate_placement(hosts, tasks=9, host_ports=[80], network_mode="awsvpc").running == 9


def test_what_a_stopped_task_had_is_free_again() -> None:
    needs: dict[str, Any] = {"cpu": 1024, "memory_mib": 4096, "gpus": 1, "host_ports": [80], "network_mode": "bridge"}
    placed = simulate_placement(instances("a", gpus=1), tasks=[1, 0, 1], **needs)

    assert [event.kind for event in placed.events] == ["placed", "stopped", "placed"]


def test_tasks_that_found_no_place_are_tried_again() -> None:
    placed = simulate_placement(instances("a", cpu=512), tasks=[3, 3, 1], cpu=256)

    assert [dict(counts) for counts in placed.history] == [{"i-1": 2}, {"i-1": 2}, {"i-1": 1}]
    assert [(line.step, line.tasks) for line in placed.unplaced] == [(0, 1), (1, 1)]


def test_no_instances() -> None:
    placed = simulate_placement([], tasks=2)

    assert str(placed.unplaced[0]) == "2 tasks have no place: there are no instances"
    assert placed.per_instance() == placed.per_zone() == {}


# ---- daemons


def test_a_daemon_runs_once_on_every_instance_that_may_have_it() -> None:
    hosts = [
        *instances("a", "b", "b"),
        ContainerInstance(id="full", cpu=0, memory_mib=4096),
        ContainerInstance(id="other", cpu=1024, memory_mib=4096, attributes={"stack": "dev"}),
    ]
    placed = simulate_placement(hosts, daemon=True, cpu=256, constraints=[C.member_of("not(attribute:stack == dev)")])

    assert placed.per_instance() == {"i-1": 1, "i-2": 1, "i-3": 1, "full": 0, "other": 0}
    assert [str(line) for line in placed.unplaced] == ["1 task finds no place: cpu on 1 instance"]


# ---- input


def test_wrong_input_is_said_at_once() -> None:
    with pytest.raises(ConstructError) as raised:
        simulate_placement(
            [], tasks=[1, -1], strategies=[S.spread("cpu")] * 6, constraints=[C.member_of("?")], daemon=True
        )

    assert [problem.option for problem in raised.value.problems] == [
        "strategies",
        *(f"strategies[{index}].field" for index in range(6)),
        "constraints[0].expression",
        "tasks[1]",
        "strategies",
    ]


def test_instances_of_a_type() -> None:
    first, *_, last = container_instances("m7g.large", 4, ZONES, attributes={"stack": "prod"})

    assert (first.id, first.zone, last.zone) == ("m7g.large-1", "us-east-1a", "us-east-1a")
    assert (first.cpu, first.memory_mib, first.gpus, first.interfaces) == (2048, 7680, 0, 2)
    assert first.all_attributes == {
        "ecs.availability-zone": "us-east-1a",
        "ecs.instance-type": "m7g.large",
        "ecs.cpu-architecture": "arm64",
        "ecs.os-type": "linux",
        "stack": "prod",
    }


def test_instances_of_a_type_with_options() -> None:
    (trunked,) = container_instances(instance_type("m7g.large"), 1, eni_trunking=True, reserved_memory_mib=256)

    assert (trunked.memory_mib, trunked.interfaces) == (7424, 10)
    assert container_instances("t3.large", 1, eni_trunking=True)[0].interfaces == 2
    with pytest.raises(UnknownInstanceTypeError):
        container_instances("m99.large", 1)


# ---- compared with brute force

FIELDS = ("instanceId", "attribute:ecs.availability-zone", "attribute:rack")
CHAINS = st.lists(
    st.one_of(
        st.sampled_from([S.spread(field) for field in FIELDS]),
        st.sampled_from([S.binpack("cpu"), S.binpack("memory")]),
        st.just(S.random()),
    ),
    min_size=1,
    max_size=4,
)
HOSTS = st.lists(
    st.builds(
        dict,
        cpu=st.integers(0, 6),
        memory_mib=st.integers(0, 6),
        zone=st.sampled_from("abc"),
        attributes=st.sampled_from([{}, {"rack": "1"}, {"rack": "2"}]),
        interfaces=st.sampled_from([None, 1, 3]),
    ),
    min_size=1,
    max_size=6,
)


def best(
    hosts: Sequence[ContainerInstance],
    candidates: list[ContainerInstance],
    counts: Counter[str],
    chain: Sequence[PlacementStrategy],
    needs: dict[str, int],
    *,
    most: bool,
) -> set[str]:
    """Narrow candidates down strategy by strategy, looking at everything each time."""
    choose = max if most else min
    spread_over: list[str] = []
    for strategy in chain:
        if strategy.type == "random" or not candidates:
            break
        if strategy.type == "binpack":
            resource = "cpu" if strategy.field == "cpu" else "memory_mib"
            score = {host.id: getattr(host, resource) - counts[host.id] * needs[resource] for host in candidates}
        elif strategy.field == "instanceId":
            score = {host.id: counts[host.id] for host in candidates}
        else:
            spread_over.append((strategy.field or "").removeprefix("attribute:"))
            group_of = {host.id: tuple(host.all_attributes.get(name) for name in spread_over) for host in hosts}
            score = {
                host.id: sum(counts[other.id] for other in hosts if group_of[other.id] == group_of[host.id])
                for host in candidates
            }
        goal = choose(score.values())
        candidates = [host for host in candidates if score[host.id] == goal]
    return {host.id for host in candidates}


def replay(
    placed: Placement,
    chain: Sequence[PlacementStrategy],
    needs: dict[str, int],
    wanted: Sequence[int],
    *,
    distinct: bool,
) -> None:
    hosts, counts = placed.instances, Counter[str]()
    where: dict[int, str] = {}
    for event in placed.events:
        free = [
            host
            for host in hosts
            if host.cpu - counts[host.id] * needs["cpu"] >= needs["cpu"]
            and host.memory_mib - counts[host.id] * needs["memory_mib"] >= needs["memory_mib"]
            and (host.interfaces is None or counts[host.id] < host.interfaces)
            and not (distinct and counts[host.id])
        ]
        if event.kind == "unplaced":
            assert free == []
        elif event.kind == "placed":
            assert event.instance in best(hosts, free, counts, chain, needs, most=False)
            where[event.task] = event.instance or ""
            counts[event.instance or ""] += 1
        else:
            busy = [host for host in hosts if counts[host.id]]
            assert event.instance == where.pop(event.task)
            assert event.instance in best(hosts, busy, counts, chain, needs, most=True)
            counts[event.instance] -= 1
    assert +counts == Counter(placed.history[-1])
    for step, desired in enumerate(wanted):
        missing = sum(line.tasks for line in placed.unplaced if line.step == step)
        assert sum(placed.history[step].values()) + missing == desired


@settings(max_examples=200, deadline=None)
@given(
    hosts=HOSTS,
    chain=CHAINS,
    tasks=st.lists(st.integers(0, 12), min_size=1, max_size=4),
    cpu=st.integers(0, 3),
    memory_mib=st.integers(0, 3),
    distinct=st.booleans(),
    seed=st.integers(0, 9),
)
def test_every_choice_is_one_that_brute_force_allows(
    *,
    hosts: list[dict[str, Any]],
    chain: list[PlacementStrategy],
    tasks: list[int],
    cpu: int,
    memory_mib: int,
    distinct: bool,
    seed: int,
) -> None:
    made = [ContainerInstance(id=f"i-{number}", **host) for number, host in enumerate(hosts)]
    placed = simulate_placement(
        made,
        tasks=tasks,
        cpu=cpu,
        memory_mib=memory_mib,
        strategies=chain,
        constraints=[C.distinct_instance()] if distinct else [],
        seed=seed,
    )

    replay(placed, chain, {"cpu": cpu, "memory_mib": memory_mib}, tasks, distinct=distinct)


# ---- speed


@pytest.mark.parametrize(
    "chain",
    [
        [],
        [S.binpack("memory")],
        [S.spread_across_zones(), S.binpack("cpu")],
        [S.spread_across_zones(), S.spread("attribute:rack"), S.binpack("cpu")],
    ],
    ids=["default", "binpack", "zones and binpack", "zones, own racks and binpack"],
)
def test_ten_thousand_tasks_on_a_thousand_instances(chain: list[PlacementStrategy]) -> None:
    """Some 2 s on one core of a small machine; the limit leaves room for a busy one."""
    hosts = [
        ContainerInstance(
            id=str(number), cpu=16384, memory_mib=65536, zone="abc"[number % 3], attributes={"rack": str(number)}
        )
        for number in range(1000)
    ]
    start = time.process_time()
    placed = simulate_placement(hosts, tasks=[10_000, 5_000], cpu=512, memory_mib=1024, strategies=chain)

    assert placed.running == 5_000
    assert time.process_time() - start < 10
