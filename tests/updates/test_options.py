"""No option replaces, deletes or breaks anything that matters without a reason that users can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.subjects.pairs import each_option, is_shown, pair
from tests.updates.allowed import _ALLOWED, ALLOWED, PAGE
from tests.updates.consequences import consequences

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


@pytest.mark.parametrize("entry", _ALLOWED, ids=lambda entry: entry.options[0])
def test_users_can_read_of_it(entry):
    section = sections()[entry.section]
    for option in entry.options:
        assert f"`{option}`" in section, f"{PAGE}, {entry.section!r}, says nothing of {option}"


def test_each_option_is_in_one_entry():
    named = [option for entry in _ALLOWED for option in entry.options]
    assert len(named) == len(set(named))
    assert all(entry.given or entry.removed for entry in _ALLOWED)


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.*)$", (ROOT / PAGE).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
