"""A baseline: what is known is counted, what is new is shown, what is fixed is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import IMMUTABLE, MUTABLE, Shell, template


def known(path: Path) -> list[tuple[str, str, str]]:
    return [(it["practice"], it["resource"], it["path"]) for it in json.loads(path.read_text())["known"]]


def test_what_is_known_is_counted_and_what_is_new_is_shown(shell: Shell, tmp_path: Path):
    template(tmp_path / "old" / "a.json", {"A": MUTABLE, "Fine": IMMUTABLE})
    ran = shell.check("old", "--write-baseline", "known.json")
    assert (ran.code, ran.out) == (0, "known.json: 1 finding (1 high); 2 resources\n")
    assert known(tmp_path / "known.json") == [("immutable-tags", "A", "old/a.json")]

    ran = shell.check("old", "--baseline", "known.json")
    assert (ran.code, ran.out) == (0, "0 findings, 1 in the baseline; 2 resources\n")
    template(tmp_path / "old" / "a.json", {"Before": {"Type": "AWS::SNS::Topic"}, "A": MUTABLE, "B": MUTABLE})
    ran = shell.check("old", "--baseline", "known.json", "--format", "json")
    assert ran.code == 1
    assert [it["resource"] for it in ran.data["findings"]] == ["B"]
    assert ran.data["baseline"] == {"known": 1, "fixed": []}


def test_what_is_fixed_is_named(shell: Shell, tmp_path: Path):
    template(tmp_path / "a.json", {"A": MUTABLE, "B": MUTABLE})
    template(tmp_path / "gone.json", {"C": MUTABLE})
    shell.check("a.json", "gone.json", "--write-baseline", "known.json")
    (tmp_path / "gone.json").unlink()
    template(tmp_path / "a.json", {"A": IMMUTABLE, "B": MUTABLE})
    ran = shell.check("a.json", "--baseline", "known.json")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Fixed, but still in the baseline:",
        "  a.json: immutable-tags on A",
        "  gone.json: immutable-tags on C",
        "",
        "0 findings, 1 in the baseline; 2 resources",
    ]
    shell.check("a.json", "--write-baseline", "known.json")
    assert known(tmp_path / "known.json") == [("immutable-tags", "B", "a.json")]


def test_what_was_not_looked_at_is_not_fixed(shell: Shell, tmp_path: Path):
    template(tmp_path / "a.json", {"A": MUTABLE})
    template(tmp_path / "b.json", {"B": MUTABLE})
    shell.check("a.json", "b.json", "--write-baseline", "known.json")
    assert "Fixed" not in shell.check("a.json", "--baseline", "known.json").out
    template(tmp_path / "a.json", {"A": IMMUTABLE})
    assert "Fixed" not in shell("check", "a.json", "--only", "scan-on-push", "--baseline", "known.json").out
    assert "a.json: immutable-tags on A" in shell.check("a.json", "--baseline", "known.json").out


def test_a_baseline_is_the_same_from_every_folder(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    template(tmp_path / "one" / "template.json", {"A": MUTABLE})
    template(tmp_path / "two" / "template.json", {"A": IMMUTABLE})
    shell.check(".", "--write-baseline", "known.json")
    first = (tmp_path / "known.json").read_text()
    template(tmp_path / "two" / "template.json", {"A": MUTABLE})
    monkeypatch.chdir(tmp_path / "two")
    ran = shell.check(tmp_path, "--baseline", "../known.json", "--format", "json")
    assert [it["path"] for it in ran.data["findings"]] == [str(tmp_path / "two" / "template.json")]
    template(tmp_path / "two" / "template.json", {"A": IMMUTABLE})
    shell.check("..", "--write-baseline", "../known.json")
    assert (tmp_path / "known.json").read_text() == first


def test_a_construct_is_known_by_its_path(shell: Shell, tmp_path: Path):
    metadata = {"Metadata": {"aws:cdk:path": "Shop/Images/Resource"}}
    template(tmp_path / "a.json", {"ImagesABCD": {**MUTABLE, **metadata}})
    shell.check("a.json", "--write-baseline", "known.json")
    template(tmp_path / "a.json", {"ImagesEF01": {**MUTABLE, **metadata}})
    assert shell.check("a.json", "--baseline", "known.json").code == 0


def test_an_empty_baseline_can_be_read(shell: Shell, tmp_path: Path):
    template(tmp_path / "a.json", {"A": IMMUTABLE})
    shell.check("a.json", "--write-baseline", "known.json")
    assert json.loads((tmp_path / "known.json").read_text()) == {"version": 1, "known": []}
    template(tmp_path / "a.json", {"A": MUTABLE})
    assert shell.check("a.json", "--baseline", "known.json").code == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: Expecting value"),
        ('{"version": 1,\n', "line 2: "),
        ("[]", "not a baseline file; write one with --write-baseline"),
        ('{"version": 1}', "not a baseline file; write one with --write-baseline"),
        ('{"version": 2, "known": []}', "the baseline has version 2; write it again with --write-baseline"),
        ('{"version": 1, "known": [{"practice": "x"}]}', "entry 1 has no practice, resource and path"),
        ("[" * 100_000, "it is not JSON"),
    ],
)
def test_a_broken_baseline_is_one_line(shell: Shell, tmp_path: Path, content: str, said: str):
    template(tmp_path / "a.json", {"A": MUTABLE})
    (tmp_path / "known.json").write_text(content)
    ran = shell.check("a.json", "--baseline", "known.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"cdk-containers: --baseline: known.json: {said}")
    assert ran.err.count("\n") == 1
