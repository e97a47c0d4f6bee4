"""What a terminal gets and a file does not: a screen that is drawn again, and colours; and how fast it starts."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from cdk_containers.cli.main import main
from cdk_containers.operate.show import screen
from cdk_containers.operate.targets import Target
from cdk_containers.operate.told import Line, Told
from tests.cli.command import Shell
from tests.cli.test_main import HEAVY, loaded_by
from tests.operate import shop, stories
from tests.operate.script import NOW, FakeClock, Script
from tests.operate.script import Told as Answers
from tests.operate.test_status import rolling_out

Aws = Callable[[Answers], Script]


@pytest.fixture(autouse=True)
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return shop.assembly(tmp_path / "cdk.out")


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch, columns: int = 80) -> Iterator[Callable[[], str]]:
    """Have the command write to a terminal, and return what it shows."""
    reader, writer = pty.openpty()
    monkeypatch.setenv("COLUMNS", str(columns))
    out: IO[str] = os.fdopen(writer, "w")
    monkeypatch.setattr(sys, "stdout", out)
    os.set_blocking(reader, False)

    def read() -> str:
        out.flush()
        parts = []
        while True:
            try:
                part = os.read(reader, 65536)
            except BlockingIOError:
                break
            if not part:
                break
            parts.append(part)
        return b"".join(parts).decode().replace("\r\n", "\n")

    try:
        yield read
    finally:
        out.close()
        os.close(reader)


def shown(text: str) -> list[str]:
    """The screen as it is at the end, after every jump of the cursor."""
    lines: list[str] = []
    for part in re.split(r"(\x1b\[\d+A\r\x1b\[J)", text):
        jump = re.fullmatch(r"\x1b\[(\d+)A\r\x1b\[J", part)
        if jump:
            del lines[-int(jump[1]) :]
        else:
            lines += re.sub(r"\x1b\[[\d;]*m", "", part).splitlines()
    return lines


def test_a_terminal_is_drawn_again_and_a_file_gets_a_line_for_each_change(
    aws: Aws, shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    aws(shop.steady(shop.deployed(*stories.CANARY[5:9], stories.CANARY[-1])))
    with monkeypatch.context() as patch, terminal(patch) as read:
        assert main(["rollout", "Shop/Web"]) == 0
        text = read()
    lines = shown(text)
    assert text.count("\x1b[") > 5
    assert len(lines) == 9
    assert lines[0].startswith("Shop/Web  dev  eu-west-1")
    assert [line.split()[0] for line in lines[1:4]] == ["stage", "traffic", "waits"]
    assert max(map(len, lines)) <= 80
    assert lines[4] == "Shop/Web: the deployment succeeded"
    aws(shop.steady(shop.deployed(*stories.CANARY[5:9], stories.CANARY[-1])))
    out = shell("rollout", "Shop/Web").out
    assert "\x1b" not in out
    assert len(out.splitlines()) == 3 + 5


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_are_left_out_where_they_are_not_wanted(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
):
    aws(rolling_out())
    with monkeypatch.context() as patch, terminal(patch) as read:
        main(["status", "Shop/Web"])
        assert "\x1b[32mROLLING OUT" in read()
        patch.setenv(variable, value)
        main(["status", "Shop/Web"])
        plain = read()
    assert "ROLLING OUT" in plain
    assert "\x1b" not in plain


def test_a_terminal_that_cannot_move_gets_lines(aws: Aws, monkeypatch: pytest.MonkeyPatch):
    aws(shop.steady(shop.deployed(*stories.CANARY[5:9], stories.CANARY[-1])))
    with monkeypatch.context() as patch, terminal(patch) as read:
        patch.setenv("TERM", "dumb")
        assert main(["rollout", "Shop/Web"]) == 0
        assert "ROLLING OUT  SCALE_UP" in read()


def test_ctrl_c_ends_the_command_and_changes_nothing(aws: Aws, monkeypatch: pytest.MonkeyPatch, clock: FakeClock):
    script = aws(shop.steady(shop.deployed(*stories.CANARY)))

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", interrupted)
    assert main(["rollout", "Shop/Web"]) == 130
    assert [name for name in script.names if "stop" in name or "update" in name] == []


def test_a_reason_of_several_lines_is_one_line_of_the_screen():
    target = Target(name="Web", kind="service", id="x", account="1", region="r")
    told = Told(target=target, at=NOW, state="X", title="X", code=1, lines=(Line("why", "one\n  two\tthree" * 20),))
    lines = screen(told, width=80, cut=True).splitlines()
    assert [len(line) for line in lines] == [80, 80]
    assert lines[1].startswith("  why        one two three")
    assert lines[1].endswith("…")
    assert len(screen(told, width=80).splitlines()[1]) > 200


def test_status_loads_no_aws_cdk_and_nothing_else_that_is_slow(tmp_path: Path):
    shop.assembly(tmp_path / "cdk.out")
    loaded = loaded_by("status", "Shop/Web", "--help")
    assert "cdk_containers.cli.operating.status" in loaded
    assert loaded.isdisjoint(HEAVY)
    rules = ("cdk_containers.model", "cdk_containers.checks.rules", "cdk_containers.checks.live.readers")
    assert [name for name in loaded if name.startswith(rules)] == []


def test_a_status_itself_loads_no_aws_cdk(monkeypatch: pytest.MonkeyPatch):
    """It asks for credentials at last, and finds none: by then everything is loaded but what tells of the service."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    operate = "act, read_jobs, read_kubernetes, reasons, tell_others, tell_progress, watch"
    commands = "continue_, events, list, logs, rollback, rollout, scale, why"
    before = f"from cdk_containers.operate import {operate}\nfrom cdk_containers.cli.operating import {commands}\n"
    loaded = loaded_by("status", "Shop/Web", "--region", "eu-west-1", before=before, codes=(4,))
    assert {"botocore.session", "cdk_containers.operate.reasons", "cdk_containers.model.rollouts"} <= loaded
    assert loaded.isdisjoint({"aws_cdk", "jsii", "boto3", "constructs"})


def test_help_takes_less_than_015_seconds():
    """By the time of the processor, which the other tests of a busy machine do not lengthen; the best of three."""

    def spent() -> float:
        before = os.times()
        subprocess.run([sys.executable, "-c", _HELP], check=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert min(spent() for _ in range(3)) < 0.15


_HELP = (
    "import sys, io; sys.stdout = io.StringIO(); from cdk_containers.cli.main import main\n"
    "try: main(['--help'])\n"
    "except SystemExit as end: sys.exit(end.code)"
)
