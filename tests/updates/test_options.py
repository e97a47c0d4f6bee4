"""No option replaces, deletes or breaks anything that matters without a reason that users can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.subjects.pairs import each_option, is_shown, pair
from tests.updates.allowed import ALLOWED, ENTRIES, PAGE, Allowed, anchor
from tests.updates.consequences import consequences

HOLDS_DATA = ("AWS::ECR::Repository", "AWS::EFS::FileSystem", "AWS::FSx::FileSystem")
ROOT = Path(__file__).parents[2]


@each_option()
def test_an_update_does_what_was_reviewed(name: str, option: str):
    allowed = ALLOWED.get(f"{name}.{option}")
    if not is_shown(name, option):
        assert allowed is None
        return
    without, given = pair(name, option)
    assert consequences(without, given) == set(allowed.given if allowed else ())
    assert consequences(given, without) == set(allowed.removed if allowed else ())


@each_option()
def test_what_is_kept_when_it_is_deleted_is_kept_when_it_is_replaced(name: str, option: str):
    if not is_shown(name, option):
        return
    for template in pair(name, option):
        for id_, entry in template["Resources"].items():
            kept = entry.get("UpdateReplacePolicy") in ("Retain", "Snapshot")
            assert kept or entry.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate", "Snapshot"), id_
            assert kept or entry["Type"] not in HOLDS_DATA, id_


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.options[0])
def test_users_can_read_of_it(entry: Allowed):
    page = (ROOT / PAGE).read_text()
    assert f"\n## {entry.section}\n" in page
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for option in entry.options:
        (row,) = [row for row in rows if f"`{option}`" in row]
        assert f"[{entry.section}](#{anchor(entry.section)})" in row
        for change in {*entry.given, *entry.removed}:
            assert change in row.replace("`", "")


def test_each_option_is_in_one_entry():
    named = [option for entry in ENTRIES for option in entry.options]
    assert len(named) == len(set(named))
    assert all(entry.given or entry.removed for entry in ENTRIES)
