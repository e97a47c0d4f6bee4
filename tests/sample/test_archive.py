"""The sidecar of the backend keeps a copy of the counter for each of the last days."""

import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

ARCHIVE = Path(__file__).parents[2] / "sample" / "backend" / "archive.py"


def test_a_week_of_copies_is_kept(tmp_path: Path):
    archive = runpy.run_path(str(ARCHIVE))["archive"]
    (tmp_path / "visits").write_text("42")
    for day in range(1, 10):
        (tmp_path / f"visits-2020-01-{day:02}").write_text(str(day))
    archive(tmp_path)
    copies = sorted(path.name for path in tmp_path.glob("visits-*"))
    assert len(copies) == 7
    assert (tmp_path / copies[-1]).read_text() == "42"
    assert "visits-2020-01-09" in copies
    assert "visits-2020-01-01" not in copies


def test_it_ends_when_it_is_told_to(tmp_path: Path):
    (tmp_path / "visits").write_text("1")
    process = subprocess.Popen([sys.executable, ARCHIVE], env={**os.environ, "DATA_DIR": str(tmp_path)})
    deadline = time.monotonic() + 10
    while not list(tmp_path.glob("visits-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=300) == 0
