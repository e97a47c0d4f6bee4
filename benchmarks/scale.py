"""Tell whether anything grows faster than the number of services. `make bench ARGS=--scale`; Linux only.

Each kind of `growing.py` is made in its own process and app. What the last tenth of them takes is compared with
what the second tenth took, after the first has warmed everything up.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from run import PAGE, run_script, surroundings, table, write_page

LARGE = "web service, twenty to a stack"
LARGE_NUMBER = 1000


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What `grow.py` says of a kind."""

    number: int
    tenths: Sequence[Mapping[str, float]]
    synths: Mapping[int, float]
    python_mib: float
    node_mib: float

    def of_tenth(self, tenth: int, what: str = "ms") -> float:
        """Return what one took, of the first tenth (0) to the last (9)."""
        return self.tenths[tenth][what]

    @property
    def synth_of_one(self) -> tuple[float, float]:
        """Milliseconds that one more took to synthesize, while there were few and when there were many."""
        _, few, some, many = sorted(self.synths)
        first, second = self.synths[some] - self.synths[few], self.synths[many] - self.synths[some]
        return first / (some - few), second / (many - some)


def measure(kind: str, number: int) -> Growth:
    """Make a number of a kind."""
    print(f"{number} × {kind} …", file=sys.stderr)
    said: dict[str, Any] = json.loads(run_script("grow.py", kind, str(number)).stdout.splitlines()[-1])
    synths = {int(count): taken for count, taken in said.pop("synths").items()}
    return Growth(number=number, synths=synths, **said)


def rows(found: Mapping[str, Growth]) -> Iterator[list[str]]:
    """Yield the rows of the table."""
    yield [
        "one more …",
        "number",
        "calls to CDK, second tenth",
        "last tenth",
        "ms of the processors, second tenth",
        "last tenth",
        "last / second",
        "ms to synthesize one, from 20 to 60 %",
        "from 60 to 100 %",
        "MiB at the end, Python",
        "Node",
    ]
    for kind, growth in found.items():
        second, last = growth.of_tenth(1), growth.of_tenth(9)
        yield [
            kind,
            str(growth.number),
            *(f"{growth.of_tenth(tenth, 'calls'):g}" for tenth in (1, 9)),
            f"{second:.1f}",
            f"{last:.1f}",
            f"{last / second:.2f}",
            *(f"{taken:.1f}" for taken in growth.synth_of_one),
            f"{growth.python_mib:.0f}",
            f"{growth.node_mib:.0f}",
        ]


def main() -> None:
    """Measure and print."""
    kinds = run_script("growing.py").stdout.splitlines()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=kinds, action="append", help="one kind; may be given again; default all")
    parser.add_argument(
        "--number", type=int, default=100, metavar="N", help=f"how many of each but of {LARGE}; default 100"
    )
    parser.add_argument("--markdown", action="store_true", help="also write the table to docs/benchmark.md")
    options = parser.parse_args()
    found: dict[str, Growth] = {}
    text = ""
    for kind in options.kind or kinds:
        try:
            found[kind] = measure(kind, LARGE_NUMBER if kind == LARGE else options.number)
        except SystemExit as failure:  # the others took minutes
            print(failure, file=sys.stderr)
            continue
        text = f"One process of each kind on {surroundings()}.\n\n{table(rows(found))}"
        if options.markdown:
            write_page(text, PAGE, "scale")
    print(text)
    if len(found) < len(options.kind or kinds):
        sys.exit(1)


if __name__ == "__main__":
    main()
