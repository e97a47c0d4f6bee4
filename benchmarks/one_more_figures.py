"""What `one_more.py` measures, and its table. `run.py` reads it without CDK."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """What one more workload of a kind costs.

    Attributes:
        resources: What it adds to the template.
        library_calls: Calls to CDK's process, with this library.
        by_hand_calls: Calls by hand.
        library_ms: Milliseconds of the processors to make one, with this library.
        by_hand_ms: The same by hand.
        ratios: Library by hand, of each round: of the processors.
        clock_ratios: The same by the clock.
        synth_ratio: The same of the synthesis of all that was made, what they share included.
    """

    resources: int
    library_calls: int
    by_hand_calls: int
    library_ms: float
    by_hand_ms: float
    ratios: list[float]
    clock_ratios: list[float]
    synth_ratio: float


def rows(figures: Mapping[str, Figures]) -> Iterator[list[str]]:
    """Yield the rows of the table."""
    yield [
        "one more …",
        "resources",
        "calls to CDK",
        "calls by hand",
        "library / by hand, of the processors",
        "half of the rounds",
        "by the clock",
        "synthesis of all",
    ]
    for name, found in figures.items():
        low, middle, high = statistics.quantiles(found.ratios, n=4)
        yield [
            name,
            str(found.resources),
            str(found.library_calls),
            str(found.by_hand_calls),
            f"{middle:.2f}",
            f"{low:.2f}–{high:.2f}",
            f"{statistics.median(found.clock_ratios):.2f}",
            f"{found.synth_ratio:.2f}",
        ]
