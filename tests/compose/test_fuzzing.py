"""Whatever a compose file says, the converter answers: with an app, or with lines that say what is wrong where."""

from __future__ import annotations

from pathlib import Path

from tests.compose.fuzzing import fuzz


def test_odd_files_become_apps_or_are_refused(tmp_path: Path):
    made, refused = fuzz(tmp_path, lambda number: number < 200)
    assert made > 20
    assert refused > 100
