"""Measure how long you wait for `cdk synth`: the whole command, for one web service. Part of `make bench`.

A cold run is one in a new container, in which jsii has to unpack CDK first: see `JSII_RUNTIME_PACKAGE_CACHE_ROOT`.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

HERE = Path(__file__).parent
CLI = HERE.parent / "node_modules" / ".bin" / "cdk"
WAYS = ("library", "handwritten", "patterns")


class Situation(NamedTuple):
    """How a command is run: in a new container or not, with CDK's own validation or without."""

    cold: bool
    validation: bool

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"{'cold' if self.cold else 'warm'}, validation {'on' if self.validation else 'off'}"


class Seconds(NamedTuple):
    """What a command takes: by the clock, and of the processors."""

    clock: float
    processors: float


SITUATIONS = tuple(Situation(cold, validation) for cold in (False, True) for validation in (False, True))
Taken = dict[tuple[str, Situation], list[Seconds]]


def measure(runs: int, environment: Mapping[str, str]) -> Taken:
    """Run the command in each situation, the ways in turn; nothing is measured where the CLI is not installed."""
    taken: Taken = {}
    if not CLI.exists():
        print("cdk synth is not measured: `make install` installs the CLI", file=sys.stderr)
        return taken
    for run in range(1, runs + 1):
        print(f"cdk synth, run {run} of {runs} …", file=sys.stderr)
        for situation in SITUATIONS:
            for way in WAYS if run % 2 else WAYS[::-1]:
                taken.setdefault((way, situation), []).append(_synth(way, situation, environment))
    return taken


def _synth(way: str, situation: Situation, environment: Mapping[str, str]) -> Seconds:
    folder = Path(tempfile.mkdtemp(prefix="cdk-synth-"))
    variables = {
        **environment,
        "CDK_VALIDATION": str(situation.validation).lower(),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    if situation.cold:
        variables["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(folder / "jsii")
    out = folder / "cdk.out"
    app = f"{sys.executable} {HERE / 'synthesize.py'} {way} 1 {out}"
    command = [str(CLI), "synth", "--quiet", "--no-notices", "--app", app, "--output", str(out)]
    begin, used = perf_counter(), _used()
    try:
        ended = subprocess.run(command, cwd=HERE.parent, env=variables, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise SystemExit(f"cdk synth failed:\n{ended.stdout}\n{ended.stderr}")
        return Seconds(perf_counter() - begin, _used() - used)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _used() -> float:
    """Return what the processes have used that this one has started and that have ended, with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rows(taken: Taken, names: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the rows of the table: seconds by the clock and of the processors, and the ratio of the latter."""
    yield ["`cdk synth` of one service", *(names[way] for way in WAYS), "library / patterns, of the processors"]
    for situation in SITUATIONS:
        library, others = (taken[way, situation] for way in ("library", "patterns"))
        ratio = statistics.median(one.processors / other.processors for one, other in zip(library, others, strict=True))
        yield [situation.name, *(_median(taken[way, situation]) for way in WAYS), f"{ratio:.2f}"]


def _median(seconds: list[Seconds]) -> str:
    clock, processors = (statistics.median(one) for one in zip(*seconds, strict=True))
    return f"{clock:.1f} s, {processors:.1f} s"
