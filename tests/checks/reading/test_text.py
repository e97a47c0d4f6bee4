"""One template as text: what it says, in which line, and one clear sentence where it is none."""

from __future__ import annotations

import pytest

from cdk_containers.checks.reading import Unreadable, parse


def test_the_short_tags_of_cloudformation_are_functions():
    text = """
Resources:
  It:
    Type: Test
    Properties:
      A: !Ref Role
      B: !GetAtt Role.Arn
      C: !Sub 'a-${B}'
      D: !If [Prod, !Ref X, !Ref 'AWS::NoValue']
      E: !Join [',', [a, b]]
      F: {Condition: !Condition Prod}
      G: !GetAtt [Role, Arn]
      H: !Base64
        Fn::Sub: x
"""
    properties = parse(text).source["Resources"]["It"]["Properties"]
    assert properties == {
        "A": {"Ref": "Role"},
        "B": {"Fn::GetAtt": ["Role", "Arn"]},
        "C": {"Fn::Sub": "a-${B}"},
        "D": {"Fn::If": ["Prod", {"Ref": "X"}, {"Ref": "AWS::NoValue"}]},
        "E": {"Fn::Join": [",", ["a", "b"]]},
        "F": {"Condition": {"Condition": "Prod"}},
        "G": {"Fn::GetAtt": ["Role", "Arn"]},
        "H": {"Fn::Base64": {"Fn::Sub": "x"}},
    }


def test_dates_stay_text_and_numbers_are_numbers():
    source = parse(
        "AWSTemplateFormatVersion: 2010-09-09\nResources: {A: {Type: T, Properties: {N: 5, B: true, S: '5'}}}"
    )
    assert source.source["AWSTemplateFormatVersion"] == "2010-09-09"
    assert source.source["Resources"]["A"]["Properties"] == {"N": 5, "B": True, "S": "5"}


def test_merge_keys_and_aliases_are_written_out():
    text = "x: &x {A: 1, B: 2}\nResources:\n  It: {<<: *x, B: 3}\n  Other: *x\n"
    assert parse(text).source["Resources"] == {"It": {"A": 1, "B": 3}, "Other": {"A": 1, "B": 2}}


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n  First:\n    Type: A\n  Second:\n    Type: B\n",
        '{"Resources": {\n "First": {"Type": "A"},\n\n "Second": {"Type": "B"}}}',
        '{"Outputs": {"Second": {"Value": "x"}},\n"Resources": {"First": {"Type": "A"},\n"Second": {"Type": "B"}}}',
    ],
)
def test_the_line_of_a_resource(text: str):
    parsed = parse(text)
    number = parsed.line_of("Second")
    assert number is not None
    assert "Second" in text.splitlines()[number - 1]
    assert "Value" not in text.splitlines()[number - 1]
    assert parsed.line_of("Third") is None


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("  \n\t", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("just text", "not a template, because it is not a map with Resources"),
        ("- a\n- b", "not a template"),
        ("[1, 2]", "not a template"),
        ('{"Resources": {\n"A": 1,}', "line 2"),
        ('{"Resources": ', "line 1: Expecting value"),
        ("Resources:\n  A: [1, 2\n", "line 3"),
        ("Resources:\n  A: 1\n  A: 2\n", "line 3: the key 'A' appears twice"),
        ("Resources:\n\tA: 1\n", "line 2: found character"),
        ("a: !!int x", "line 1: 'x' is not a value of"),
        ("? {a: 1}\n: x", "line 1: a key must be text"),
        (BOMB, "its aliases expand to more than 300,000 values"),
        ("a: &a [*a]", "an alias contains itself"),
        ("a: " + "[" * 250 + "]" * 250, "nested more than 200 deep"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("x" * 5_000_001, "the maximum for a template is 1 MB"),
        ("a: b: c", "line 1: mapping values are not allowed"),
        ("\x00", "characters are not allowed"),
        ("a: *missing", "line 1: found undefined alias"),
    ],
)
def test_what_is_no_template_is_one_clear_sentence(text: str, problem: str):
    with pytest.raises(Unreadable) as error:
        parse(text)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_lines_of_json_are_those_of_resources_and_not_of_what_has_the_same_name_above():
    text = '{"Conditions": {"It": {}},\n"Resources": {"First": {\n"It": "no map"},\n"It": {"Type": "T"},\n"É": {}}}'
    line_of = parse(text).line_of
    assert [line_of(name) for name in ("First", "It", "É", "Resources", "Type")] == [2, 4, 5, 2, None]
