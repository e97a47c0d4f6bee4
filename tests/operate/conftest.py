from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Shell
from tests.operate.script import FakeClock, Script, Told, play, sign_in


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(capsys)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Callable[[Told], Script]:
    """Have AWS answer by a script, at the time of a clock that does not wait."""
    sign_in(monkeypatch, clock)
    return lambda told: play(monkeypatch, told)
