"""The task sizes that Fargate supports.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html, read in November
2026 and compared pair by pair with the validation that CDK carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

_GIB = 1024

_MEMORY_BY_CPU: dict[int, tuple[int, ...]] = {
    256: (512, 1 * _GIB, 2 * _GIB),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
    32768: (60 * _GIB, 120 * _GIB, 244 * _GIB),
}

WINDOWS_CPU = (1024, 2048, 4096)
"""CPU units that Fargate supports for Windows containers."""


@cache
def fargate_sizes() -> frozenset[tuple[int, int]]:
    """Return all pairs of CPU units and MiB of memory."""
    return frozenset(_pairs())


def nearest_fargate_sizes(cpu: int, memory_limit_mib: int, *, most: int = 3) -> list[tuple[int, int]]:
    """Return the nearest valid pairs: first the pairs that are large enough, smallest first.

    >>> nearest_fargate_sizes(300, 512)
    [(512, 1024), (256, 512), (512, 2048)]
    """

    def distance(pair: tuple[int, int]) -> float:
        return abs(pair[0] - cpu) / pair[0] + abs(pair[1] - memory_limit_mib) / pair[1]

    enough = sorted(pair for pair in _pairs() if pair[0] >= cpu and pair[1] >= memory_limit_mib)
    nearest = sorted(_pairs(), key=distance)
    return list(dict.fromkeys([*enough[:1], *nearest]))[:most]


def _pairs() -> Iterator[tuple[int, int]]:
    for cpu, memories in _MEMORY_BY_CPU.items():
        for memory in memories:
            yield cpu, memory
