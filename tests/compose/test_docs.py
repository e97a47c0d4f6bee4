"""The example of docs/compose.md says what the converter says, and the page names every decision."""

from __future__ import annotations

import re
from pathlib import Path

from cdk_containers.cli.main import command_parser
from cdk_containers.compose.converting import Choices
from cdk_containers.compose.converting.choices import VOLUME_CHOICES
from tests.compose.inline import problems, source

PAGE = (Path(__file__).parents[2] / "docs" / "compose.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    [text] = re.findall(rf"```{language}\n(.*?)```\n", PAGE, re.DOTALL)
    return str(text)


def test_the_example_is_refused_and_converted_as_the_page_says(tmp_path: Path):
    compose = block("yaml").partition("\n")[2]
    assert problems(tmp_path, compose) == block("text").splitlines()
    [address] = re.findall(r"`--database db=(\S+)`", PAGE)
    assert block("py") in source(tmp_path, compose, choices=Choices(databases={"db": address}))


def test_the_page_names_every_decision():
    [actions] = [action for action in command_parser({"compose"}).subcommands["compose"]._actions if action.choices]
    assert isinstance(actions.choices, dict)
    options = {option for action in actions.choices["convert"]._actions for option in action.option_strings}
    named = set(re.findall(r"`(--[a-z-]+)", PAGE)) | {"--output"}
    assert options - {"-h", "--help", "--no-synth"} == named
    assert set(re.findall(r"--volume SOURCE=(\w+)", PAGE)) == set(VOLUME_CHOICES)
