"""Measure what settings of CDK, Python and the machine give: `make bench ARGS=--settings`.

Each is a process that synthesizes the same web services. The settings take turns, and what each gives is its ratio to
the setting that it is compared with, in the same turn.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from run import HERE, ROOT, environment, surroundings, table, write_page

PAGE = ROOT / "docs" / "faster-synthesis.md"
_CLI = ROOT / "node_modules" / ".bin" / "cdk"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A way to synthesize.

    Attributes:
        beside: The setting that it is compared with.
        validation: Whether CDK validates the templates.
        variables: Environment variables.
        folders: Environment variables that name a folder, which is empty at first and kept from run to run.
        new_folders: Those that name another empty folder in each run.
        context: Context of CDK.
        python: Options of Python.
        options: Options of `synthesize.py`.
        cli: Whether the CDK CLI starts the app.
    """

    beside: str = "`CDK_VALIDATION=false`"
    validation: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    folders: Sequence[str] = ()
    new_folders: Sequence[str] = ()
    context: Mapping[str, object] = field(default_factory=dict)
    python: Sequence[str] = ()
    options: Sequence[str] = ()
    cli: bool = False


_DEFAULT, _SYNTH = "the app as it comes", "`cdk synth` as it comes"
SETTINGS = {
    _DEFAULT: Setting(beside="", validation=True),
    "`CDK_VALIDATION=false`": Setting(beside=_DEFAULT),
    "`@aws-cdk/core:validateAgainstDefaultRules: false`": Setting(
        beside=_DEFAULT, validation=True, context={"@aws-cdk/core:validateAgainstDefaultRules": False}
    ),
    "`python -O`": Setting(python=["-O"]),
    "no cache of jsii's yet, as in a new container": Setting(new_folders=["JSII_RUNTIME_PACKAGE_CACHE_ROOT"]),
    "Python's modules not yet compiled, as in a new container": Setting(new_folders=["PYTHONPYCACHEPREFIX"]),
    "`JSII_RUNTIME_PACKAGE_CACHE=disabled`": Setting(variables={"JSII_RUNTIME_PACKAGE_CACHE": "disabled"}),
    "`NODE_COMPILE_CACHE`": Setting(folders=["NODE_COMPILE_CACHE"]),
    "`App(tree_metadata=False)`": Setting(options=["--no-tree"]),
    _SYNTH: Setting(beside="", validation=True, cli=True),
    "`cdk synth` with `CDK_VALIDATION=false` and `python -O`": Setting(beside=_SYNTH, python=["-O"], cli=True),
}


class Taken(NamedTuple):
    """Seconds of a run, all its processes included."""

    clock: float
    processors: float


def run(setting: Setting, services: int, folder: Path, number: int) -> Taken:
    """Synthesize once."""
    output = str(folder / f"out-{number}")
    command = [sys.executable, *setting.python, str(HERE / "synthesize.py"), "library", str(services), output]
    command += setting.options
    if setting.cli:
        command = [str(_CLI), "synth", "--quiet", "--app", " ".join(command), "--output", output]
    variables = {**environment(setting.validation, **setting.context), **setting.variables}
    variables |= {name: str(folder / name) for name in setting.folders}
    variables |= {name: str(folder / f"{name}-{number}") for name in setting.new_folders}
    begin, used = perf_counter(), _processors()
    ended = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    taken = Taken(perf_counter() - begin, _processors() - used)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{ended.stderr}")
    return taken


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rows(found: Mapping[str, Sequence[Taken]]) -> Iterator[list[str]]:
    """Yield the rows of the table."""
    yield ["", "seconds by the clock", "of the processors", "compared with", "by the clock", "of the processors"]
    for name, taken in found.items():
        beside = SETTINGS[name].beside
        medians = [f"{statistics.median(seconds):.1f}" for seconds in zip(*taken, strict=True)]
        ratios = ["", ""]
        if beside:
            pairs = [
                [one / other for one, other in zip(*both, strict=True)]
                for both in zip(taken, found[beside], strict=True)
            ]
            ratios = [f"{statistics.median(of_all):.2f}" for of_all in zip(*pairs, strict=True)]
        yield [name, *medians, beside, *ratios]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each setting; default 5")
    parser.add_argument("--services", type=int, default=10, metavar="N", help="web services of the app; default 10")
    parser.add_argument("--markdown", action="store_true", help=f"also write the table to {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    settings = {name: setting for name, setting in SETTINGS.items() if not setting.cli or _CLI.exists()}
    found: dict[str, list[Taken]] = {name: [] for name in settings}
    with tempfile.TemporaryDirectory(prefix="settings-") as folder:
        for number in range(options.runs + 1):
            print(f"run {number} of {options.runs} …" if number else "once to fill the caches …", file=sys.stderr)
            for place, (name, setting) in enumerate(settings.items()):
                own = Path(folder, str(place))
                own.mkdir(exist_ok=True)
                taken = run(setting, options.services, own, number)
                if number:
                    found[name].append(taken)
    about = f"Medians of {options.runs} runs of an app with {options.services} web services on {surroundings()}."
    text = f"{about}\n\n{table(rows(found))}"
    print(text)
    if options.markdown:
        write_page(text, PAGE, "settings")


if __name__ == "__main__":
    main()
