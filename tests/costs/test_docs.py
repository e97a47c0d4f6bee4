"""The pages on costs, limits and fleets say what the models do."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scripts import plot_costs, plot_fleets
from scripts.pictures import IMAGES

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = {**plot_costs.pictures(), **plot_fleets.pictures()}
TABLES = {
    "costs": {
        "cheapest": plot_costs.cheapest_table,
        "prices": plot_costs.price_table,
        "reference-costs": plot_costs.reference_table,
    },
    "fleets": {"first-limits": plot_fleets.first_table, "fleet-plans": plot_fleets.plan_table},
    "limits": {"quotas": plot_fleets.quota_table},
}


@pytest.mark.parametrize("page", ["fleets", "limits"])
def test_examples_give_what_they_show(page: str):
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    parsed = doctest.DocTestParser().get_doctest(examples, {}, page, page, 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(parsed, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted >= 2


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_current_well_formed_and_described(name: str):
    assert (IMAGES / name).read_text(encoding="utf-8") == PICTURES[name], "run scripts/plot_costs.py, plot_fleets.py"
    root = ET.fromstring(PICTURES[name])  # noqa: S314  (our own)
    assert [element.tag.rpartition("}")[2] for element in root][:2] == ["title", "desc"]
    assert "nan" not in PICTURES[name].lower()


def test_every_picture_is_shown_and_no_other():
    text = "".join((DOCS / f"{page}.md").read_text(encoding="utf-8") for page in ("costs", "fleets"))
    assert set(re.findall(r"\]\(images/(\S+)\)", text)) == set(PICTURES)


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, tables in TABLES.items() for name in tables])
def test_tables_are_those_of_the_models(page: str, name: str):
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    assert f"<!-- generated: {name} -->\n{TABLES[page][name]()}\n<!-- end -->" in text


def test_every_type_of_the_reference_stacks_is_one_whose_cost_is_known():
    bills = {name: plot_costs.bill(name) for name in plot_costs.ENVIRONMENTS}
    assert {name: it.not_known for name, it in bills.items()} == {"dev": (), "prod": ()}
    assert all(it.low > 1_000 for it in bills.values())
