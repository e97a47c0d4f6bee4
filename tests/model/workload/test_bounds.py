"""The first and the last value of each range is taken, and its neighbours outside are not."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers import Container, EbsVolume, HealthCheck, LinuxOptions, Privileged

IMAGE = "public.ecr.aws/nginx/nginx:1.29"


def ebs(**options: Any) -> Any:
    return EbsVolume(name="data", **{"size_gib": 1000, **options})


BOUNDS: list[tuple[str, Any, dict[str, Any], str, int, int | None]] = [
    *(
        (f"{kind} size", ebs, {"volume_type": kind} | ({"iops": 100} if kind[0] == "i" else {}), "size_gib", low, high)
        for kind, low, high in (
            ("gp3", 1, 65536),
            ("gp2", 1, 16384),
            ("io1", 4, 16384),
            ("io2", 4, 65536),
            ("st1", 125, 16384),
            ("sc1", 125, 16384),
        )
    ),
    ("gp3 iops", ebs, {"volume_type": "gp3", "size_gib": 16384}, "iops", 3000, 80000),
    ("io1 iops", ebs, {"volume_type": "io1", "size_gib": 16384}, "iops", 100, 64000),
    ("io2 iops", ebs, {"volume_type": "io2", "size_gib": 16384}, "iops", 100, 256000),
    ("gp3 throughput", ebs, {"volume_type": "gp3", "iops": 16000}, "throughput_mib", 125, 2000),
    ("shared memory", LinuxOptions, {}, "shared_memory_mib", 1, None),
    ("swap", LinuxOptions, {}, "max_swap_mib", 0, None),
    ("swappiness", LinuxOptions, {"max_swap_mib": 64}, "swappiness", 0, 100),
]


def wrong(make: Any, options: dict[str, Any]) -> set[str]:
    return {problem.option for problem in make(**options).problems()}


@pytest.mark.parametrize(
    ("make", "beside", "option", "low", "high"), [row[1:] for row in BOUNDS], ids=[row[0] for row in BOUNDS]
)
def test_a_range_is_what_aws_says(make: Any, beside: dict[str, Any], option: str, low: int, high: int | None):
    assert not wrong(make, beside | {option: low})
    assert option in wrong(make, beside | {option: low - 1})
    if high is not None:
        assert not wrong(make, beside | {option: high})
        assert option in wrong(make, beside | {option: high + 1})


def test_iops_are_for_types_that_have_them():
    assert wrong(ebs, {"volume_type": "st1", "iops": 3000}) == {"iops"}
    assert wrong(ebs, {"volume_type": "io2", "iops": 3000, "throughput_mib": 200}) == {"throughput_mib"}


def test_a_container_has_no_negative_gpus():
    assert not Container(name="app", image=IMAGE, gpus=1).problems()
    assert [found.option for found in Container(name="app", image=IMAGE, gpus=-1).problems()] == ["gpus"]


def test_a_reason_for_privileges_is_a_sentence():
    assert not Privileged("reads the sensors of the machine").problems()
    assert [found.option for found in Privileged("because").problems()] == ["reason"]


def test_a_health_check_gives_up_after_three_failures():
    assert HealthCheck(command=["true"]).retries == 3
