# ruff: noqa: INP001  (copied into an image as it is, not part of a package)
"""The internal service: says what it is, and counts visits in a file where it has a directory for it.

Environment: `PORT`; `DATA_DIR`, a directory that all tasks share, such as an EFS mount.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
from pathlib import Path

from serving import Answer, serve


def visits(*, more: int = 0) -> int | None:
    """Return how many visits there were, counting `more` of them now; None without a directory to count in."""
    directory = os.environ.get("DATA_DIR")
    if not directory:
        return None
    with (Path(directory) / "visits").open("a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # other threads and other tasks count too
        file.seek(0)
        count = int(file.read() or 0) + more
        if more:
            file.truncate(0)
            file.write(str(count))
        return count


def describe(*, more: int = 0) -> Answer:
    """Say what this service is."""
    facts = {"service": "backend", "python": platform.python_version(), "visits": visits(more=more)}
    return Answer(body=json.dumps(facts) + "\n")


if __name__ == "__main__":
    serve("backend", {("GET", "/"): describe, ("POST", "/visits"): lambda: describe(more=1)})
