"""What the benchmark compares is the same: each workload by hand makes the resources that the library makes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import one_more  # noqa: E402  (a script among scripts, which find each other by name)
from kinds import KINDS  # noqa: E402


@pytest.mark.parametrize("name", KINDS)
def test_by_hand_is_the_same(name: str, tmp_path: Path):
    assert one_more.check(name, KINDS[name], tmp_path) > 5
