"""Reading properties: the shape that was asked for, a default, or a clear answer that it cannot be told."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.checks.templates import MISSING, CannotTell, Estate, Malformed, Resource


def resource(properties: Any, **sections: Any) -> Resource:
    template = {
        "Parameters": {"Free": {"Type": "String"}},
        "Resources": {"It": {"Type": "Test", "Properties": properties}},
        **sections,
    }
    return Estate().add("t.yaml", template).resources["It"]


GIVEN = resource(
    {
        "Text": "a",
        "Number": "5",
        "Huge": 1e309,
        "Flag": "true",
        "Map": {"Inner": {"Text": "b"}},
        "List": ["a", {"Ref": "Free"}],
        "Maps": [{"Name": "web"}],
        "Free": {"Ref": "Free"},
        "OneMap": {"Name": "only"},
        "Json": ' {"Statement": [{"Effect": "Allow"}], "Deep": {"Text": "c"}}',
        "Broken": "{",
    }
)


def test_what_is_set_is_read_in_the_shape_that_is_asked_for():
    assert GIVEN.text("Text") == "a"
    assert GIVEN.text("Flag") == "true"
    assert GIVEN.number("Number") == 5
    assert GIVEN.flag("Flag") is True
    assert GIVEN.text("Map", "Inner", "Text") == "b"
    assert GIVEN.map("Map").map("Inner").text("Text") == "b"
    assert [it.text("Name") for it in GIVEN.maps("Maps")] == ["web"]
    assert [it.text("Name") for it in GIVEN.maps("OneMap")] == ["only"]
    assert GIVEN.values("List")[0] == "a"
    assert set(GIVEN.map("Map")) == {"Inner"}


def test_a_policy_may_be_text_in_json():
    assert [it.text("Effect") for it in GIVEN.map("Json").maps("Statement")] == ["Allow"]
    assert GIVEN.text("Json", "Deep", "Text") == "c"
    with pytest.raises(Malformed):
        GIVEN.map("Broken")
    with pytest.raises(Malformed):
        GIVEN.text("Text", "Inner")


def test_what_is_not_set_gives_the_default():
    assert GIVEN.text("No", default="x") == "x"
    assert GIVEN.text("Map", "No", "Deeper") == ""
    assert GIVEN.number("No") is None
    assert GIVEN.number("No", default=1) == 1
    assert GIVEN.flag("No") is False
    assert GIVEN.flag("No", default=True) is True
    assert GIVEN.maps("No") == []
    assert GIVEN.texts("No") == []
    assert GIVEN.value("No") is MISSING
    assert not GIVEN.has("No")
    assert not GIVEN.map("No").has("Inner")


def test_what_a_deployment_decides_cannot_be_told():
    assert GIVEN.has("Free")
    for ask in (GIVEN.text, GIVEN.number, GIVEN.flag, GIVEN.map, GIVEN.maps, GIVEN.values, GIVEN.texts):
        with pytest.raises(CannotTell, match="Free depends on parameter Free"):
            ask("Free")
    with pytest.raises(CannotTell, match="parameter Free"):
        GIVEN.texts("List")
    with pytest.raises(CannotTell):
        resource({"List": [{"Ref": "Free"}]}).maps("List")


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        ("text", ("Map",)),
        ("number", ("Text",)),
        ("number", ("Map",)),
        ("number", ("Huge",)),
        ("flag", ("Text",)),
        ("map", ("Text",)),
        ("maps", ("Text",)),
        ("text", ("Text", "Deeper")),
    ],
)
def test_what_has_another_shape_is_malformed(ask: str, path: tuple[str, ...]):
    with pytest.raises(Malformed, match="/".join(path[:1])):
        getattr(GIVEN, ask)(*path)


def test_properties_that_are_no_map_are_none():
    assert not resource("text").has("Text")


@pytest.mark.parametrize(
    ("sections", "properties"),
    [({"Transform": "CompanyMacro"}, {}), ({}, {"Fn::Transform": {"Name": "AWS::Include"}, "Other": 1})],
)
def test_what_a_macro_may_set_cannot_be_told(sections: Any, properties: Any):
    with pytest.raises(CannotTell, match=r"the macro (CompanyMacro|Fn::Transform) may set Text"):
        resource(properties, **sections).text("Text")


@pytest.mark.parametrize("transform", ["AWS::LanguageExtensions", ["AWS::Serverless-2016-10-31"]])
def test_transforms_that_leave_resources_alone_are_no_macros(transform: Any):
    assert resource({}, Transform=transform).text("Text") == ""


def test_what_no_deployment_decides_is_evaluated_once_and_the_rest_in_every_world():
    estate = Estate()
    settled, open_ = [{"Fn::Sub": "${AWS::Region}"}], [{"Ref": "P"}]
    template = estate.add(
        "example.yaml",
        {
            "Parameters": {"P": {"Type": "String", "AllowedValues": ["a", "b"]}},
            "Resources": {"R": {"Type": "T", "Properties": {"Settled": settled, "Open": open_}}},
        },
    )
    resource = template.resources["R"]
    assert resource.value("Settled") is resource.value("Settled")
    assert list(estate.worlds.each(lambda: resource.texts("Open"))) == [["a"], ["b"]]
    resource.values("Settled").append("more")
    assert len(resource.values("Settled")) == 1
