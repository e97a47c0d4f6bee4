import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from cdk_containers.core.practices import AREAS, PRACTICES, Practice, Severity, UnknownPracticeError, practice

MACHINERY = {"__init__", "catalogue", "model", "opt_out"}

CHECKER_IDS = {
    "security-hub": r"[A-Z][A-Za-z0-9]+\.\d+",
    "control-tower": r"CT\.[A-Z0-9]+\.PR\.\d+",
    "guard": r"[A-Z0-9]+(_[A-Z0-9]+)+",
    "cdk-nag": r"AwsSolutions-[A-Z]+\d+",
    "checkov": r"CKV2?_AWS_\d+",
    "prowler": r"[a-z0-9]+(_[a-z0-9]+)+",
    "cfn-lint": r"[EW]\d{4}",
}

every_practice = pytest.mark.parametrize("entry", PRACTICES.values(), ids=PRACTICES.keys())


def entries_by_module() -> dict[str, tuple[Practice, ...]]:
    folder = Path(str(import_module("cdk_containers.core.practices").__file__)).parent
    names = {path.stem for path in folder.glob("*.py")} - MACHINERY
    return {name: import_module(f"cdk_containers.core.practices.{name}").PRACTICES for name in names}


def test_every_area_is_in_the_catalogue_and_no_id_is_used_twice():
    modules = entries_by_module()
    assert "services" in modules
    count = Counter(entry.id for entries in modules.values() for entry in entries)
    assert [name for name, times in count.items() if times > 1] == []
    assert set(count) == set(PRACTICES)
    assert sorted(modules.values(), key=str) == sorted(AREAS.values(), key=str)


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        PRACTICES["mine"] = PRACTICES["flow-logs"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        PRACTICES["flow-logs"].title = "mine"  # type: ignore[misc]


@every_practice
def test_the_id_is_in_kebab_case_and_is_the_key(entry: Practice):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", entry.id)
    assert PRACTICES[entry.id] is entry


@every_practice
def test_the_title_is_one_short_sentence_without_a_full_stop(entry: Practice):
    assert entry.title == entry.title.strip()
    assert entry.title[0].isupper()
    assert entry.title[-1] not in ".!:"
    assert 10 < len(entry.title) <= 100


@every_practice
def test_the_reason_is_one_to_three_plain_sentences(entry: Practice):
    assert entry.why == " ".join(entry.why.split()), "two spaces, or a missing one, where two lines were joined"
    assert entry.why.endswith(".")
    assert 1 <= len(re.findall(r"[.?!](?= [A-Z0-9]|$)", entry.why)) <= 3
    assert entry.why[0].isupper() or entry.why[0].isdigit()


@every_practice
def test_the_source_is_a_page_of_the_aws_documentation(entry: Practice):
    assert re.fullmatch(r"https://docs\.aws\.amazon\.com/[A-Za-z0-9_/-]+\.html(#[a-z0-9-]+)?", entry.source)


@every_practice
def test_the_severity_is_one_of_four(entry: Practice):
    assert entry.severity in Severity
    assert entry.severity in {"critical", "high", "medium", "low"}


@every_practice
def test_the_option_is_written_as_construct_and_option(entry: Practice):
    for option in entry.option.split(", "):
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+(\.[a-z_]+(\([a-z_]+=\))?)?", option)


@every_practice
def test_the_ids_of_other_checkers_have_their_shape(entry: Practice):
    for checker, ids in entry.checkers.items():
        assert ids, f"{checker} without an id"
        assert list(ids) == list(dict.fromkeys(ids))
        for name in ids:
            assert re.fullmatch(CHECKER_IDS[checker], name), f"{checker}: {name}"


def test_each_checker_looks_for_something():
    assert {checker for entry in PRACTICES.values() for checker in entry.checkers} == set(CHECKER_IDS)


def test_a_practice_can_be_a_key():
    assert {PRACTICES["flow-logs"]: 1}[practice("flow-logs")] == 1


def test_an_unknown_id_is_answered_with_the_nearest_one():
    with pytest.raises(UnknownPracticeError, match="did you mean 'fargate-task-size'") as caught:
        practice("fargate-task-siz")
    assert caught.value.id == "fargate-task-siz"
    assert caught.value.nearest[0] == "fargate-task-size"
    assert isinstance(caught.value, KeyError)


def test_an_id_that_is_like_no_other_gets_no_suggestion():
    with pytest.raises(UnknownPracticeError) as caught:
        practice("zzz")
    assert str(caught.value) == "no practice has the id 'zzz'"
    assert caught.value.nearest == ()
