"""The sizes of Fargate, and the rules of ECS and Fargate, without a stack."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_containers import Container, HealthCheck, TaskOptions, Workload
from cdk_containers.ecs.tasks import fargate_sizes, nearest_fargate_sizes
from cdk_containers.ecs.tasks.container_rules import container_problems
from cdk_containers.ecs.tasks.fargate_task_definition import fargate_task_problems
from cdk_containers.ecs.tasks.task_definition import memory_limits
from cdk_containers.model.workload import OperatingSystem

IMAGE = "nginx:1.29.1"
MEMORY = st.integers(min_value=6, max_value=8192)


def test_there_are_77_sizes():
    assert len(fargate_sizes()) == 77


def test_the_table_is_that_of_aws():
    by_cpu: dict[int, list[int]] = {}
    for cpu, memory in sorted(fargate_sizes()):
        by_cpu.setdefault(cpu, []).append(memory)
    assert {cpu: (len(memories), memories[0], memories[-1]) for cpu, memories in by_cpu.items()} == {
        256: (3, 512, 2048),
        512: (4, 1024, 4096),
        1024: (7, 2048, 8192),
        2048: (13, 4096, 16384),
        4096: (23, 8192, 30720),
        8192: (12, 16384, 61440),
        16384: (12, 32768, 122880),
        32768: (3, 61440, 249856),
    }


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ((300, 512), (512, 1024)),
        ((256, 4096), (512, 4096)),
        ((1, 1), (256, 512)),
        ((1024, 1024), (1024, 2048)),
        ((100_000, 1_000_000), (32768, 249856)),
    ],
)
def test_the_first_of_the_nearest_holds_what_was_asked_if_any_does(asked: tuple[int, int], best: tuple[int, int]):
    assert nearest_fargate_sizes(*asked)[0] == best


@given(st.integers(1, 50_000), st.integers(1, 300_000))
def test_the_nearest_are_three_different_sizes_that_exist(cpu: int, memory: int):
    nearest = nearest_fargate_sizes(cpu, memory)
    assert len(set(nearest)) == 3
    assert set(nearest) <= fargate_sizes()
    if (cpu, memory) in fargate_sizes():
        assert nearest[0] == (cpu, memory)


def problems_of(cpu: int, memory: int, **options: object) -> list[tuple[str, str | None]]:
    workload = Workload(containers=[Container(image=IMAGE)], cpu=cpu, memory_limit_mib=memory)
    found = fargate_task_problems(workload, TaskOptions(**options))  # type: ignore[arg-type]
    return [(problem.option, problem.practice) for problem in found]


def test_every_size_is_taken():
    assert {size: problems_of(*size) for size in fargate_sizes() if problems_of(*size)} == {}


@given(st.integers(1, 40_000), st.integers(1, 300_000))
def test_no_other_size_is(cpu: int, memory: int):
    expected = [] if (cpu, memory) in fargate_sizes() else [("cpu", "fargate-task-size")]
    assert problems_of(cpu, memory) == expected


@pytest.mark.parametrize("system", [name for name in get_args(OperatingSystem) if name != "LINUX"])
def test_windows_comes_in_three_sizes_and_on_x86_only(system: str):
    assert problems_of(1024, 2048, operating_system=system) == []
    assert problems_of(512, 1024, operating_system=system) == [("cpu", "fargate-task-size")]
    assert problems_of(8192, 16384, operating_system=system) == [("cpu", "fargate-task-size")]
    assert problems_of(1024, 2048, operating_system=system, architecture="ARM64") == [
        ("options.architecture", "runtime-platform")
    ]


@pytest.mark.parametrize(("size", "right"), [(20, False), (21, True), (200, True), (201, False), (0, False)])
def test_ephemeral_storage_is_21_to_200(size: int, *, right: bool):
    expected = [] if right else [("options.ephemeral_storage_gib", "ephemeral-storage")]
    assert problems_of(256, 512, ephemeral_storage_gib=size) == expected


# ---- memory


@given(st.lists(st.none() | MEMORY, min_size=1, max_size=10), st.integers(512, 8192))
def test_limits_that_are_given_out_never_exceed_the_task(limits: list[int | None], task: int):
    containers = [
        Container(image=IMAGE, name=f"c{index}", memory_limit_mib=limit) for index, limit in enumerate(limits)
    ]
    claimed = sum(limit for limit in limits if limit is not None)
    given_out = memory_limits(containers, task)
    assert [new for old, new in zip(limits, given_out, strict=True) if old is not None] == [
        old for old in limits if old is not None
    ]
    if claimed <= task:
        assert sum(limit for limit in given_out if limit is not None) <= task
    else:
        assert given_out == limits


def test_nothing_is_given_out_below_what_the_container_keeps():
    containers = [
        Container(image=IMAGE, name="a", memory_limit_mib=400),
        Container(image=IMAGE, name="b", memory_reservation_mib=200),
    ]
    assert memory_limits(containers, 512) == [400, None]
    assert memory_limits(containers, 1024) == [400, 624]


def test_a_health_check_counts_in_the_ranges_of_ecs():
    check = HealthCheck(command="true", retries=11)
    assert [problem.allowed for problem in container_problems(Container(image=IMAGE, health_check=check))] == ["1–10"]
