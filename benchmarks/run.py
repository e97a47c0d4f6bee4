"""Compare synthesis with this library, with `aws_ecs_patterns` and with CDK written by hand. `make bench`.

Every measurement is its own process. The ways take turns, so that whatever else the machine does hits all of them
alike; the tables show medians.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import cdk_synth
import import_time
from equivalence import differences
from one_more_figures import Figures, rows

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "benchmark.md"
WAYS = {
    "library": "`cdk_containers`",
    "handwritten": "CDK by hand",
    "patterns": "`aws_ecs_patterns`",
    "on_ec2": "`cdk_containers` on EC2",
}
OTHERS = {
    "workers": "`WorkerService`",
    "patterns_workers": "`QueueProcessingFargateService`",
    "jobs": "`ScheduledJob`",
    "patterns_jobs": "`ScheduledFargateTask`",
    "on_eks": "`KubernetesService`",
}
"""What is no web service on ECS: ours, and what aws_ecs_patterns has for it."""
OTHER_BENCHMARKS = {
    "scale": "how large apps grow instead, with the options of scale.py",
    "settings": "what settings of CDK, Python and the machine give instead, with the options of settings.py",
}
COUNTS = (1, 10, 30)
VALIDATED_COUNT = 10
_ONE_MORE = {"web service": 0.9}
"""The aim for one more of a kind, where it is not 1."""
_MIB = 1024 * 1024


class Cell(NamedTuple):
    """What is measured: a way of writing services, their number, with CDK's own validation or without."""

    way: str
    services: int
    validation: bool = False


@dataclass(frozen=True)
class Sample:
    """One process, its Node process included: seconds on the clock and of the processors, and peak memory."""

    clock: float
    processor: float
    mib: float


@dataclass(frozen=True)
class Output:
    """What a way makes: exact, so one process of each is enough."""

    resources: dict[int, int]
    calls: dict[int, int]


@dataclass(frozen=True)
class ImportTime:
    """Seconds of the processor for modules of CDK; after them for the package, with a web service, with all names."""

    cdk: float
    package: float
    web_service: float
    names: float


class Bench:
    """Runs the processes and keeps what they said."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.samples: dict[Cell, list[Sample]] = {}
        self.imports: list[ImportTime] = []
        self.outputs: dict[str, Output] = {}
        self.one_more: dict[str, Figures] = {}
        self.commands: cdk_synth.Taken = {}

    def check(self) -> None:
        """Run every way once, untimed: caches get warm, calls are counted and templates compared."""
        for way in (*WAYS, *OTHERS):
            ran = {services: self._synthesize(Cell(way, services), "--count-calls") for services in COUNTS[-2:]}
            self.outputs[way] = Output(
                resources={services: result["resources"] for services, (_, result) in ran.items()},
                calls={services: sum(result["calls"].values()) for services, (_, result) in ran.items()},
            )
        for services in COUNTS[-2:]:
            library, handwritten = (
                json.loads((self._output(Cell(way, services)) / "Benchmark.template.json").read_text())
                for way in ("library", "handwritten")
            )
            if found := list(differences(library, handwritten)):
                raise SystemExit("handwritten.py no longer makes what library.py makes:\n" + "\n".join(found))

    def measure_one_more(self, rounds: int) -> None:
        """Compare one more of each kind with the same by hand, in one process; it compares what both make, too."""
        if not Path("/proc/self/schedstat").exists():
            print("one more of each kind is measured on Linux only", file=sys.stderr)
            return
        ended = run_script("one_more.py", "--json", "--rounds", str(rounds))
        figures = json.loads(ended.stdout.splitlines()[-1])
        self.one_more = {name: Figures(**found) for name, found in figures.items()}

    def measure(self, *, runs: int, validation: bool) -> None:
        """Run all cells in turn, as often as asked; those with CDK's own validation once, since they take long."""
        modules = import_time.cdk_modules()
        for run in range(1, runs + 1):
            print(f"run {run} of {runs} …", file=sys.stderr)
            for cell in [Cell(way, services) for services in COUNTS for way in WAYS]:
                self._sample(cell)
            for cell in [Cell(way, services) for services in (COUNTS[0], COUNTS[-1]) for way in OTHERS]:
                self._sample(cell)
            for _ in range(2):
                self.imports.append(ImportTime(**import_time.sample(modules)))
        if validation:
            print("once with CDK's validation …", file=sys.stderr)
            for way in WAYS:
                self._sample(Cell(way, VALIDATED_COUNT, validation=True))

    def measure_commands(self, runs: int) -> None:
        """Run `cdk synth` of one service."""
        self.commands = cdk_synth.measure(runs, environment(validation=False))

    def _sample(self, cell: Cell) -> None:
        clock, result = self._synthesize(cell)
        sample = Sample(clock, result["processor_seconds"], result["peak_bytes"] / _MIB)
        self.samples.setdefault(cell, []).append(sample)

    def _synthesize(self, cell: Cell, *options: str) -> tuple[float, dict[str, Any]]:
        folder = self._output(cell)
        begin = perf_counter()
        ended = run_script(
            "synthesize.py", cell.way, str(cell.services), str(folder), *options, validation=cell.validation
        )
        seconds = perf_counter() - begin
        return seconds, json.loads(ended.stdout.splitlines()[-1])

    def _output(self, cell: Cell) -> Path:
        return self._folder / f"{cell.way}-{cell.services}"


