"""docs/environments.md shows what the command prints for the app of the page."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from docs_examples import run

from cdk_containers.cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "environments.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    app = run(BLOCKS[0][1], "docs/environments.md")["app"]
    shutil.copytree(app.synth().directory, tmp_path / "cdk.out")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_prints_what_the_page_says(folder: Path, capsys: pytest.CaptureFixture[str]):
    shown = {call: text for (kind, call), (_, text) in pairwise([*BLOCKS, ("", "")]) if kind == "sh"}
    assert (folder / "cdk.out" / "manifest.json").is_file()
    printed = {}
    for call in shown:
        capsys.readouterr()
        assert main(call.split()[1:]) == 0
        printed[call.split()[2]] = capsys.readouterr().out
    assert printed.keys() == {"differences", "collisions", "bootstrap"}
    for call, text in shown.items():
        if call.split()[2] != "collisions":
            lines = iter(printed[call.split()[2]].splitlines())
            assert all(line in lines for line in text.splitlines())  # in this order


@pytest.mark.parametrize("action", ["differences", "collisions", "bootstrap"])
def test_the_page_has_every_option(action: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["environments", action, "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert options or action == "collisions"
    assert [option for option in options if option not in PAGE] == []
    assert f"cdk-containers environments {action}" in PAGE
