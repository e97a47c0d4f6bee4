"""Parses sizes and numbers of compose files."""

from __future__ import annotations

import re

from cdk_containers.core.fargate_sizes import nearest_fargate_sizes

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(b|k|kb|m|mb|g|gb|t|tb)?", re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_MIB = 2**20
UNSIZED = (512, 1024)
"""CPU units and MiB of a task whose service sets no size. With Compose it could use the whole machine."""


def mebibytes(text: str) -> int:
    """Return a size in MiB, rounded up.

    Raises:
        ValueError: The text is not a size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None or len(text) > 30:
        raise ValueError(f"got {text!r}; expected a size such as 512m or 2g")
    unit = (match[2] or "").lower()
    return -int(-float(match[1]) * _UNITS[unit.removesuffix("b") or unit] // _MIB)


def cpu_units(text: str) -> int:
    """Return CPU units, 1024 for each CPU.

    Raises:
        ValueError: The text is not a number of CPUs.
    """
    if not re.fullmatch(r"\d{1,4}(\.\d+)?|\.\d+", text.strip()) or not float(text):
        raise ValueError(f"got {text!r}; expected a number of CPUs such as 0.5")
    return max(1, round(float(text) * 1024))


def task_size(cpu: int | None, memory: int | None) -> tuple[int, int]:
    """Return the smallest Fargate size with the required CPU and memory.

    Raises:
        ValueError: No size is large enough.
    """
    if cpu is None and memory is None:
        return UNSIZED
    wanted = (cpu or 256, memory or 512)
    found = nearest_fargate_sizes(*wanted)[0]
    if found[0] < wanted[0] or found[1] < wanted[1]:
        raise ValueError("too large for Fargate: the largest task has 32 vCPU and 244 GiB")
    return found
