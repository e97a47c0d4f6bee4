"""The page on placement says what the code does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cdk_containers.model.instances import RESERVED_HOST_PORTS, instance_type, tasks_per_instance
from scripts import plot_placement
from scripts.pictures import IMAGES

PAGE = Path(__file__).parents[3] / "docs" / "placement.md"
TEXT = PAGE.read_text(encoding="utf-8")
PICTURES = plot_placement.pictures()


def test_examples_give_what_they_show() -> None:
    examples = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    parsed = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(parsed, out=said.append)

    assert result.failed == 0, "".join(said)
    assert result.attempted > 5


def test_the_table_of_tasks_per_instance_is_right() -> None:
    table = TEXT.partition("<!-- tasks per instance -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| `(\S+)` \| (\d+) \| (\d+) \| (\d+|–) \|$", table, re.MULTILINE)

    assert len(rows) > 5
    for name, bridge, awsvpc, trunked in rows:
        known = instance_type(name)
        assert tasks_per_instance(known, cpu=512, memory_mib=1024, network_mode="bridge").tasks == int(bridge)
        assert tasks_per_instance(known, cpu=512, memory_mib=1024).tasks == int(awsvpc)
        if known.trunked_tasks is None:
            assert trunked == "–"
        else:
            assert tasks_per_instance(known, cpu=512, memory_mib=1024, eni_trunking=True).tasks == int(trunked)


def test_reserved_ports() -> None:
    assert {22, 2375, 2376, *range(51678, 51681)} == RESERVED_HOST_PORTS
    assert "22, 2375, 2376 and 51678–51680" in " ".join(TEXT.split())


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_current(name: str) -> None:
    assert (IMAGES / name).read_text(encoding="utf-8") == PICTURES[name], (
        "run scripts/plot_placement.py and look at the diff"
    )


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_well_formed_and_described(name: str) -> None:
    root = ET.fromstring(PICTURES[name])  # noqa: S314  (our own)
    kinds = [element.tag.rpartition("}")[2] for element in root]

    assert kinds[:2] == ["title", "desc"]
    assert all(element.text for element in root if element.tag.endswith(("title", "desc", "text")))


def test_every_picture_is_shown_and_no_other() -> None:
    assert set(re.findall(r"\]\(images/(placement-\S+)\)", TEXT)) == set(PICTURES)
    assert {path.name for path in IMAGES.glob("placement-*")} == set(PICTURES)


def test_what_the_pictures_are_said_to_show() -> None:
    placed = {name: plot_placement.simulate(chain) for name, chain in plot_placement.STRATEGIES.items()}

    assert len(placed["binpack"].history[0]) == 3
    assert len(placed["spread-zones-binpack"].history[0]) == 3  # half of six
    assert sorted(placed["spread-zones-binpack"].per_zone(0).values()) == [3, 3, 4]  # a third each
    uneven = placed["spread-zones"].per_instance(0).values()
    assert max(uneven) - min(uneven) > 1
    even = placed["spread-zones-instances"].per_instance(0).values()
    assert max(even) - min(even) == 1
    zones = placed["spread-instances"].per_zone(1).values()
    assert max(zones) - min(zones) >= 1
