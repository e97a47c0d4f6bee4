"""The report as one page: a diagram of the resources with the findings on it, and a list with filters.

The page contains its style and script, and its policy blocks all other sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path

from cdk_containers.checks.engine import Finding, Verdict
from cdk_containers.core.practices import Severity, practice

from . import drawing
from .diagram import Diagram, diagram_of
from .render import Results
from .words import by_severity, count, one_line, summary, where

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_VERDICTS = {"fail": "failures", "cannot-tell": "undecided", "acknowledged": "acknowledged", "pass": "passes"}
_ORDER = list(Severity)


def write(results: Results) -> str:
    """Write the page with failures, acknowledged and undecided results. With `everything`, include passed checks."""
    report = results.report
    findings = [*report.failures, *report.acknowledged, *report.undecided]
    findings += report.passes if results.everything else ()
    failing = {(it.path, it.resource) for it in report.failures}
    marked = {it.key for it in results.estate.resources if (it.template.name, it.logical_id) in failing}
    diagram = diagram_of(results.estate, marked=marked)
    box_of = _boxes_by_place(results, diagram)
    badges = _badges(report.failures, box_of)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(count(len(report.failures), 'finding'))} – cdk-containers</title>",
            f"<style>\n{_asset('page.css')}</style>",
            "</head>",
            "<body>",
            "<header>",
            "<h1>Containers on AWS: findings</h1>",
            f'<p class="soft">{escape(summary(report))}</p>',
            *_counts(results),
            '<p><a href="#findings">Go to the findings</a></p>',
            "</header>",
            "<main>",
            '<section aria-labelledby="resources">',
            '<h2 id="resources">Resources</h2>',
            drawing.wide(diagram, badges),
            drawing.narrow(diagram, badges),
            *_arrows(diagram),
            "</section>",
            '<section aria-labelledby="findings">',
            '<h2 id="findings" tabindex="-1">Findings</h2>',
            *_list(findings, box_of, everything=results.everything),
            "</section>",
            *_section("Fixed, but still in the baseline", report.fixed),
            *_section("Not checked", report.not_checked),
            "</main>",
            f"<script>\n{_asset('page.js')}</script>" if findings else "",
            "</body>",
            "</html>",
        ]
    )


def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _boxes_by_place(results: Results, diagram: Diagram) -> Mapping[tuple[str, str], str]:
    """Return the box of each resource, by its file and logical id."""
    box_of = {key: box.id for box in diagram.boxes for key in box.resources}
    return {(it.template.name, it.logical_id): box_of[it.key] for it in results.estate.resources}


def _badges(failures: Iterable[Finding], box_of: Mapping[tuple[str, str], str]) -> dict[str, drawing.Badge]:
    by_box: dict[str, list[Finding]] = {}
    for finding in failures:
        by_box.setdefault(box_of.get((finding.path, finding.resource), ""), []).append(finding)
    badges = {}
    for box, found in by_box.items():
        worst = min((it.severity for it in found), key=_ORDER.index)
        same = sum(it.severity is worst for it in found)
        more = f" +{len(found) - same}" if len(found) > same else ""
        badges[box] = drawing.Badge(f"{same} {worst}{more}", str(worst))
    return badges


def _counts(results: Results) -> Iterator[str]:
    counts = by_severity(results.report)
    if counts:
        yield '<ul class="counts" aria-label="Findings by severity">'
        yield from (f'<li class="label {it}">{number} {it}</li>' for it, number in counts.items())
        yield "</ul>"


def _arrows(diagram: Diagram) -> Iterator[str]:
    if diagram.arrows:
        yield f"<details><summary>{count(len(diagram.arrows), 'connection')}</summary><ul>"
        yield from (f"<li>{escape(one.title)} → {escape(other.title)}</li>" for one, other in diagram.arrows)
        yield "</ul></details>"


def _list(findings: list[Finding], box_of: Mapping[tuple[str, str], str], *, everything: bool) -> Iterator[str]:
    if not findings:
        yield "<p>No findings.</p>"
        return
    yield from _filters(findings, everything=everything)
    yield '<ul id="list" class="findings">'
    yield from (_item(it, box_of) for it in findings)
    yield "</ul>"


def _filters(findings: list[Finding], *, everything: bool) -> Iterator[str]:
    severities = [it for it in Severity if any(finding.severity is it for finding in findings)]
    verdicts = [it for it in _VERDICTS if any(_verdict(finding) == it for finding in findings)]
    practices = sorted({it.practice for it in findings})
    yield '<form id="filters" hidden>'
    yield from _checkboxes("Severity", "severity", {str(it): str(it) for it in severities}, set(severities))
    yield from _checkboxes(
        "Kind", "verdict", {it: _VERDICTS[it] for it in verdicts}, set(verdicts if everything else ["fail"])
    )
    yield '<label>Practice <select name="practice"><option value="">all</option>'
    yield from (f"<option>{escape(it)}</option>" for it in practices)
    yield "</select></label>"
    yield '<label>Text <input type="search" name="text" autocomplete="off"></label>'
    yield '<button type="button" id="everywhere" hidden>All boxes</button>'
    yield "</form>"
    yield '<p id="shown" class="soft" aria-live="polite"></p>'


def _checkboxes(title: str, name: str, labels: Mapping[str, str], checked: set[str]) -> Iterator[str]:
    yield f"<fieldset><legend>{title}</legend>"
    for value, label in labels.items():
        state = " checked" if value in checked else ""
        yield f'<label><input type="checkbox" name="{name}" value="{value}"{state}> {label}</label>'
    yield "</fieldset>"


def _verdict(finding: Finding) -> str:
    return "acknowledged" if finding.acknowledged else str(finding.verdict)


def _item(finding: Finding, box_of: Mapping[tuple[str, str], str]) -> str:
    rule = practice(finding.practice)
    failed = finding.verdict is Verdict.FAIL
    label = str(finding.severity) if failed else "pass" if finding.verdict is Verdict.PASS else "unknown"
    type_ = f' <code class="soft">{escape(finding.type)}</code>' if finding.type else ""
    rows = {
        "Seen": escape(one_line(finding.why)),
        "Fix": escape(one_line(finding.fix)),
        "Accepted": escape(one_line(finding.acknowledged)),
        "Where": f"<code>{escape(where(finding))}</code>",
    }
    described = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows.items() if text)
    return (
        f'<li data-severity="{finding.severity}" data-verdict="{_verdict(finding)}" '
        f'data-practice="{escape(finding.practice)}" data-box="{box_of.get((finding.path, finding.resource), "")}">'
        f'<header><span class="label {label}">{label}</span>'
        f"<h3>{escape(one_line(finding.subject))}</h3>{type_}</header>"
        f"<dl>{described}</dl>"
        f"<details><summary>{escape(finding.practice)}: {escape(rule.title)}</summary>"
        f'<p>{escape(rule.why)} <a href="{escape(rule.source)}">AWS documentation<span class="soft"> of '
        f"{escape(finding.practice)}</span></a></p></details></li>"
    )


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    items = [f"<li>{escape(one_line(line))}</li>" for line in lines]
    if items:
        yield from (f"<section><h2>{title}</h2>", "<ul>", *items, "</ul></section>")
