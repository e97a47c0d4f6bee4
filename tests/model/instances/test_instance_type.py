from __future__ import annotations

from importlib import metadata
from typing import Any

import pytest

from cdk_containers.model.instances import (
    InstanceType,
    UnknownInstanceTypeError,
    find_instance_type,
    instance_type,
    instance_types,
)
from scripts import update_instances

# What AWS's own pages say, read independently of moto: the EC2 instance type pages for vCPU, memory and GPUs, the ECS
# guide for tasks without and with ENI trunking.
DOCUMENTED = {
    # name: vCPU, GiB, GPUs, tasks without ENI trunking, tasks with it
    "a1.medium": (1, 2, 0, 1, 10),
    "c5.large": (2, 4, 0, 2, 10),
    "c5.18xlarge": (72, 144, 0, 14, 120),
    "c6g.medium": (1, 2, 0, 1, 4),
    "c6i.8xlarge": (32, 64, 0, 7, 90),
    "c7g.16xlarge": (64, 128, 0, 14, 120),
    "g5.xlarge": (4, 16, 1, 3, 6),
    "g5.48xlarge": (192, 768, 8, 6, 120),
    "g5g.xlarge": (4, 8, 1, 3, 20),
    "i4i.large": (2, 16, 0, 2, None),
    "i4i.xlarge": (4, 32, 0, 3, 8),
    "im4gn.2xlarge": (8, 32, 0, 3, 40),
    "m5.4xlarge": (16, 64, 0, 7, 60),
    "m5.metal": (96, 384, 0, 14, None),
    "m5d.metal": (96, 384, 0, 14, 120),
    "m6a.12xlarge": (48, 192, 0, 7, 120),
    "p4d.24xlarge": (96, 1152, 8, 59, 120),
    "r5.8xlarge": (32, 256, 0, 7, None),
    "r6gd.2xlarge": (8, 64, 0, 3, 40),
}


@pytest.mark.parametrize(("name", "facts"), DOCUMENTED.items(), ids=DOCUMENTED.keys())
def test_facts_are_those_of_the_documentation(name: str, facts: tuple[Any, ...]) -> None:
    known = instance_type(name)

    assert (known.vcpus, known.memory_mib / 1024, known.gpus) == facts[:3]
    assert (known.network_interfaces - 1, known.trunked_tasks) == facts[3:]


@pytest.mark.parametrize(
    "family", ["c5n", "g4dn", "i3en", "m5n", "m5dn", "m5zn", "r5b", "r5n", "r5dn", "z1d", "t3", "t4g"]
)
def test_families_that_the_guide_says_ecs_does_not_trunk(family: str) -> None:
    members = [known for known in instance_types().values() if known.family == family]

    assert members
    assert all(known.trunked_tasks is None for known in members)


CURRENT = """m5 m5a m5d m6a m6g m6i m7a m7g m7i m7i-flex m8g m8i c5 c6g c6i c7a c7g c7i c8g c8i r5 r6g r6i r7a r7g r7i
r8g r8i t3 t3a t4g g4dn g5 g5g g6 g6e p4d p5 i3en i4i im4gn m4 c4 t2"""


@pytest.mark.parametrize("family", CURRENT.split())
def test_current_families_are_known(family: str) -> None:
    assert any(known.family == family for known in instance_types().values())


@pytest.mark.parametrize(
    ("name", "hypervisor", "nitro", "bare_metal"),
    [
        ("m7g.large", "nitro", True, False),
        ("t3.micro", "nitro", True, False),
        ("m5.metal", None, True, True),
        ("t2.micro", "xen", False, False),
        ("m4.large", "xen", False, False),
        ("c4.large", "xen", False, False),
    ],
)
def test_nitro(name: str, hypervisor: str | None, nitro: bool, bare_metal: bool) -> None:  # noqa: FBT001
    known = instance_type(name)

    assert (known.hypervisor, known.nitro, known.bare_metal) == (hypervisor, nitro, bare_metal)


@pytest.mark.parametrize(
    ("name", "architecture"),
    [("m7g.large", "ARM64"), ("m7i.large", "X86_64"), ("g5g.xlarge", "ARM64"), ("t2.micro", "X86_64")],
)
def test_architecture(name: str, architecture: str) -> None:
    assert instance_type(name).architecture == architecture


def test_cpu_units() -> None:
    assert instance_type("m7g.large").cpu == 2048


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("m4.large", 7984),
        ("m4.16xlarge", 257953),
        ("t2.micro", 993),
        ("t2.medium", 3952),
        ("c4.large", 3765),
        ("r4.16xlarge", 491809),
        ("inf1.xlarge", 7679 + 1),  # `free -m` cuts off
    ],
)
def test_no_more_memory_is_assumed_than_instances_were_seen_to_register(name: str, published: int) -> None:
    known = instance_type(name)

    assert known.memory_mib * 0.93 <= known.registered_memory_mib <= published


def test_an_unknown_type_is_not_found() -> None:
    assert find_instance_type("m99g.large") is None


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("m7g.larg", "m7g.large"), ("m7g.3xlarge", "m7g.xlarge"), ("m7q.large", "m7i.large"), ("m7glarge", "m7g.large")],
)
def test_an_unknown_type_is_an_error_with_the_nearest_names(name: str, nearest: str) -> None:
    with pytest.raises(UnknownInstanceTypeError) as raised:
        instance_type(name)

    assert nearest in raised.value.nearest
    assert nearest in str(raised.value)


def test_nothing_is_near_to_nonsense() -> None:
    with pytest.raises(UnknownInstanceTypeError, match=r"unknown EC2 instance type '!'$"):
        instance_type("!")


def test_all_types_make_sense() -> None:
    for known in instance_types().values():
        assert known.vcpus >= 1
        assert 0 < known.registered_memory_mib < known.memory_mib
        assert known.network_interfaces >= 2
        assert known.trunked_tasks is None or known.trunked_tasks >= 4
        assert known.architecture in ("X86_64", "ARM64")
    assert all(isinstance(known, InstanceType) for known in instance_types().values())


def test_the_file_is_what_the_script_writes() -> None:
    written = update_instances.TARGET.read_text(encoding="utf-8")
    if f"moto {metadata.version('moto')} " not in written:
        pytest.skip("another version of moto: `python scripts/update_instances.py` writes the file from it")

    assert update_instances.text() == written