class Summary:
    """What the samples say."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def median(self, cell: Cell, what: str = "clock") -> float:
        """Return the median of a cell: of the seconds by the clock or of the processors, or of the memory."""
        return statistics.median(self._taken(cell, what))

    def per_service(self, way: str, low: int = COUNTS[0], high: int = COUNTS[-1], what: str = "clock") -> float:
        """Return the milliseconds that one more service takes, between two numbers of services."""
        pairs = zip(*(self._taken(Cell(way, services), what) for services in (low, high)), strict=True)
        return float(1000 * statistics.median(many - few for few, many in pairs) / (high - low))

    def ratio(self, one: Cell, other: Cell, what: str) -> float:
        """Return how much longer one cell takes than another."""
        pairs = zip(self._taken(one, what), self._taken(other, what), strict=True)
        return statistics.median(taken / others for taken, others in pairs)

    def _taken(self, cell: Cell, what: str) -> list[float]:
        """Return what a cell took, run by run: cells are compared within a run, since the machine changes."""
        return [float(getattr(sample, what)) for sample in self._bench.samples[cell]]

    def resources(self, way: str) -> float:
        """Return the resources that one more service adds."""
        return _per_service(self._bench.outputs[way].resources)

    def calls(self, way: str) -> float:
        """Return the calls to CDK's process that one more service takes."""
        return _per_service(self._bench.outputs[way].calls)

    def per_resource(self, way: str, what: str = "clock") -> float:
        """Return the milliseconds of one more service for each of its resources."""
        return self.per_service(way, what=what) / self.resources(way)

    def import_ms(self, what: str) -> float:
        """Return the median milliseconds of an import."""
        return 1000 * statistics.median(float(getattr(sample, what)) for sample in self._bench.imports)

    def import_share(self) -> float:
        """Return how long the import of what a web service needs takes beside that of all modules of CDK in use."""
        return statistics.median(sample.web_service / sample.cdk for sample in self._bench.imports)

    @property
    def one_more(self) -> Mapping[str, Figures]:
        """What one more of each kind costs."""
        return self._bench.one_more

    @property
    def has_validation(self) -> bool:
        """Whether CDK's own validation was measured."""
        return Cell("library", VALIDATED_COUNT, validation=True) in self._bench.samples


def _per_service(numbers: Mapping[int, int]) -> float:
    low, high = COUNTS[-2:]
    return (numbers[high] - numbers[low]) / (high - low)


