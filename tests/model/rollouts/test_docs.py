"""The page on deployments says what the model does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scripts import plot_rollouts
from scripts.pictures import IMAGES

PAGE = Path(__file__).parents[3] / "docs" / "deploying-without-fear.md"
TEXT = PAGE.read_text(encoding="utf-8")
PICTURES = plot_rollouts.pictures()


def test_examples_give_what_they_show() -> None:
    examples = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    parsed = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(parsed, out=said.append)

    assert result.failed == 0, "".join(said)
    assert result.attempted > 10


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_current(name: str) -> None:
    assert (IMAGES / name).read_text(encoding="utf-8") == PICTURES[name], (
        "run scripts/plot_rollouts.py and look at the diff"
    )


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_well_formed_and_described(name: str) -> None:
    root = ET.fromstring(PICTURES[name])  # noqa: S314  (our own)
    kinds = [element.tag.rpartition("}")[2] for element in root]

    assert kinds[:2] == ["title", "desc"]
    assert all(element.text for element in root if element.tag.endswith(("title", "desc", "text")))
    assert "NaN" not in PICTURES[name]


def test_every_picture_is_shown_and_no_other() -> None:
    assert set(re.findall(r"\]\(images/(rollout-\S+)\)", TEXT)) == set(PICTURES)
    assert {path.name for path in IMAGES.glob("rollout-*")} == set(PICTURES)


def test_what_the_pictures_are_said_to_show() -> None:
    planned = {name: plot_rollouts.plan(name) for name in plot_rollouts.DEPLOYMENTS}

    assert (planned["rolling"].peak_tasks, planned["rolling"].lowest_healthy) == (8, 4)
    assert (planned["rolling-batches"].peak_tasks, planned["rolling-batches"].lowest_healthy) == (6, 4)
    assert (planned["rolling-in-place"].peak_tasks, planned["rolling-in-place"].lowest_healthy) == (4, 2)
    shares = [moment.percent_new for moment in planned["rolling-batches"].moments]
    assert set(shares) == {0, 50, 100}
    assert {moment.percent_new for moment in planned["rolling"].moments} == {0, 100}
    assert {moment.percent_new for moment in planned["canary"].moments} == {0, 10, 100}
    assert {moment.percent_new for moment in planned["linear"].moments} == {0, 20, 40, 60, 80, 100}
    assert all(rollout.peak_tasks == 8 for name, rollout in planned.items() if not name.startswith("rolling-"))
