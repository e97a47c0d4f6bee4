"""Compare the checks with cfn-lint, checkov and cdk-nag, on the same templates in one run. `make bench-checks`.

Each tool is its own process, as people run it, and the tools take turns. What counts is the time of processors:
what else the machine does makes a clock run longer, and most so for a tool that takes a tenth of a second.

Templates: the reference stacks of this project that CDK can include, as cdk-nag needs it to, and one of 500 resources
that is made of their resources.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from time import process_time
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "checks.md"
GOLDENS = ROOT / "tests" / "snapshots"
LARGE = 500
PROGRAM = "cdk-containers check"
OURS = [sys.executable, "-m", "cdk_containers.cli"]


def templates(folder: Path) -> tuple[list[Path], Path]:
    """Write the templates, and return those of the reference stacks and the large one."""
    sources = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(GOLDENS.glob("dev-*.template.json"))]
    # CDK cannot include a template with this function, and cdk-nag needs it to.
    sources = [source for source in sources if "Fn::GetStackOutput" not in json.dumps(source)]
    small = [folder / f"stack{number}.template.json" for number in range(len(sources))]
    for path, source in zip(small, sources, strict=True):
        path.write_text(json.dumps(source, indent=1), encoding="utf-8")
    large: dict[str, Any] = {"Parameters": {}, "Resources": {}}
    for number, source in enumerate(cycle(sources)):
        if len(large["Resources"]) >= LARGE:
            break
        copy = _renamed(source, f"N{number}")
        large["Parameters"] |= copy.get("Parameters", {})
        large["Resources"] |= copy["Resources"]
    path = folder / "large.template.json"
    path.write_text(json.dumps(large, indent=1), encoding="utf-8")
    return small, path


def _renamed(source: Mapping[str, Any], ending: str) -> dict[str, Any]:
    """Return a copy of a template with other names, so that several copies fit into one folder."""
    text = json.dumps({"Parameters": source.get("Parameters", {}), "Resources": source["Resources"]})
    for name in sorted([*source.get("Parameters", {}), *source["Resources"]], key=len, reverse=True):
        text = re.sub(rf'("|\$\{{){name}(?=[".}}])', rf"\g<1>{name}{ending}", text)
    return dict(json.loads(text))


def tools(paths: Sequence[Path]) -> Mapping[str, list[str]]:
    """Return how each tool is started on some templates."""
    files = [str(path) for path in paths]
    python = str(Path(sys.executable))
    scripts = Path(sys.executable).parent
    return {
        PROGRAM: [*OURS, "check", *files, "--format", "json"],
        "cfn-lint": [str(scripts / "cfn-lint"), *files],
        "cdk-nag": [python, str(HERE / "nag_templates.py"), *files],
        "checkov": [
            str(ROOT / ".venv-checkov" / "bin" / "checkov"),
            *("--framework", "cloudformation", "--quiet", "--compact", "--output", "json"),
            *(word for file in files for word in ("--file", file)),
        ],
    }


def seconds(command: Sequence[str]) -> float:
    """Run a tool, and return the seconds of processors that it took; what it finds is not looked at."""
    environment = {**os.environ, "CHECKOV_RUN_SCA_PACKAGE_SCAN": "false", "LOG_LEVEL": "ERROR"}
    start = _children()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    taken = _children() - start
    if "Traceback" in done.stderr or not (done.stdout or done.returncode == 0):
        sys.exit(f"{command[0]}: {done.stderr[-2000:]}")
    return taken


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_process(path: Path, rounds: int) -> tuple[float, float]:
    """Return the milliseconds that reading a template and checking it take."""
    from cdk_containers.checks.engine import run_checks  # noqa: PLC0415
    from cdk_containers.checks.reading import read_estate  # noqa: PLC0415
    from cdk_containers.checks.rules import CHECKS  # noqa: PLC0415
    from cdk_containers.checks.templates import Estate  # noqa: PLC0415

    reading, checking = [], []
    for _ in range(rounds):
        estate = Estate()
        start = process_time()
        read_estate([path], estate)
        middle = process_time()
        run_checks(estate, CHECKS)
        reading.append(middle - start)
        checking.append(process_time() - middle)
    return statistics.median(reading) * 1000, statistics.median(checking) * 1000


def measure(paths: Sequence[Path], rounds: int) -> dict[str, float]:
    """Return the shortest time of each tool; they take turns."""
    commands = tools(paths)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(seconds(command))
    return {name: min(times) for name, times in taken.items()}


def table(small: Mapping[str, float], large: Mapping[str, float], count: int) -> str:
    """Return what was measured, as a table."""
    lines = [f"| | {count} templates | | {LARGE} resources | |", "|---|--:|--:|--:|--:|"]
    for name in small:
        cells = [f"{it[name]:.2f} s | {it[name] / it[PROGRAM]:.0f} ×" for it in (small, large)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_page(text: str) -> None:
    """Write what was measured into the page."""
    page = PAGE.read_text(encoding="utf-8")
    start, end = "<!-- measured: checkers -->", "<!-- /measured -->"
    before, _, rest = page.partition(start)
    if not rest:
        sys.exit(f"{PAGE} has no {start}")
    PAGE.write_text(f"{before}{start}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def main() -> None:
    """Measure, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write the figures into the documentation")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths, large = templates(Path(folder))
        reading, checking = in_process(large, 10)
        start_up = min(seconds([*OURS, "--help"]) for _ in range(options.rounds))
        told = (
            f"`cdk-containers --help` takes {start_up:.2f} s. In the process, {LARGE} resources take "
            f"{reading:.0f} ms to read and {checking:.0f} ms to check."
        )
        text = table(measure(paths, options.rounds), measure([large], options.rounds), len(paths)) + f"\n\n{told}"
    print(text)
    if options.write:
        write_page(text)


if __name__ == "__main__":
    main()
