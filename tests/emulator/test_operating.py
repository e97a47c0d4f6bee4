"""One-off tasks in the emulated account: of a job and of a service, where the deployment has put them."""

from __future__ import annotations

import re

import pytest

from tests.emulator.life import DEV, Life

pytestmark = [pytest.mark.emulator, pytest.mark.parametrize("life", [DEV], indirect=True)]


def test_a_job_runs_to_its_end(life: Life) -> None:
    typed = life.typed["job"]
    assert (typed.code, typed.printed) == (0, "")
    assert re.search(r"^Shop/Nightly: task (\S+) starts\nShop/Nightly: app of task \1 ended with 0$", typed.said, re.M)
    assert "SCHEDULED_TIME is not set" in typed.said


def test_a_command_starts_beside_a_service(life: Life) -> None:
    typed = life.typed["command"]
    assert (typed.code, typed.said) == (0, "")
    assert re.fullmatch(r"[0-9a-f-]{36}\n", typed.printed)
