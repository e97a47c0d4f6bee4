"""Record a local run of the reference application for `docs/running-locally.md`; it takes podman, as root.

`python -m scripts.record_local_run`, in the folder of the repository.
"""

from __future__ import annotations

import re
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path

from tests.local.assembly import assembly
from tests.local.images import build_images, environment_of_runs, why_not
from tests.local.process import start

PAGE = Path(__file__).parents[1] / "docs" / "running-locally.md"
BEGIN, END = "<!-- recorded: local-run -->", "<!-- end -->"
_PORT = 8080


def main() -> int:
    """Run the application, ask it for a page, stop it, and write down what was said."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reason = why_not(folder)
        if reason is not None:
            sys.stderr.write(f"{reason}\n")
            return 1
        build_images(folder)
        assembly(folder / "cdk.out", "dev-application")
        run = start(environment_of_runs(folder), folder, "dev-application", "--emulator")
        run.until("Nightly: exited with code")
        connection = HTTPConnection("127.0.0.1", _PORT)
        connection.request("GET", "/")
        connection.getresponse().read()
        run.until('Web .*"path": "/", ')
        run.interrupt()
        lines = [line.replace(f"{folder.resolve()}/", "") for line in run.lines[:-1]]
    session = "\n".join(["$ cdk-containers run local dev-application --emulator", *map(_shortened, lines)])
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n```text\n{session}\n```\n{END}{after}", encoding="utf-8")
    return 0


def _shortened(line: str) -> str:
    """Leave out the times of the log lines."""
    return re.sub(r'"time": "[^"]*", |, "duration_ms": [\d.]+', "", line)


if __name__ == "__main__":
    sys.exit(main())
