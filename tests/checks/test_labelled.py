"""The checks on templates that people have labelled: what they have to find, and where they have to be quiet."""

from __future__ import annotations

from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate
from scripts.score_checks import LABELLED, labels, score


def test_every_failure_is_found_and_nothing_else_fails():
    told = score()
    assert (told.misses, told.false_alarms, told.overconfident) == ((), (), ())
    assert len(told.hits) > 100
    assert told.recall == told.precision == 1


def test_half_of_the_templates_have_no_failure():
    told = score()
    assert told.templates >= 60
    assert told.flawless * 2 >= told.templates


def test_labels_are_about_resources_and_practices_that_there_are():
    practices, templates = labels()
    assert practices <= {check.practice for check in CHECKS}
    files = {path.name for path in (LABELLED / "templates").iterdir() if path.is_file()}
    assert files == set(templates)
    for name, label in templates.items():
        estate = Estate()
        assert read_estate([LABELLED / "templates" / name], estate) == []
        known = {it.logical_id for it in estate.resources}
        about = [what.split() for lines in label.values() for what in lines]
        assert [it for it in about if it[0] not in known or it[1] not in practices] == [], name
