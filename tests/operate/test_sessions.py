"""The sessions of docs/operating.md are what the commands print."""

from __future__ import annotations

import pytest

from cdk_containers.operate.needs import NEEDS
from tests.operate.sessions import PAGE, SESSIONS, record, recorded, sessions_of


def test_the_page_has_every_session_and_every_command():
    text = PAGE.read_text(encoding="utf-8")
    assert sessions_of(text) == set(SESSIONS)
    assert {arguments[0] for _, arguments in SESSIONS.values()} == {*NEEDS, "policy"}


@pytest.mark.parametrize("name", list(SESSIONS))
def test_a_session_is_as_it_would_be_recorded(name: str):
    text = PAGE.read_text(encoding="utf-8")
    block = f"<!-- recorded: {name} -->\n```console\n{record(name)}```\n<!-- end -->"
    assert block in text, "python -m tests.operate.sessions records it anew"


def test_a_page_is_recorded_between_its_marks():
    page = "before\n<!-- recorded: policy -->\nold\n<!-- end -->\nafter\n"
    new = recorded(page)
    assert new.startswith("before\n<!-- recorded: policy -->\n```console\n$ cdk-containers policy continue\n{")
    assert new.endswith("```\n<!-- end -->\nafter\n")
    assert "old" not in new
    assert recorded(new) == new
