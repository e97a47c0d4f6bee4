"""Each test has one group, what takes long comes first, and the order of a file is kept."""

from __future__ import annotations

import pytest

from tests import sharing_out


def test_long_groups_come_first_and_then_parts_of_files(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing_out, "PART", 3)
    names = ["a", "b", "slow", "c", "d", "e", "emulated"]
    items: list[pytest.Item] = [
        pytest.Function.from_parent(request.node.parent, name=name, callobj=lambda: None) for name in names
    ]
    items[2].add_marker(pytest.mark.slow)
    items[2].add_marker(pytest.mark.xdist_group("own"))
    items[6].add_marker(pytest.mark.emulator)
    items[6].add_marker(pytest.mark.xdist_group("life"))
    sharing_out.share_out(items)
    groups = [[mark.args[0] for mark in item.iter_markers("xdist_group")] for item in items]
    assert [item.name for item in items] == ["emulated", "slow", "a", "b", "c", "d", "e"]
    here = "tests/test_sharing_out.py"
    assert groups == [["life"], ["own"], *[[f"{here}-0"]] * 3, *[[f"{here}-1"]] * 2]
