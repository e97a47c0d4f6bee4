"""Every call of the command in docs/checks.md runs, and prints what the page says."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from cdk_containers.cli.main import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def calls(script: str) -> list[list[str]]:
    """The calls of the command, without redirection."""
    lines = [shlex.split(line.split(" > ")[0], comments=True) for line in script.splitlines()]
    return [words[1:] for words in lines if words[:1] == ["cdk-containers"]]


def expected() -> list[tuple[str, str | None]]:
    """The shell examples, each with the text that follows."""
    return [
        (text, after if kind == "text" else None)
        for (language, text), (kind, after) in pairwise([*BLOCKS, ("", "")])
        if language == "sh"
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for language, text in BLOCKS:
        name = re.match(r"# (\w+\.yaml)\n", text)
        if language == "yaml" and name:
            (tmp_path / name[1]).write_text(text)
    for place in ("cdk.out", "infra"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "a.template.json").write_text('{"Resources": {}}')
    return tmp_path


def test_the_calls_run_and_print_what_the_page_says(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert {"orders.yaml", "sandbox.yaml"} <= {path.name for path in folder.iterdir()}
    told = 0
    for script, text in expected():
        capsys.readouterr()
        for call in calls(script):
            assert main(call) in (0, 1), (call, capsys.readouterr().err)
        if text is not None:
            told += 1
            assert capsys.readouterr().out.endswith(text)
    assert told == 3


def test_the_page_has_every_option_format_and_severity():
    from cdk_containers.checks.reports import FORMATS  # noqa: PLC0415
    from cdk_containers.cli.main import command_parser  # noqa: PLC0415
    from cdk_containers.core.practices import Severity  # noqa: PLC0415

    options = {
        name for action in command_parser({"check"}).subcommands["check"].added for name in action.option_strings
    }
    assert "--fail-on" in options
    assert {option for option in options - {"-h", "--help"} if option not in PAGE} == set()
    assert [it for it in (*FORMATS, *Severity, "never") if f"`{it}`" not in PAGE] == []


def test_the_page_names_the_practices_that_an_account_does_not_show_and_those_that_only_it_shows():
    from cdk_containers.checks.live.limits import ONLY_IN_TEMPLATES  # noqa: PLC0415
    from cdk_containers.checks.live.rules import LIVE_CHECKS  # noqa: PLC0415

    (_, section) = PAGE.split("**What it does not check:**")
    section = section.partition("\n## ")[0]
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", section)) == {
        *ONLY_IN_TEMPLATES,
        *(it.practice for it in LIVE_CHECKS),
    }
