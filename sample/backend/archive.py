# ruff: noqa: INP001  (copied into an image as it is, not part of a package)
"""A sidecar: keeps a copy of the visits of each of the last seven days, beside the service that counts them.

Environment: `DATA_DIR`, the directory with the file.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

_HOUR = 3600
_KEPT = 7


def archive(directory: Path) -> None:
    """Copy the counter to the copy of the day, and remove copies that are too old."""
    if (counter := directory / "visits").exists():
        shutil.copyfile(counter, directory / f"visits-{datetime.now(tz=UTC):%Y-%m-%d}")
    for old in sorted(directory.glob("visits-*"))[:-_KEPT]:
        old.unlink(missing_ok=True)


if __name__ == "__main__":
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while True:
        archive(Path(os.environ["DATA_DIR"]))
        if stop.wait(_HOUR):
            break
