"""The same findings in every format: all that there is, and nothing of a name taken for markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from cdk_containers.checks.reports import FORMATS, Results, render
from cdk_containers.core.practices import PRACTICES, Severity
from tests.checks.reports.findings import NOT_CHECKED, ODD, RESOURCES, repository, results
from tests.checks.reports.sarif_excerpt import SCHEMA

EMPTY = results({"Topic": {"Type": "AWS::SNS::Topic"}})


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_names_the_failure_and_what_was_not_checked(format_: str, *, everything: bool):
    text = render(format_, results(everything=everything))
    assert "immutable-tags" in text
    assert "other.yaml" in text
    if format_ != "html":  # its diagram has every resource
        assert ("Passes" in text) == (everything or format_ == "junit")


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_can_say_that_there_is_nothing(format_: str):
    text = render(format_, EMPTY)
    assert "immutable-tags" not in text
    assert "other.yaml" in text


# ---- table


def test_a_table_has_a_block_for_each_failure():
    counts = "1 finding (1 high), 1 undecided, 1 acknowledged, 1 not checked"
    lines = render("table", results()).splitlines()
    assert lines == [
        f"high      Shop/{ODD}  immutable-tags  a dir/shop.yaml:2",
        "          a tag can be moved to another image",
        "          Set ImageTagMutability to IMMUTABLE.",
        "",
        "Not checked:",
        f"  {NOT_CHECKED[0]}",
        "",
        f"{counts}; 4 resources; add --all to see the undecided checks",
    ]


def test_a_table_shows_everything_when_asked():
    text = render("table", results(everything=True))
    for line in (
        "unknown   Unknown  immutable-tags  a dir/shop.yaml:22",
        "pass      Passes  immutable-tags  a dir/shop.yaml:12",
        "  immutable-tags on Accepted: a <sandbox>",
    ):
        assert f"\n{line}\n" in text
    assert "--all" not in text


def test_a_table_fits_its_width():
    long = {"A" * 30: repository(Metadata={"aws:cdk:path": "Shop/" + "Long/" * 8 + "End"})}
    lines = render("table", results(long, width=72)).splitlines()
    assert any("Long/End" in line for line in lines)
    place = next(line for line in lines if "a dir/shop.yaml:2" in line)
    assert place.strip() == "a dir/shop.yaml:2"
    assert [line for line in lines if len(line) > 72 and " " in line.strip()][1:] == []


def test_a_table_has_colours_only_where_they_are_seen():
    assert "\033[31mhigh" in render("table", results(colour=True))
    assert "\033" not in render("table", results())


# ---- SARIF


@pytest.mark.parametrize("case", [results(), results(everything=True), EMPTY], ids=["failures", "everything", "empty"])
def test_sarif_is_valid(case: Results):
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(render("sarif", case)))


def test_the_schema_refuses_what_is_not_sarif():
    document = json.loads(render("sarif", results()))
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a dir/shop.yaml"
    with pytest.raises(jsonschema.ValidationError, match="does not match"):
        jsonschema.Draft202012Validator(SCHEMA).validate(document)


def sarif_results(case: Results) -> list[dict[str, object]]:
    run = json.loads(render("sarif", case))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[it["ruleIndex"]]["id"] for it in run["results"]] == [it["ruleId"] for it in run["results"]]
    return run["results"]


def test_sarif_has_failures_and_as_suppressed_what_is_acknowledged():
    failing, accepted = sarif_results(results())
    assert (failing["kind"], failing["level"]) == ("fail", "error")
    assert "suppressions" not in failing
    assert accepted["suppressions"] == [{"kind": "inSource", "justification": "a <sandbox>"}]
    location = failing["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "a%20dir/shop.yaml"}, "region": {"startLine": 2}}


def test_sarif_with_everything_has_what_is_open_and_what_passes():
    kinds = [(it["kind"], it["level"]) for it in sarif_results(results(everything=True))]
    assert kinds[:2] == [("fail", "error"), ("open", "none")]
    assert set(kinds[2:]) == {("pass", "none"), ("fail", "error")}


def test_a_fingerprint_outlives_other_lines_and_folders_and_nothing_else(tmp_path: Path):
    def fingerprint(path: str, id_: str = "Fails", *, above: int = 0) -> object:
        resources = {f"Before{number}": {"Type": "AWS::SNS::Topic"} for number in range(above)}
        return sarif_results(results({**resources, id_: repository()}, path=path))[0]["partialFingerprints"]

    first = fingerprint("a/shop.yaml")
    assert fingerprint("b/shop.yaml", above=3) == first
    assert fingerprint(str(tmp_path / "shop.yaml")) == first
    assert fingerprint("a/other.yaml") != first
    assert fingerprint("a/shop.yaml", "Others") != first


def test_sarif_paths_are_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def uri(path: Path) -> object:
        return sarif_results(results(path=str(path)))[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert uri(tmp_path / "sub" / "a.yaml") == "sub/a.yaml"
    assert uri(tmp_path.parent / "a.yaml") == (tmp_path.parent / "a.yaml").as_uri()


def test_every_severity_has_a_score_that_code_scanning_takes_for_it():
    from cdk_containers.checks.reports.as_sarif import _LEVELS, _SCORES  # noqa: PLC0415

    assert _SCORES.keys() == _LEVELS.keys() == set(Severity)
    scores = [float(_SCORES[severity]) for severity in Severity]
    assert scores == sorted(scores, reverse=True)
    critical, high, medium, low = scores
    assert critical >= 9.0 > high >= 7.0 > medium >= 4.0 > low > 0


# ---- JUnit


def test_junit_counts_what_it_has():
    [suite, unread] = ET.fromstring(render("junit", results()))  # noqa: S314  (our own)
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "a dir/shop.yaml",
        "tests": "8",
        "failures": "1",
        "errors": "0",
        "skipped": "2",
    }
    cases = {(it.get("classname"), it.get("name")): it for it in suite}
    failed = cases[f"Shop/{ODD}", "immutable-tags"]
    assert (failed.get("file"), failed.get("line")) == ("a dir/shop.yaml", "2")
    assert failed[0].tag == "failure"
    assert "Set ImageTagMutability to IMMUTABLE." in failed[0].text
    assert [it.tag for it in cases["Passes", "immutable-tags"]] == []
    assert cases["Unknown", "immutable-tags"][0].tag == "skipped"
    assert cases["Accepted", "immutable-tags"][0].get("message") == "acknowledged: a <sandbox>"
    assert (unread.get("errors"), unread[0][0].get("message")) == ("1", NOT_CHECKED[0])


def test_junit_is_well_formed_whatever_a_name_has():
    name = "".join(map(chr, range(0x20))) + "\ufffe\ud800" + ODD
    text = render("junit", results({"A": repository(Metadata={"aws:cdk:path": name})}))
    [suite, _] = ET.fromstring(text)  # noqa: S314  (our own)
    assert suite[0].get("classname").endswith(ODD)
    assert suite[0].get("classname").startswith("\ufffd")


# ---- Markdown


def test_markdown_has_a_row_for_each_failure():
    lines = render("markdown", results()).splitlines()
    assert lines[0].startswith("### cdk-containers: 1 finding (1 high), 1 undecided")
    [row] = [line for line in lines if line.startswith("| high")]
    cells = re.split(r"(?<!\\)\|", row)[1:-1]
    assert len(cells) == 5
    assert cells[1].strip() == "`Shop/" + ODD.replace("`", "'").replace("|", "\\|") + "`"
    assert f"[immutable-tags]({PRACTICES['immutable-tags'].source})" in cells[2]
    assert "- `Accepted` immutable-tags: a \\<sandbox\\>" in lines


def test_markdown_fits_into_a_comment():
    many = {f"Repository{number}": repository() for number in range(2000)}
    text = render("markdown", results(many))
    assert 50_000 < len(text) < 65_536
    assert re.search(r"^_\d+ more lines do not fit in a comment._$", text, re.MULTILINE)


# ---- HTML


class Page(HTMLParser):
    """The page as a browser sees it: its tags, which are balanced, and its text."""

    VOID = ("meta", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_is_one_page_that_loads_nothing():
    page = Page(render("html", results(everything=True)))
    names = {tag for tag, _ in page.tags}
    assert {"svg", "style", "script", "form"} <= names
    assert names.isdisjoint({"link", "img", "iframe", "b"})
    assert [attrs for _, attrs in page.tags if "src" in attrs] == []
    links = {attrs["href"] for _, attrs in page.tags if "href" in attrs}
    assert links == {"#findings", *(PRACTICES[id_].source for id_ in ("immutable-tags", "scan-on-push"))}
    [policy] = [attrs["content"] for tag, attrs in page.tags if tag == "meta" and "http-equiv" in attrs]
    assert policy.startswith("default-src 'none'")
    assert f"Shop/{ODD}" in page.words


def test_html_ids_are_there_once():
    page = Page(render("html", results()))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert "findings" in ids
    assert len(ids) == len(set(ids))


def test_every_finding_of_the_page_is_in_a_box_of_its_diagram():
    page = Page(render("html", results(everything=True)))
    boxes = {attrs["data-box"] for tag, attrs in page.tags if tag == "a" and "data-box" in attrs}
    items = [attrs for tag, attrs in page.tags if tag == "li" and "data-practice" in attrs]
    assert len(items) == 2 * len(RESOURCES)
    assert {attrs["data-box"] for attrs in items} == boxes
