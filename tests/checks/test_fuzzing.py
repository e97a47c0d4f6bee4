"""Whatever a file says, the checks answer: with findings, or with one line that says why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from tests.checks.fuzzing import fuzz


def test_odd_templates_are_checked_or_refused(tmp_path: Path):
    read, unread = fuzz(tmp_path, lambda number: number < 300)
    assert read > 200
    assert unread > 10