def results(summary: Summary) -> Iterator[list[str]]:
    """Yield the rows of the table of results."""

    def row(what: str, show: Callable[[str], str]) -> list[str]:
        return [what, *(show(way) for way in WAYS)]

    def per_service(way: str, *, low: int, high: int) -> str:
        return f"{summary.per_service(way, low, high):.1f} ms"

    def process(what: str, services: int, *, validation: bool = False) -> list[str]:
        cells = {way: Cell(way, services, validation) for way in WAYS}
        return row(what, lambda way: f"{summary.median(cells[way]):.2f} s, {summary.median(cells[way], 'mib'):.0f} MiB")

    yield ["", *WAYS.values()]
    for services in COUNTS:
        yield process(f"{services} service{'s' if services > 1 else ''}", services)
    if summary.has_validation:
        yield process(f"{VALIDATED_COUNT} services, CDK's validation on", VALIDATED_COUNT, validation=True)
    for low, high in (*pairwise(COUNTS), (COUNTS[0], COUNTS[-1])):
        yield row(
            f"one more service, from {low} to {high}",
            partial(per_service, low=low, high=high),
        )
    yield row("… of processor time", lambda way: f"{summary.per_service(way, what='processor'):.1f} ms")
    yield row("resources of a service", lambda way: f"{summary.resources(way):g}")
    yield row("one more resource", lambda way: f"{summary.per_resource(way):.2f} ms")
    yield row("… of processor time", lambda way: f"{summary.per_resource(way, what='processor'):.2f} ms")
    yield row("calls to CDK for a service", lambda way: f"{summary.calls(way):g}")


def other_results(summary: Summary) -> Iterator[list[str]]:
    """Yield the rows of the table of workers, jobs and services on EKS."""
    yield ["", *OTHERS.values()]
    for services in (COUNTS[0], COUNTS[-1]):
        yield [
            str(services),
            *(
                f"{summary.median(cell):.2f} s, {summary.median(cell, 'mib'):.0f} MiB"
                for cell in (Cell(way, services) for way in OTHERS)
            ),
        ]
    yield [f"one more, from {COUNTS[0]} to {COUNTS[-1]}", *(f"{summary.per_service(way):.1f} ms" for way in OTHERS)]
    yield ["… of processor time", *(f"{summary.per_service(way, what='processor'):.1f} ms" for way in OTHERS)]
    yield ["resources of one", *(f"{summary.resources(way):g}" for way in OTHERS)]
    yield ["one more resource", *(f"{summary.per_resource(way):.2f} ms" for way in OTHERS)]
    yield ["calls to CDK for one", *(f"{summary.calls(way):g}" for way in OTHERS)]


def aims(summary: Summary) -> Iterator[list[str]]:
    """Yield the rows of the table of aims, which the time of the processors meets: the clock is uneven."""

    def ratio(what: str, most: float, measure: Callable[[str], float]) -> list[str]:
        values = [round(measure(time), 2) for time in ("clock", "processor")]
        return [what, *(f"{value:.2f}" for value in values), f"≤ {most:.2f}", "yes" if values[1] <= most else "no"]

    yield ["", "by the clock", "of the processors", "aim", "met"]
    for services in COUNTS:
        cells = Cell("library", services), Cell("handwritten", services)
        yield ratio(
            f"{services} service{'s' if services > 1 else ''}: library / by hand",
            1.05,
            partial(summary.ratio, *cells),
        )
    if summary.has_validation:
        library, by_hand = (Cell(way, VALIDATED_COUNT, validation=True) for way in ("library", "handwritten"))
        what = f"{VALIDATED_COUNT} services, CDK's validation on: library / by hand"
        yield ratio(what, 1.05, partial(summary.ratio, library, by_hand))
    for name, found in summary.one_more.items():
        of_clock, of_processors = (round(statistics.median(of), 2) for of in (found.clock_ratios, found.ratios))
        aim = _ONE_MORE.get(name, 1.0)
        met = "yes" if of_processors <= aim else "no"
        yield [f"one more {name}: library / by hand", f"{of_clock:.2f}", f"{of_processors:.2f}", f"≤ {aim:.2f}", met]
    yield ratio(
        "one more service: from 10 to 30 / from 1 to 10",
        1.05,
        lambda time: summary.per_service("library", 10, 30, time) / summary.per_service("library", 1, 10, time),
    )
    for what, part, most in (
        ("`import cdk_containers`", "package", 50),
        ("import of what a web service needs", "web_service", 80),
        ("import of all names", "names", None),
    ):
        taken = summary.import_ms(part)
        met = "" if most is None else "yes" if round(taken) <= most else "no"
        yield [f"{what}, after CDK's", "", f"{taken:.0f} ms", "" if most is None else f"≤ {most} ms", met]
    yield ["import of what a web service needs / of modules of CDK", "", f"{summary.import_share():.2f}", "", ""]


