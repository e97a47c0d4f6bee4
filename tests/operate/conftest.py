from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.cli.operating import common
from cdk_containers.operate.access import Access
from tests.checks.live.answers import SESSION
from tests.cli.command import Shell
from tests.operate.script import REGION, FakeClock, Script, Told, play


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
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.delenv("CDK_CONTAINERS_READ_ONLY", raising=False)

    def make_access(identity: Any, allowed: Any) -> Access:
        return Access(identity, allowed=allowed, clock=clock, session=SESSION, attempts=0)

    monkeypatch.setattr(common, "make_access", make_access)
    return lambda told: play(monkeypatch, told)
