"""Measure what one more workload costs, with this library and by hand, in one process. Part of `make bench`.

Blocks of four workloads take turns, library and by hand, and each round begins with the other way. What counts is the
time of the processors, of Python and of Node together, and of each round the ratio: a machine that gets slower is
slower for both. The templates and manifests of both ways are compared first.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import count
from os import getpid
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import aws_cdk as cdk
import yaml
from equivalence import differences
from jsii._kernel.providers import process
from kinds import KINDS, MANIFESTS, Kind
from one_more_figures import Figures, rows

ROOT = Path(__file__).parent.parent
BLOCK = 4
_PROC = Path("/proc")


class Way:
    """One way to make workloads of a kind, in its own app."""

    def __init__(self, start: Callable[[cdk.Stack], Callable[[int], object]], folder: Path) -> None:
        context = json.loads((ROOT / "cdk.json").read_text())["context"]
        self.folder = folder
        self._app = cdk.App(outdir=str(folder), context={**context, "@aws-cdk/core:stackResourceLimit": 100_000})
        self._make = start(cdk.Stack(self._app, "Benchmark"))
        self._numbers = count()

    def make(self, number: int = BLOCK) -> None:
        """Make some more."""
        for _ in range(number):
            self._make(next(self._numbers))

    def synth(self) -> None:
        """Synthesize all that was made; what CDK says of warnings is not of interest."""
        self._app.synth(force=True)

    @property
    def template(self) -> dict[str, Any]:
        """The template."""
        found: dict[str, Any] = json.loads((self.folder / "Benchmark.template.json").read_text())
        return found

    @property
    def manifests(self) -> list[str]:
        """The objects of workloads on EKS, the names of bindings and notes for checkers aside."""
        files = [
            *self.folder.glob("*.manifests/apps-*.yaml"),
            *(self.folder / MANIFESTS).glob("apps-*.yaml"),
        ]
        return sorted(_said(entry) for file in files for entry in yaml.safe_load_all(file.read_text()))


def _said(manifest: dict[str, Any]) -> str:
    """Return an object as text; values of stacks are the same, and a binding of targets may have any name."""
    if manifest["kind"] == "TargetGroupBinding":
        manifest["metadata"].pop("name")
    manifest["metadata"].pop("annotations", None)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [plain(entry) for entry in value]
        return "<value>" if isinstance(value, str) and value.startswith("<") else value

    return json.dumps(plain(manifest), sort_keys=True)


def check(name: str, kind: Kind, folder: Path) -> int:
    """Stop if both ways do not make the same; return the resources of one workload."""
    resources: list[int] = []
    for number in (1, 3):
        ways = [Way(start, folder / f"{number}-{index}") for index, start in enumerate(kind)]
        for way in ways:
            way.make(number)
            way.synth()
        library, by_hand = ways
        found = list(differences(library.template, by_hand.template))
        found += [f"- {entry}" for entry in library.manifests if entry not in by_hand.manifests]
        found += [f"+ {entry}" for entry in by_hand.manifests if entry not in library.manifests]
        if found:
            raise SystemExit(f"{name}: by hand no longer makes what the library makes:\n" + "\n".join(found))
        resources.append(len(library.template["Resources"]))
    return (resources[1] - resources[0]) // 2


def measure(name: str, kind: Kind, folder: Path, rounds: int) -> Figures:
    """Measure one kind."""
    resources = check(name, kind, folder / "checked")
    ways = [Way(start, folder / f"measured-{index}") for index, start in enumerate(kind)]
    for way in ways:
        way.make()
    processes = descendants()
    taken: list[list[tuple[float, float]]] = [[], []]
    for number in range(rounds):
        for index in (0, 1) if number % 2 == 0 else (1, 0):
            taken[index].append(_timed(ways[index].make, processes))
    synths: list[list[float]] = [[], []]
    for number in range(3):
        for index in (0, 1) if number % 2 == 0 else (1, 0):
            synths[index].append(_timed(ways[index].synth, processes)[0])
    library, by_hand = taken
    pairs = list(zip(library, by_hand, strict=True))
    return Figures(
        resources=resources,
        library_calls=_calls(ways[0]),
        by_hand_calls=_calls(ways[1]),
        library_ms=1000 / BLOCK * statistics.median(one[0] for one in library),
        by_hand_ms=1000 / BLOCK * statistics.median(one[0] for one in by_hand),
        ratios=[one[0] / other[0] for one, other in pairs],
        clock_ratios=[one[1] / other[1] for one, other in pairs],
        synth_ratio=statistics.median(one / other for one, other in zip(*synths, strict=True)),
    )


def _timed(act: Callable[[], None], processes: Sequence[Path]) -> tuple[float, float]:
    begin, used = perf_counter(), processor_seconds(processes)
    act()
    return processor_seconds(processes) - used, perf_counter() - begin


def processor_seconds(processes: Sequence[Path]) -> float:
    """Return what this process and CDK's have used. Linux says it to the nanosecond, for each thread."""
    nanoseconds = 0
    for folder in processes:
        for thread in (folder / "task").iterdir():
            with contextlib.suppress(OSError):  # it has ended
                nanoseconds += int((thread / "schedstat").read_text().split()[0])
    return process_time() + nanoseconds / 1e9


def descendants() -> list[Path]:
    """Return the processes that this one has started, which are jsii's and Node."""
    parents: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [getpid()]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return [_PROC / str(child) for child in found]


def _calls(way: Way) -> int:
    """Count the messages to CDK's process for one more."""
    calls, send = 0, process._NodeProcess.send  # noqa: SLF001

    def counting(self: Any, request: Any, response_type: Any) -> Any:
        nonlocal calls
        calls += 1
        return send(self, request, response_type)

    process._NodeProcess.send = counting  # type: ignore[method-assign]  # noqa: SLF001
    try:
        way.make(1)
    finally:
        process._NodeProcess.send = send  # type: ignore[method-assign]  # noqa: SLF001
    return calls


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12, metavar="N", help="blocks of each way; default 12")
    parser.add_argument("--kind", choices=KINDS, action="append", help="one kind; may be given again; default all")
    parser.add_argument("--json", action="store_true", help="print the figures instead of a table")
    options = parser.parse_args()
    if not (_PROC / "self" / "schedstat").exists():
        raise SystemExit("the time of CDK's process is read from /proc, which Linux has")
    figures: dict[str, Figures] = {}
    folder = Path(tempfile.mkdtemp(prefix="one-more-"))
    try:
        for name in options.kind or KINDS:
            print(f"one more {name} …", file=sys.stderr)
            # CDK reports the warnings of each synthesis.
            with contextlib.redirect_stdout(io.StringIO()):
                figures[name] = measure(name, KINDS[name], folder / name.replace(" ", "-"), options.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps({name: asdict(found) for name, found in figures.items()}))
    else:
        for row in rows(figures):
            print(" | ".join(row))


if __name__ == "__main__":
    main()