def table(rows: Iterator[list[str]]) -> str:
    """Write a table in Markdown that reads well as text too."""
    lines = list(rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines.insert(1, ["-" * (width - 1) + (":" if column else "-") for column, width in enumerate(widths)])

    def cell(text: str, column: int) -> str:
        return text.rjust(widths[column]) if column else text.ljust(widths[column])

    return "\n".join("| " + " | ".join(cell(text, column) for column, text in enumerate(line)) + " |" for line in lines)


def describe(runs: int) -> str:
    """Say where and how it was measured."""
    return (
        f"Medians of {runs} runs on {surroundings()}. CDK's own validation is off, but for the row that says so, which "
        "is a single run."
    )


def surroundings() -> str:
    """Say where it was measured."""
    node = subprocess.run([_node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return (
        f"{os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}, "
        f"Node {node.removeprefix('v')}, aws-cdk-lib {version('aws-cdk-lib')}"
    )


def write_page(text: str, page: Path = PAGE, what: str = "measured") -> None:
    """Put the tables in the place that the page has for them."""
    begin, end = f"<!-- {what} -->", f"<!-- end of {what} -->"
    found = re.compile(f"{begin}.*?{end}", re.DOTALL)
    page.write_text(found.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", page.read_text(), count=1))


def run_script(script: str, *arguments: str, validation: bool = False) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts beside this one, in the same surroundings wherever the benchmark was started."""
    command = [sys.executable, str(HERE / script), *arguments]
    ended = subprocess.run(command, env=environment(validation), capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{script} failed:\n{ended.stderr}")
    return ended


def environment(validation: bool, **context: object) -> dict[str, str]:  # noqa: FBT001
    """Return the variables of all processes, with the feature flags of `cdk.json` and others beside them."""
    unwanted = ("CDK_VALIDATION", "NODE_OPTIONS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    variables = {name: value for name, value in os.environ.items() if name not in unwanted}
    variables["JSII_NODE"] = _node()
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    variables["CDK_CONTEXT_JSON"] = json.dumps({**flags, **context})
    if not validation:
        variables["CDK_VALIDATION"] = "false"
    return variables


def _node() -> str:
    own = ROOT / ".venv" / "node" / "bin" / "node"
    return os.environ.get("JSII_NODE") or (str(own) if own.exists() else "node")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="processes of each kind; default 7")
    parser.add_argument("--quick", action="store_true", help="2 runs, and without CDK's own validation")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all samples to a file")
    parser.add_argument("--markdown", action="store_true", help=f"also write the tables to {PAGE.relative_to(ROOT)}")
    others = parser.add_mutually_exclusive_group()
    for name, what in OTHER_BENCHMARKS.items():
        others.add_argument(f"--{name}", action="store_true", help=what)
    options, rest = parser.parse_known_args(arguments)
    for name in OTHER_BENCHMARKS:
        if getattr(options, name):
            given = [*rest, *(["--markdown"] if options.markdown else [])]
            sys.exit(subprocess.run([sys.executable, str(HERE / f"{name}.py"), *given], check=False).returncode)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    runs = 2 if options.quick else options.runs

    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        bench = Bench(Path(folder))
        bench.check()
        bench.measure_one_more(rounds=4 if options.quick else 12)
        bench.measure(runs=runs, validation=not options.quick)
        bench.measure_commands(runs=1 if options.quick else 3)
    summary = Summary(bench)
    tables = [rows(summary.one_more), results(summary), other_results(summary), aims(summary)]
    if bench.commands:
        tables.insert(3, cdk_synth.rows(bench.commands, WAYS))
    text = "\n\n".join([describe(runs), *(table(lines) for lines in tables)])
    print(text)
    if options.json:
        samples = [{**cell._asdict(), **asdict(sample)} for cell, taken in bench.samples.items() for sample in taken]
        imports = [asdict(sample) for sample in bench.imports]
        outputs = {way: asdict(output) for way, output in bench.outputs.items()}
        one_more = {name: asdict(found) for name, found in bench.one_more.items()}
        commands = [
            {"way": way, **situation._asdict(), **one._asdict()}
            for (way, situation), taken in bench.commands.items()
            for one in taken
        ]
        all_of_it = {
            "samples": samples,
            "imports": imports,
            "outputs": outputs,
            "one_more": one_more,
            "commands": commands,
        }
        options.json.write_text(json.dumps(all_of_it, indent=1))
    if options.markdown:
        write_page(text)


if __name__ == "__main__":
    main()
