"""What has no option is listed, whole and without what has one, and the ways past it do what the page says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from no_option import GAPS, NOT_NEEDED, Gap

from tests.properties_with_options import properties_with_options
from tests.schema_properties import TYPES, properties_of, shown_in

ROOT = Path(__file__).parents[2]
PRELUDE = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "examples.md").read_text(), re.DOTALL)[0]


@cache
def shown(type_: str) -> frozenset[str]:
    """Return the properties that an option or a reference stack shows."""
    goldens = [json.loads(path.read_text()) for path in (ROOT / "tests" / "snapshots").glob("*.json")]
    return frozenset(properties_with_options()[type_]).union(*(shown_in(golden, type_) for golden in goldens))


def below(type_: str, entry: str) -> set[str]:
    """Return the properties that an entry of the table stands for."""
    return {path for path in properties_of(type_) if path == entry or path.startswith(f"{entry}.")}


def entries(type_: str) -> Iterator[str]:
    yield from NOT_NEEDED.get(type_, {})
    for gap in GAPS:
        if gap.place.type == type_:
            yield from gap.properties


def tagged(path: str) -> bool:
    """Tell tags, which `cdk.Tags.of(construct).add(…)` sets on everything."""
    return path in ("Tags.Key", "Tags.Value", "Tags.PropagateAtLaunch")


@pytest.mark.parametrize("type_", TYPES)
def test_each_property_has_an_option_or_is_listed(type_: str):
    listed = set().union(*(below(type_, entry) for entry in entries(type_)))
    missing = sorted(path for path in properties_of(type_) - shown(type_) - listed if not tagged(path))
    assert missing == [], "give them an option, or an entry in scripts/no_option.py"


@pytest.mark.parametrize("type_", TYPES)
def test_nothing_is_listed_that_has_an_option(type_: str):
    stale = {entry for entry in entries(type_) if below(type_, entry) and below(type_, entry) <= shown(type_)}
    assert stale == set(), "they have options now: delete them in scripts/no_option.py"


@pytest.mark.parametrize("type_", TYPES)
def test_nothing_is_listed_that_cloudformation_does_not_have(type_: str):
    assert {entry for entry in entries(type_) if not below(type_, entry)} == set()


def test_the_check_would_find_a_property_without_an_entry():
    listed = set().union(*(below("AWS::ECS::Service", entry) for entry in entries("AWS::ECS::Service")))
    assert "Monitoring.MetricConfigurations.MetricNames" in listed - shown("AWS::ECS::Service")
    assert "DesiredCount" in shown("AWS::ECS::Service")
    assert set(NOT_NEEDED) <= set(TYPES)


def value_at(properties: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(properties, list):
            properties = properties[int(name)] if int(name) < len(properties) else None
        elif isinstance(properties, Mapping):
            properties = properties.get(name)
    return properties


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.title)
def test_the_way_past_it_reaches_the_template(gap: Gap):
    names: dict[str, Any] = {"__name__": "example"}
    exec(PRELUDE + gap.example, names)  # noqa: S102  (our own documentation)
    templates = [stack.template for stack in names["app"].synth(force=True).stacks]
    found = [
        value_at(entry.get("Properties", {}), gap.path)
        for template in templates
        for entry in template["Resources"].values()
        if entry["Type"] == gap.place.type
    ]
    if gap.value == []:
        made = set().union(*(shown_in(template, gap.place.type) for template in templates))
        assert any(below(gap.place.type, entry) & made for entry in gap.properties)
    else:
        assert gap.value in found
    assert (ROOT / "docs" / "no-option.md").read_text().count(f"### {gap.title}\n") == 1
