"""YAML as Copilot reads it: a mix of 1.1 and 1.2, with the traps of both."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.copilot.manifests import ManifestError, read_workload
from tests.copilot.reading.bases import manifest


def api(says: str) -> Any:
    return read_workload(manifest("Backend Service", says), variables={}).model


def problems(text: str) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        read_workload(text, variables={})
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    "written", ["true", "yes", "012", "1e3", "0x1F", "2001-01-01", "1:30", "1_000", ".5", "off", ".inf"]
)
def test_text_stays_as_it_is_written(written: str):
    assert api(f"variables: {{A: {written}}}").variables == {"A": written}


@pytest.mark.parametrize("written", ["~", "null", ""])
def test_a_variable_without_a_value_is_empty(written: str):
    assert api(f"variables: {{A: {written}}}").variables == {"A": ""}


@pytest.mark.parametrize("written", ["true", "True", "yes", "Yes", "YES", "on", "On", "y", "'yes'"])
def test_what_is_true(written: str):
    assert api(f"exec: {written}").exec is True


@pytest.mark.parametrize("written", ["false", "FALSE", "no", "off", "n", "N"])
def test_what_is_false(written: str):
    assert api(f"exec: {written}").exec is False


@pytest.mark.parametrize("written", ["'true'", "1", "yEs", "maybe"])
def test_what_is_neither_true_nor_false(written: str):
    assert "expected true or false" in problems(manifest("Backend Service", f"exec: {written}"))[0]


@pytest.mark.parametrize("written", ["512", "0x200", "01000", "0o1000", "5_12", "+512", "512.0", "5.12e2"])
def test_whole_numbers(written: str):
    assert api(f"cpu: {written}\nmemory: 1024").cpu == 512


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("'512'", ": write it without quotes"),
        ("512.7", ""),
        ("99999999999999999999", ""),
        ("'5 12'", ""),
        (".nan", ""),
        (".inf", ""),
    ],
)
def test_what_is_no_whole_number(written: str, hint: str):
    line = problems(manifest("Backend Service", f"cpu: {written}\nmemory: 1024"))[0]
    assert line.endswith(f"cpu: got {written}; expected a whole number{hint}")


@pytest.mark.parametrize(
    ("written", "seconds"), [("90s", 90), ("1m30.5s", 90.5), ("1h", 3600), ("1500ms", 1.5), (".5m", 30), ("0s", 0)]
)
def test_durations(written: str, seconds: float):
    http = api(f"http: {{path: /, deregistration_delay: {written}}}").http
    assert http.deregistration_delay.total_seconds() == seconds


@pytest.mark.parametrize(
    ("written", "hint"), [("10", ": did you mean 10s?"), ("1d", ""), ("5 m", ""), ("s", ""), ("1.2.3s", ""), ("", None)]
)
def test_what_is_no_duration(written: str, hint: str | None):
    text = manifest("Backend Service", f"http: {{path: /, deregistration_delay: {written}}}")
    if hint is None:
        assert read_workload(text, variables={}).at("http.path")
    else:
        assert problems(text)[0].endswith(f"expected a duration such as 90s, 5m or 1h30m{hint}")


def test_a_key_twice():
    text = manifest("Backend Service", "variables: {A: b}\nexec: true\nvariables: {C: d}")
    assert problems(text) == ["manifest.yml:8:1: variables: the key appears twice, first in line 6"]


def test_anchors_and_merge_keys():
    text = "defaults: &defaults {A: b, C: d}\nvariables: {<<: *defaults, C: e}"
    assert api(text).variables == {"A": "b", "C": "e"}
    assert api("variables: {<<: [&x {A: b}, {A: c, D: e}]}").variables == {"A": "b", "D": "e"}


def test_a_key_of_ones_own_is_for_anchors_only():
    line = problems(manifest("Backend Service", "defaults: {A: b}"))[0]
    assert "manifest.yml:6:1: defaults: unknown key" in line


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ("variables: &a {A: *a}", "a map or a list"),
        ("command: *nope", "the alias *nope has no anchor before it"),
        ("variables: {<<: [1]}", "`<<` needs a map, or a list of maps"),
        ("variables: {? {a: b} : c}", "a key must be text, not a map or a list"),
        ("env_file: !secret a.env", "the tag !secret is not supported"),
        ("storage: {ephemeral: !!int many}", "the tag !!int does not fit 'many'"),
        ("--- \nname: b", "a second document: Copilot reads only the first"),
        ("\tcpu: 1", "tab"),
        ("command: [a", "did not find expected"),
        ('command: "\x07"', "not allowed"),
    ],
)
def test_traps(says: str, problem: str):
    if says.startswith("variables: &a"):
        problem = "nested more than"
    assert any(problem in line for line in problems(manifest("Backend Service", says)))


@pytest.mark.parametrize("shape", ["[{}]", "{{<<: [{}]}}"])
def test_bombs_do_not_go_off(shape: str):
    start = time.perf_counter()
    levels = [f"l{n}: &l{n} " + shape.format(", ".join([f"*l{n - 1}"] * 9)) for n in range(1, 12)]
    text = manifest("Backend Service", "\n".join(["l0: &l0 {a: b}", *levels]))
    assert "aliases expand to more than 50,000 values" in problems(text)[0]
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("piece", ["[", "{a: ", "- "])
def test_deep_files(piece: str):
    start = time.perf_counter()
    assert "nested more than 60 deep" in problems(f"{piece * 100_000}\n")[0]
    assert time.perf_counter() - start < 5


def test_giant_files():
    assert "the maximum is 1,000,000" in problems("a: b\n" * 300_000)[0]
    assert "more than 50,000 values" in problems("a: b\n" * 100_000)[0]


def test_many_problems_are_counted_rather_than_shown():
    lines = problems("a: b\n" * 1_000)
    assert lines[-1] == "… and 901 more problems"
    assert len(lines) == 101


@pytest.mark.parametrize("text", ["\n", "# nothing\n", "~\n", "---\n"])
def test_empty_files(text: str):
    assert problems(text) == ["manifest.yml: the file is empty"]


def test_no_map():
    assert problems("- a\n- b\n") == ["manifest.yml:1:1: a manifest is a map: `name:`, `type:`, …"]


def test_bytes_that_are_no_text(tmp_path: Path):
    path = tmp_path / "manifest.yml"
    path.write_bytes(b"name: api\ntype: Backend \xff Service\n")
    with pytest.raises(ManifestError, match=r"manifest\.yml:2:15: the byte 0xff is not UTF-8"):
        read_workload(path)


def test_a_mark_at_the_start_and_other_line_ends(tmp_path: Path):
    path = tmp_path / "manifest.yml"
    path.write_bytes(b"\xef\xbb\xbf" + manifest("Backend Service", "exec: true").replace("\n", "\r\n").encode())
    manifest_ = read_workload(path)
    assert manifest_.model.name == "api"
    assert manifest_.at("exec") == (6, 1)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(ManifestError, match="cannot be read: No such file or directory"):
        read_workload(tmp_path / "nope.yml")
