"""Change the code of a part in small ways, one at a time, and count which changes its tests notice.

Usage: mutants.py [PART...] [--sample N] [--seed N]

  PART      a name of PARTS; all of them where none is given
  --sample  how many changes of each part are tried, 40 if nothing is said
  --seed    which of all the changes: the same number tries the same ones again

It works on a copy, with cosmic-ray, which `make mutants` installs into .venv-mutants. What no test notices is printed:
add a test that does, or see that the change changes nothing. Tests that take 30 seconds more than five times their
usual time are stopped. That counts as noticed, and is printed too, because the machine may have been busy.
"""

from __future__ import annotations

import argparse
import random
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
COSMIC_RAY = ROOT / ".venv-mutants/bin/cosmic-ray"
PACKAGE = Path("constructs/cdk_containers")
INSTALLED = (".venv", ".venv-checkov", "node_modules")
MADE = (".venv-mutants", ".git", "cdk.out", ".*_cache", ".hypothesis", "__pycache__")
ANNOTATIONS = ("ReplaceBinaryOperator_BitOr_",)
"""Operators of cosmic-ray that would change types, which Python does not read: `int | None`."""


@dataclass(frozen=True)
class Part:
    """A folder of the package, and the tests that should notice its changes; those that notice most come first."""

    folder: str
    tests: tuple[str, ...]


PARTS = {
    "instances": Part(
        "model/instances", ("tests/model/instances", "tests/model/placement", "tests/ecs/clusters", "tests/eks/nodes")
    ),
    "placement": Part("model/placement", ("tests/model/placement",)),
    "rollouts": Part("model/rollouts", ("tests/model/rollouts",)),
    "workload": Part(
        "model/workload", ("tests/model/workload", "tests/ecs/tasks", "tests/ecs/services/test_bad_input_on_ec2.py")
    ),
    "inputs": Part("core/inputs", ("tests/core/inputs",)),
    "checks": Part(
        "ecs/services/checks",
        (
            "tests/ecs/services/test_bad_input.py",
            "tests/ecs/services/test_bad_input_on_ec2.py",
            "tests/ecs/services/test_express_service.py",
            "tests/ecs/services/test_external_services.py",
            "tests/ecs/discovery",
            "tests/deployments",
            "tests/ecs/services",
        ),
    ),
    "rendering": Part("eks/rendering", ("tests/eks/rendering", "tests/eks/workloads")),
    "rules": Part("checks/rules", ("tests/checks/test_examples.py", "tests/checks")),
    "costs": Part("costs", ("tests/costs",)),
}


def copy(target: Path) -> None:
    """Copy the project, and link to what is installed."""
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*INSTALLED, *MADE))
    for name in INSTALLED:
        (target / name).symlink_to(ROOT / name)


def command(part: Part) -> str:
    """Return the command that runs the tests of a part up to the first that fails."""
    arguments = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow and not emulator", *part.tests)
    return shlex.join([sys.executable, *arguments])


def seconds_of_all(part: Part, folder: Path) -> float:
    """Run the tests as they are: what fails already notices nothing."""
    began = time.monotonic()
    subprocess.run(shlex.split(command(part)), cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def keep(session: Path, size: int, seed: int) -> int:
    """Leave only a sample of the changes in a session, and return how many there were."""
    with closing(sqlite3.connect(session)) as database, database:
        rows = database.execute(
            "SELECT job_id, operator_name FROM mutation_specs"
            " ORDER BY module_path, start_pos_row, start_pos_col, operator_name, occurrence"
        ).fetchall()
        jobs = [job for job, operator in rows if not any(name in operator for name in ANNOTATIONS)]
        kept = set(random.Random(seed).sample(jobs, min(size, len(jobs))))  # noqa: S311  (a sample, not a secret)
        dropped = [(job,) for job, _ in rows if job not in kept]
        database.executemany("DELETE FROM mutation_specs WHERE job_id = ?", dropped)
        database.executemany("DELETE FROM work_items WHERE job_id = ?", dropped)
    return len(jobs)


def results(session: Path) -> list[tuple[str, str]]:
    """Return the outcome and the diff of each change; TIMEOUT where the tests did not end in time."""
    with closing(sqlite3.connect(session)) as database:
        return database.execute(
            "SELECT CASE output WHEN 'timeout' THEN 'TIMEOUT' ELSE test_outcome END, diff FROM work_results"
        ).fetchall()


def try_out(part: Part, folder: Path, size: int, seed: int) -> tuple[int, list[tuple[str, str]]]:
    """Return how many changes are possible, and what came of those in the sample."""
    patience = 30 + 5 * seconds_of_all(part, folder)
    settings, session = folder / "mutants.toml", folder / "mutants.sqlite"
    settings.write_text(
        f'[cosmic-ray]\nmodule-path = "{PACKAGE / part.folder}"\ntimeout = {patience:.1f}\n'
        f"excluded-modules = []\ntest-command = {command(part)!r}\n"
        '[cosmic-ray.distributor]\nname = "local"\n'
    )
    for step in ("init", "exec"):
        if step == "exec":
            total = keep(session, size, seed)
        subprocess.run([COSMIC_RAY, step, settings, session], cwd=folder, check=True)
    return total, results(session)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what was not noticed, and a line for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    for name in given.parts or PARTS:
        with TemporaryDirectory(prefix="mutants-") as folder:
            copy(Path(folder) / "copy")
            total, found = try_out(PARTS[name], Path(folder) / "copy", given.sample, given.seed)
        counts = Counter(outcome for outcome, _ in found)
        for diff in [diff for outcome, diff in found if outcome != "KILLED"]:
            print(diff, end="\n\n")
        noticed = counts["KILLED"] + counts["TIMEOUT"]
        score = f"{noticed} of {len(found)} noticed ({noticed / len(found):.0%}), {counts['TIMEOUT']} by the time limit"
        print(f"{name}: {score}, of {total} possible", flush=True)


if __name__ == "__main__":
    main()
