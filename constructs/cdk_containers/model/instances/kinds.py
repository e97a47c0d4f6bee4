"""Which machine image instance types need, and whether they can share one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from ..workload import Architecture
from .instance_type import find_instance_type, misspelt_instance_type

_GPU, _NEURON = re.compile(r"(g|gr|p)\d"), re.compile(r"(inf|trn)\d")
_GRAVITON = re.compile(r"[a-z]+\d+[a-z-]*g")
"""Letters after the generation describe a family: g means Graviton."""


def has_gpus(name: str) -> bool:
    """Tell whether a type has GPUs, or a part of one; for a type newer than the facts, by its name."""
    return bool((fact := find_instance_type(name)) and fact.gpus) or _GPU.match(name) is not None


def has_neuron_devices(name: str) -> bool:
    """Tell whether a type has AWS accelerators; for a type newer than the facts, by its name."""
    return bool((fact := find_instance_type(name)) and fact.neuron_devices) or _NEURON.match(name) is not None


def architecture_of(names: Sequence[str]) -> Architecture:
    """Return the architecture of types of one group; for types newer than the facts, by their names."""
    for name in names:
        fact = find_instance_type(name)
        if fact is not None:
            return fact.architecture
    return "ARM64" if _GRAVITON.match(names[0]) else "X86_64"


def group_problems(names: Sequence[str]) -> list[Problem]:
    """Find names that no type has, and types that cannot be in one group.

    Types that are newer than the facts in this package are accepted.
    """
    found = Problems()
    if not names:
        found.add("instance_types", "there is none", allowed="at least one, such as m7g.large")
    for name in names:
        if not is_token(name) and (nearest := misspelt_instance_type(name)) is not None:
            found.add("instance_types", "not an instance type", given=name, allowed=nearest)
    kinds = {fact.architecture: name for name in names if (fact := find_instance_type(name)) is not None}
    if len(kinds) > 1:
        found.add(
            "instance_types",
            "types of different architectures need different machine images",
            given=sorted(kinds.values()),
            allowed="one architecture for each capacity",
            practice="instance-architecture",
        )
    for kind, having in (
        ("a GPU", {has_gpus(name) for name in names}),
        ("Neuron devices", {has_neuron_devices(name) for name in names}),
    ):
        if len(having) > 1:
            found.add(
                "instance_types",
                f"types with and without {kind} need different machine images",
                given=list(names),
                allowed="one of the two for each capacity",
                practice="instance-architecture",
            )
    return list(found)


def not_nitro(names: Sequence[str]) -> list[str]:
    """Return the types without the Nitro system, as far as they are known."""
    return [name for name in names if (fact := find_instance_type(name)) is not None and not fact.nitro]
