"""`practices` and `--explain`: the catalogue for people and programs."""

from __future__ import annotations

import json

from cdk_containers.core.practices import AREAS, PRACTICES
from tests.cli.command import Shell


def test_all_practices_are_listed_below_their_areas(shell: Shell):
    lines = shell("practices").out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == list(AREAS)
    assert [line.split()[0] for line in lines if line.startswith(" ")] == list(PRACTICES)
    [line] = [line for line in lines if line.split()[:1] == ["immutable-tags"]]
    assert line.split()[1:3] == ["high", "template"]


def test_one_practice_is_explained(shell: Shell):
    out = shell("practices", "immutable-tags").out
    rule = PRACTICES["immutable-tags"]
    assert out.startswith(f"immutable-tags: {rule.title}\n")
    for text in ("Severity:    high", "in templates", "Set ImageTagMutability", "AWS::ECR::Repository", rule.source):
        assert text in out
    assert "security-hub ECR.2; control-tower CT.ECR.PR.3; checkov CKV_AWS_51" in out
    assert shell("check", "--explain", "immutable-tags").out == out


def test_areas_and_practices_can_be_named_together(shell: Shell):
    out = shell("practices", "Images", "load-balancers", "flow-logs").out
    ids = [line.split()[0] for line in out.splitlines() if line.startswith(" ")]
    assert set(ids) == {"flow-logs", *(it.id for area in ("Images", "Load balancers") for it in AREAS[area])}


def test_a_program_gets_all_that_there_is(shell: Shell):
    given = json.loads(shell("practices", "--format", "json").out)
    assert [it["id"] for it in given] == list(PRACTICES)
    [one] = [it for it in given if it["id"] == "immutable-tags"]
    assert one["checkers"]["checkov"] == ["CKV_AWS_51"]
    assert (one["area"], one["severity"], one["check"]) == ("Images", "high", "template")
    assert one.keys() == {
        *("id", "area", "title", "severity", "check", "not_in_templates"),
        *("why", "source", "option", "checkers"),
    }


def test_an_unknown_practice_gets_a_suggestion(shell: Shell):
    ran = shell("practices", "imutable-tags", "scan-on-pish")
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "cdk-containers: practices: no practice has the id 'imutable-tags'; did you mean 'immutable-tags'?",
        "cdk-containers: practices: no practice has the id 'scan-on-pish'; did you mean 'scan-on-push'?",
    ]
    ran = shell("check", "--explain", "xyz")
    assert ran.code == 2
    assert "areas: network, images," in ran.err
