"""Write the parts of the documentation that are taken from code.

Usage: write_docs.py [--check] [--fast] [PAGE...]

  PAGE     names of pages in docs/constructs, such as rolling; all files where none is given
  --check  write nothing, and fail if a file is not as it would be written
  --fast   leave out what takes a synthesis of the reference stacks (docs/suppressions.md and their drawings)

Written are docs/constructs/*.md (their last part is kept in docs/constructs/_text/), docs/practices.md,
docs/suppressions.md and docs/reference-stacks.md with its pictures; in README.md and the pages of WITH_MARKS what
stands between `<!-- generated: … -->` and `<!-- end -->`; and on all these pages the errors that examples raise, which
are in a block of plain text after them. Pictures on the pages of constructs come from scripts/draw_constructs.py.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("JSII_NODE", str(ROOT / ".venv/node/bin/node"))
os.environ.setdefault("CDK_VALIDATION", "false")

import yaml  # noqa: E402
from docs_data import (  # noqa: E402  (after the choice of Node)
    ALSO_READ,
    BY_HAND,
    DEFAULTS,
    FACTS,
    INSTANCE_TYPES,
    NOT_OPTIONS,
    OPT_OUTS,
    PAGES,
    RARE_OPTIONS,
    REFUSED,
    SAME_OPTIONS,
    Fact,
)
from docs_examples import first_example  # noqa: E402
from docs_source import (  # noqa: E402
    DocumentationError,
    Documented,
    documented,
    option_named,
    practices_of,
)
from draw_stacks import written  # noqa: E402
from graphviz_figures import files as files_of_figures  # noqa: E402
from graphviz_figures import in_words, shown  # noqa: E402
from kubernetes_tables import counterparts, endings  # noqa: E402
from kubernetes_tables import rollouts as kubernetes_rollouts  # noqa: E402
from no_option import GAPS, NO_OPTION, NOT_NEEDED  # noqa: E402
from plot_costs import cheapest_table, price_table, reference_table  # noqa: E402
from plot_fleets import first_table, plan_table, quota_table  # noqa: E402
from plot_rollouts import DEPLOYMENTS, plan  # noqa: E402
from rooms import figures as figures_of_rooms  # noqa: E402
from rooms import room_list  # noqa: E402
from score_checks import score, sentence  # noqa: E402
from stopped_reasons import exit_codes, log_lines, stopped_reasons  # noqa: E402
from summarize_assembly import stacks  # noqa: E402

import cdk_containers  # noqa: E402
from cdk_containers import ConstructError, instance_type, tasks_per_instance  # noqa: E402
from cdk_containers.checks.engine import run_checks  # noqa: E402
from cdk_containers.checks.reading import read_estate  # noqa: E402
from cdk_containers.checks.rules import CHECKS  # noqa: E402
from cdk_containers.checks.templates import Estate  # noqa: E402
from cdk_containers.copilot.building import Compatibility  # noqa: E402
from cdk_containers.core.practices import ACKNOWLEDGED_AS, AREAS, PRACTICES, Practice  # noqa: E402
from cdk_containers.ecs.services.rollout_warnings import CONCERNS  # noqa: E402

DOCS = ROOT / "docs"
CONSTRUCTS = DOCS / "constructs"
SUPPRESSIONS = DOCS / "suppressions.md"
ENVIRONMENTS = ("dev", "prod")
WITH_MARKS = (
    "checks",
    "architecture",
    "migrations",
    "index",
    "defaults",
    "errors",
    "deploying",
    "capacity",
    "deploying-without-fear",
    "first-example",
    "troubleshooting",
    "changing-what-runs",
    "one-description",
    "copilot",
    "costs",
    "limits",
    "fleets",
)
_NOTE = "<!-- Written by scripts/write_docs.py from {sources}; do not edit it here. -->"
_MARKED = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_EXAMPLE = re.compile(r"```python\n(?P<code>(?:(?!```).)*)```", re.DOTALL)
_ERROR_EXAMPLE = re.compile(rf"({_EXAMPLE.pattern}\n\n```text\n)(?:(?!```).)*```", re.DOTALL)

_SUPPRESSIONS = (
    "The checks of this library, cfn-lint, cdk-nag (AwsSolutions), checkov and CDK's own validation report no other "
    "findings in the reference stacks than those on this page. The stacks acknowledge each of them with a reason, in "
    "the metadata of the resource or of the app."
)
_ARTEFACTS = (
    "The list omits cfn-lint's W3005 and W3010, because CDK itself causes them. CDK writes `DependsOn` for every "
    "resource of a construct, even next to a reference, and names zones if a stack has a region."
)

_CDK = "CDK validation"
_OURS = "cdk-containers"

Metadata = Mapping[str, Sequence[Mapping[str, Any]]]


def main() -> int:
    """Write or check; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the parts of the documentation that are taken from code.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="a page of docs/constructs, such as rolling")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    parser.add_argument("--fast", action="store_true", help="leave out what is about the reference stacks")
    arguments = parser.parse_args()
    wanted = construct_pages(arguments.pages) if arguments.pages else files(fast=arguments.fast)
    stale = {path: text for path, text in wanted if not path.exists() or path.read_text() != text}
    for path, text in stale.items():
        if arguments.check:
            print(f"stale: {path.relative_to(ROOT)}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"written: {path.relative_to(ROOT)}")
    if stale and arguments.check:
        print("Run scripts/write_docs.py and read the diff.")
        return 1
    return 0


def files(*, fast: bool) -> Iterator[tuple[Path, str]]:
    """Yield every file with the text that it should have."""
    _check_pages()
    yield from construct_pages(PAGES)
    yield DOCS / "practices.md", practices_page()
    yield DOCS / "no-option.md", no_option_page()
    yield from files_of_figures(figures_of_rooms()).items()
    makers: Mapping[str, Callable[[], str]] = {
        "cheapest": cheapest_table,
        "checks-score": lambda: sentence(score()),
        "constructs": construct_list,
        "copilot-compatibility": compatibility_table,
        "copilot-deviations": deviations_table,
        "defaults": defaults_table,
        "ecs-rooms": partial(drawing_of_rooms, "ecs"),
        "eks-rooms": partial(drawing_of_rooms, "eks"),
        "first-example": first_example_table,
        "first-limits": first_table,
        "fleet-plans": plan_table,
        "counterparts": counterparts_tables,
        "endings": lambda: "\n".join(_table(*endings())).rstrip(),
        "exit-codes": lambda: "\n".join(_table(*exit_codes())).rstrip(),
        "house": partial(drawing_of_rooms, "package"),
        "kept": kept_table,
        "kubernetes-rollouts": lambda: "\n".join(_table(*kubernetes_rollouts())).rstrip(),
        "log-lines": lambda: "\n".join(_table(*log_lines())).rstrip(),
        "prices": price_table,
        "quotas": quota_table,
        "reference-costs": reference_table,
        "rooms": room_list,
        "stacks": stacks_table,
        "stopped-reasons": lambda: "\n".join(_table(*stopped_reasons())).rstrip(),
        "rollouts": rollouts_table,
        "slow-rollouts": slow_rollouts_list,
        "tasks-per-instance": tasks_per_instance_table,
        "updates": updates_table,
    }
    for path in (ROOT / "README.md", *(DOCS / f"{page}.md" for page in WITH_MARKS)):
        text = _MARKED.sub(lambda found: f"{found[1]}{makers[found['name']]()}\n{found[3]}", path.read_text())
        yield path, with_errors(text, "" if path.name == "README.md" else _prelude())
    if not fast:
        with tempfile.TemporaryDirectory() as folder:
            for environment in ENVIRONMENTS:
                _synthesize(Path(folder) / environment, environment)
            yield SUPPRESSIONS, suppressions_page({name: Path(folder) / name for name in ENVIRONMENTS})
            yield from written(Path(folder) / "prod").items()


# ---- constructs


def construct_pages(pages: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Yield some of the pages about constructs."""
    for page in pages:
        yield CONSTRUCTS / f"{page}.md", construct_page(page)


def construct_page(page: str) -> str:
    """Write the page of a construct: what it is, its options, its practices, and the text kept by hand."""
    names = PAGES[page]
    main, *parts = (_without_refused(documented(name)) for name in names)
    lines = [f"# {main.name}", "", _NOTE.format(sources=f"the code and docs/constructs/_text/{page}.md"), ""]
    preamble, examples, rest = _parts((CONSTRUCTS / "_text" / f"{page}.md").read_text())
    shown = with_errors(preamble + examples, _prelude()).rstrip()
    lines += [*_introduction(main), *([shown, ""] if shown else []), *_tables(main, "##")]
    for part in parts:
        lines += [f"## {part.name}", "", *_introduction(part), *_tables(part, "###", heading=False)]
    entries = practices_of(
        {SAME_OPTIONS.get(name.partition(".")[0], name.partition(".")[0]) for name in names}, PRACTICES
    )
    if entries:
        lines += ["## Practices", "", *_practice_table(entries)]
    behaviour, hatches, last = rest.partition("## Escape hatches")
    text = f"{behaviour.rstrip()}\n\n{changes_section(page)}\n\n{hatches}{last}"
    return with_picture("\n".join([*lines, with_errors(text, _prelude())]).rstrip() + "\n", page)


def changes_section(page: str) -> str:
    """Write what a later deployment replaces, as the tests of updates hold the options to it."""
    sys.path.insert(0, str(ROOT))
    from tests.updates.allowed import ENTRIES, anchor  # noqa: PLC0415  (no part of the library)

    names = PAGES[page]
    main = names[0]
    changing = {
        option.removeprefix(f"{main}."): entry.section
        for entry in ENTRIES
        for option in entry.options
        if option.partition(".")[0] in names
    }
    sections = sorted({*changing.values(), *ALSO_READ.get(page, ())})
    links = _listed([f"[{it}](../changing-what-runs.md#{anchor(it)})" for it in sections], "and")
    if changing:
        options = _listed([f"`{option}`" for option in sorted(changing)], "or")
        text = (
            f"Changing {options} can replace or delete a resource, or make the deployment fail. Before you deploy such "
            f"a change, read {links}. The [table of options](../changing-what-runs.md#what-each-option-does) has the "
            "effect of each option. All other options change in place."
        )
    else:
        text = f"All options change in place. See {links or '[Changing what runs](../changing-what-runs.md)'}."
    imports = [f"`{it}(…)`" for it in names if re.fullmatch(rf"{main}\.from_\w+", it)]
    if imports:
        text += (
            f"\n\n{_listed(imports, 'or')} imports an existing resource. "
            "See [Use what you have](../existing-resources.md)."
        )
    return f"## Changing it later\n\n{text}"


def _listed(items: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def with_picture(text: str, page: str) -> str:
    """Show what the first example makes after it, if there is a picture of it."""
    path = DOCS / "images" / "constructs" / f"{page}.svg"
    example = first_example(text, CONSTRUCTS / f"{page}.md")
    if example is None or not path.exists():
        return text
    picture = shown(path, f"../images/constructs/{path.name}")
    return "\n".join([text[: example.end], "", *picture]) + text[example.end :]


def _parts(text: str) -> tuple[str, str, str]:
    """Split the text of a page: what comes before its first heading, its examples, and what comes after them."""
    preamble, *sections = re.split(r"(?m)^(?=## )", text)
    examples = "".join(it for it in sections if it.startswith("## Examples"))
    return preamble, examples, "".join(it for it in sections if not it.startswith("## Examples"))


def _without_refused(read: Documented) -> Documented:
    refused = NOT_OPTIONS.get(read.name, set())
    return replace(read, options=tuple(option for option in read.options if option.name not in refused))


def updates_table() -> str:
    """List the options whose change replaces or deletes something, as the tests hold them to it."""
    sys.path.insert(0, str(ROOT))
    from tests.updates.allowed import ENTRIES, anchor  # noqa: PLC0415  (no part of the library)

    rows = [
        (
            f"`{option}`",
            *("<br>".join(re.sub(r"(\S+::.*)", r"`\1`", change) for change in changes) for changes in sides),
            entry.reason,
            f"[{entry.section}](#{anchor(entry.section)})",
        )
        for entry in ENTRIES
        for option in entry.options
        for sides in ((entry.given, entry.removed),)
    ]
    return "\n".join(_table(("Option", "Set", "Back", "Why", "Read"), sorted(rows))).rstrip()


def no_option_page() -> str:
    """Write the features without an option by kind of resource, then the properties that you do not need."""
    lines = [
        "# What has no option, and the workaround",
        "",
        _NOTE.format(sources="scripts/no_option.py"),
        "",
        NO_OPTION,
    ]
    for place in dict.fromkeys(gap.place.type for gap in GAPS):
        lines += ["", f"## {place.removeprefix('AWS::').replace('::', ' ')}"]
        for gap in (gap for gap in GAPS if gap.place.type == place):
            properties = ", ".join(f"`{name}`" for name in gap.properties)
            lines += ["", f"### {gap.title}", "", f"{properties}. {gap.why}", "", f"```python\n{gap.example}```"]
    lines += ["", "## Properties that you do not need", "", "| Property | Instead |", "| --- | --- |"]
    for type_, reasons in NOT_NEEDED.items():
        name = type_.removeprefix("AWS::").replace("::", " ")
        lines += [f"| {name}: `{path}` | {why[:1].upper()}{why[1:]} |" for path, why in reasons.items()]
    return "\n".join(lines) + "\n"


def drawing_of_rooms(name: str) -> str:
    """Show how parts of the package import each other."""
    figure = next(it for it in figures_of_rooms() if it.path.name == name)
    lines = [f"![{figure.title}](images/parts/{name}.svg)", "", *in_words(figure.sentences)]
    return "\n".join(lines)


def construct_list() -> str:
    """List the pages of the constructs, each with its first sentence."""

    def sentence(name: str) -> str:
        return _one_line(re.split(r"\.\s", documented(name).text)[0]).rstrip(".")

    return "\n".join(f"- [{names[0]}](constructs/{page}.md): {sentence(names[0])}." for page, names in PAGES.items())


def _check_pages() -> None:
    """Every public name is on a page, and how each practice is left is known."""
    on_pages = {name.partition(".")[0] for names in PAGES.values() for name in names}.union(*BY_HAND.values())
    for page, names in BY_HAND.items():
        text = (DOCS / f"{page}.md").read_text()
        if silent := sorted(name for name in names if name not in text):
            raise DocumentationError(f"docs/{page}.md does not describe {', '.join(silent)}")
    if missing := sorted(set(cdk_containers.__all__) - on_pages):
        raise DocumentationError(f"on no page: {', '.join(missing)}; see PAGES in scripts/docs_data.py")
    if unknown := sorted({*OPT_OUTS, *DEFAULTS} - set(PRACTICES)):
        raise DocumentationError(f"no such practices: {', '.join(unknown)}; see scripts/docs_data.py")


def _introduction(read: Documented) -> list[str]:
    paragraphs = [_one_line(paragraph) for paragraph in read.text.split("\n\n")]
    links = [f"See the [AWS documentation]({link})." for link in read.see]
    return [line for paragraph in [*paragraphs, *links] for line in (paragraph, "")]


def _tables(read: Documented, level: str, *, heading: bool = True) -> list[str]:
    lines: list[str] = []
    if read.options:
        lines += [f"{level} Options", ""] if heading else []
        lines += _options(read)
    if read.attributes and read.attributes[0].type:
        lines += [f"{level} What it exposes", ""]
        lines += _table(
            ("Attribute", "Meaning", "Type"),
            [
                (f"`{attribute.name}`", attribute.meaning, f"`{attribute.type}`" if attribute.type else "")
                for attribute in read.attributes
            ],
        )
    elif read.attributes:
        lines += _table(("Value", "Meaning"), [(f"`{value.name}`", value.meaning) for value in read.attributes])
    return lines


def _options(read: Documented) -> list[str]:
    """Write the table of options; rare options of a long table are folded."""
    rare = RARE_OPTIONS.get(read.name, frozenset())
    if unknown := sorted(rare - {option.name for option in read.options}):
        raise DocumentationError(f"{read.name} has no {', '.join(unknown)}; see RARE_OPTIONS in scripts/docs_data.py")
    shown: tuple[list[tuple[str, ...]], list[tuple[str, ...]]] = ([], [])
    for option in read.options:
        row = (f"`{option.name}`", option.meaning, option.default, f"`{option.type}`")
        shown[option.name in rare].append(row)
    usual, folded = (_table(("Option", "Meaning", "Default", "Type"), rows) for rows in shown)
    if not rare:
        return usual
    # Python-Markdown reads the table only with the attribute, which GitHub ignores.
    return [*usual, '<details markdown="1"><summary>Options for special cases</summary>', "", *folded, "</details>", ""]


# ---- practices


def practices_page() -> str:
    """Write the whole catalogue, area by area."""
    lines = ["# Practices", "", _NOTE.format(sources="constructs/cdk_containers/core/practices/"), ""]
    lines += [
        (
            f"The library encodes {len(PRACTICES)} practices. Errors, opt-outs and the metadata of templates name them "
            "by the id that is the heading here."
        ),
        "",
    ]
    for title, area in AREAS.items():
        lines += [f"## {title}", ""]
        for entry in area:
            lines += _practice_section(entry)
    return "\n".join(lines).rstrip() + "\n"


def defaults_table() -> str:
    """Write the defaults: those that a user can leave as a table, the others in a sentence."""
    entries = [entry for area in AREAS.values() for entry in area if _opt_out(entry) != REFUSED]
    rows = [
        (f"[{entry.title}](practices.md#{entry.id})", _short(_default_of(entry)), _opt_out(entry))
        for entry in entries
        if _opt_out(entry) != "none"
    ]
    always = [f"- [{entry.title}](practices.md#{entry.id})" for entry in entries if _opt_out(entry) == "none"]
    table = _table(("Practice", "Default", "Opt out, or change"), rows)
    return "\n".join([*table, "These have no opt-out:", "", *always])


def _practice_table(entries: Iterable[Practice]) -> list[str]:
    return _table(
        ("Practice", "Default", "Why", "Source", "Opt out"),
        [
            (
                f"[{entry.title}](../practices.md#{entry.id})",
                _default_of(entry),
                entry.why,
                f"[AWS]({entry.source})",
                _opt_out(entry),
            )
            for entry in entries
        ],
    )


def _practice_section(entry: Practice) -> list[str]:
    checkers = "; ".join(f"{checker} {', '.join(ids)}" for checker, ids in entry.checkers.items())
    facts = [
        ("Severity", str(entry.severity)),
        ("Encoded by", ", ".join(_linked(option) for option in entry.option.split(", "))),
        ("Default", _default_of(entry)),
        ("Opt out", _opt_out(entry)),
        ("Source", f"<{entry.source}>"),
        ("Also looked for by", checkers),
    ]
    return [
        f"### {entry.id}",
        "",
        f"**{entry.title}.** {entry.why}",
        "",
        *(f"- {name}: {value}" for name, value in facts if value),
        "",
    ]


def _linked(option: str) -> str:
    class_name = option.partition(".")[0]
    pages = {**{f"constructs/{page}": names for page, names in PAGES.items()}, **BY_HAND}
    page = next(page for page, names in pages.items() if class_name in {name.partition(".")[0] for name in names})
    return f"[`{option}`]({page}.md)"


def _default_of(entry: Practice) -> str:
    option = option_named(entry.option.split(", ")[0])
    if entry.id in DEFAULTS or option is None or not option.default:
        return DEFAULTS.get(entry.id, "always")
    literal = re.match(r"`([^`]+)`(.*)", option.default)
    return f"`{option.name}={literal[1]}`{literal[2]}" if literal else option.default


def _opt_out(entry: Practice) -> str:
    option = option_named(entry.option.split(", ")[0])
    if option is not None and "Disabled" in option.type and entry.id not in OPT_OUTS:
        return f'`{option.name}=Disabled("…")`'
    if option is None:
        return OPT_OUTS.get(entry.id, "none")
    if entry.id not in OPT_OUTS:
        raise DocumentationError(f"how is {entry.id} left? Say it in OPT_OUTS in scripts/docs_data.py")
    return OPT_OUTS[entry.id]


# ---- instances


def tasks_per_instance_table() -> str:
    """Write how many tasks of the smallest size of a service some instance types hold, and what runs out first."""
    cpu, memory = 256, 512
    rows = []
    for name in INSTANCE_TYPES:
        known = instance_type(name)
        fits = [
            tasks_per_instance(known, cpu=cpu, memory_mib=memory, network_mode="bridge"),
            tasks_per_instance(known, cpu=cpu, memory_mib=memory),
            tasks_per_instance(known, cpu=cpu, memory_mib=memory, eni_trunking=True),
        ]
        shown = [f"{fit.tasks}, by {' and '.join(limit.resource for limit in fit.limiting)}" for fit in fits]
        if known.trunked_tasks is None:
            shown[2] = "no trunking"
        size = f"{known.vcpus} vCPU, {known.memory_mib / 1024:g} GiB"
        rows.append((f"`{name}`", size, str(known.registered_memory_mib), *shown))
    headings = (
        "Instance type",
        "Size",
        "MiB for tasks, assumed",
        "`bridge`, dynamic ports",
        "`awsvpc`",
        "`awsvpc` with ENI trunking",
    )
    told = f"Tasks of {cpu} CPU units and {memory} MiB, the default size of a service:"
    return "\n".join([told, "", *_table(headings, rows)]).rstrip()


# ---- rollouts


def rollouts_table() -> str:
    """Write what the deployments that are drawn do, and how long they take."""
    rows = []
    for name, (title, _) in DEPLOYMENTS.items():
        rollout = plan(name)
        times = (
            rollout.first_traffic_after_seconds,
            rollout.all_traffic_after_seconds,
            rollout.completed_after_seconds,
            rollout.given_up_after_seconds,
        )
        rows.append(
            (
                title,
                f"{rollout.lowest_healthy} of {rollout.tasks}",
                str(rollout.peak_tasks),
                *(f"{time // 60}:{time % 60:02}" for time in times),
            )
        )
    headings = (
        "Deployment",
        "Fewest healthy tasks",
        "Tasks at once",
        "First traffic on the new version",
        "All traffic",
        "Done",
        "A version that never answers fails after",
    )
    return "\n".join(["Times are minutes and seconds.", "", *_table(headings, rows)]).rstrip()


def slow_rollouts_list() -> str:
    """List what a service warns of."""
    return "\n".join(
        f"- more than {concern.longest} s of {concern.what}: change {concern.option}." for concern in CONCERNS
    )


def counterparts_tables() -> str:
    """Write what each option of a workload becomes on Kubernetes."""
    lines = []
    for name, headings, rows in counterparts():
        lines += [f"### {name}", "", *_table(headings, rows)]
    return "\n".join(lines).rstrip()


# ---- what the examples show


def compatibility_table() -> str:
    """Write what of Copilot is kept, by the name of the switch."""
    text = Compatibility.__doc__ or ""
    parts = re.findall(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", text, re.MULTILINE)
    rows = [[f"`{name}`", " ".join(sentence.split())] for name, sentence in parts]
    return "\n".join(_table(["Switch", "What it keeps"], rows)).rstrip()


def deviations_table() -> str:
    """Write where what is made of a manifest of Copilot differs from what Copilot makes of it."""
    entries = yaml.safe_load((ROOT / "tests" / "copilot" / "deviations.yml").read_text())
    facts: dict[str, list[str]] = {}
    for entry in entries:
        facts.setdefault(entry["reason"], []).append(f"`{entry['path']}`")
    rows = [[", ".join(paths), reason] for reason, paths in facts.items()]
    return "\n".join(_table(["Fact", "Why"], rows)).rstrip()


def with_errors(text: str, prelude: str) -> str:
    """Fill each block of plain text after an example with the error that the example raises."""

    def filled(found: re.Match[str]) -> str:
        try:
            exec(prelude + found["code"], {})  # noqa: S102  (our own documentation)
        except ConstructError as error:
            return f"{found[1]}{''.join(traceback.format_exception_only(error))}```"
        raise DocumentationError(f"no error from the example\n{found['code']}")

    return _ERROR_EXAMPLE.sub(filled, text)


@cache
def _prelude() -> str:
    found = _EXAMPLE.search((DOCS / "examples.md").read_text())
    if found is None:
        raise DocumentationError("docs/examples.md does not say how examples begin")
    return found["code"]


def first_example_table() -> str:
    """Write what the first example of the README switched on, read from its template."""
    source = _EXAMPLE.search((ROOT / "README.md").read_text())
    if source is None:
        raise DocumentationError("README.md has no Python example")
    variables: dict[str, Any] = {}
    exec(source["code"], variables)  # noqa: S102  (our own README)
    resources = list(variables["app"].synth().stacks[0].template["Resources"].values())
    count = Counter(resource["Type"] for resource in resources)
    if any(name.startswith(("AWS::Lambda", "Custom::")) for name in count):
        raise DocumentationError("the first example makes a Lambda function")
    told = f"The template has {len(resources)} resources, including {count['AWS::CloudWatch::Alarm']} alarms"
    kinds = list(dict.fromkeys(fact.resource for fact in FACTS))
    rows = [
        (
            kind.rpartition(":")[2],
            f"[{PRACTICES[fact.practice].title}](practices.md#{fact.practice})",
            _shown(fact, resources),
        )
        for kind in kinds
        for fact in FACTS
        if fact.resource == kind
    ]
    table = _table(("Resource", "Practice", "Setting"), rows)
    return "\n".join([f"{told}. It has no Lambda functions and no custom resources.", "", *table]).rstrip()


def _shown(fact: Fact, resources: Iterable[Mapping[str, Any]]) -> str:
    for resource in resources:
        if resource["Type"] == f"AWS::{fact.resource}":
            properties = resource["Properties"]
            for value in (_attribute(properties, fact.path), _property(properties, fact.path)):
                if value is not None:
                    name = fact.path.replace(".0.", "[0].")
                    short = name if name[0].islower() else ".".join(name.split(".")[-2:])
                    return f"`{short}: {json.dumps(value)}`"
    raise DocumentationError(f"the first example has no {fact.resource} with {fact.path}")


def _property(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, list) and name.isdecimal():
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return None
    return value


def _attribute(properties: Mapping[str, Any], key: str) -> Any:
    """Find a value in the lists of keys and values that load balancers and target groups have."""
    for name in ("LoadBalancerAttributes", "TargetGroupAttributes"):
        for entry in properties.get(name, ()):
            if entry["Key"] == key:
                return entry["Value"]
    return None


def stacks_table() -> str:
    """Say what each reference stack has, in the words of its class."""
    rows = []
    for path in sorted((ROOT / "stacks").glob("*_stack.py")):
        classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
        name = path.stem.removesuffix("_stack").replace("_", "-")
        rows.append((f"`{name}`", (ast.get_docstring(classes[0]) or "").splitlines()[0]))
    return "\n".join(_table(("Stack", "What is in it"), rows)).rstrip()


def kept_table() -> str:
    """Write what stays when a reference stack is deleted, read from the golden templates."""
    rows = []
    for path in sorted((ROOT / "tests" / "snapshots").glob("*.template.json")):
        resources = json.loads(path.read_text())["Resources"].values()
        kept = Counter(
            resource["Type"] for resource in resources if str(resource.get("DeletionPolicy")).startswith("Retain")
        )
        shown = ", ".join(f"`{name}`" + (f" × {count}" if count > 1 else "") for name, count in sorted(kept.items()))
        rows.append((path.name.removesuffix(".template.json"), shown or "nothing"))
    return "\n".join(_table(("Stack", "Kept"), rows)).rstrip()


# ---- suppressions


def suppressions_page(assemblies: Mapping[str, Path]) -> str:
    """Write what the reference stacks acknowledge, read from their assemblies, by environment."""
    opt_outs: dict[tuple[str, ...], set[str]] = {}
    findings: dict[tuple[str, ...], set[str]] = {}
    for environment, assembly in assemblies.items():
        for opt_out in _opt_outs(assembly):
            opt_outs.setdefault(opt_out, set()).add(environment)
        for finding in _acknowledged(assembly):
            findings.setdefault(finding, set()).add(environment)
        told = {reason for *_, reason in findings} - {reason for *_, reason in opt_outs}
        for stack, path, practice, reason in _accepted_by_our_checks(assembly):
            if reason in told:
                findings.setdefault((stack, path, _OURS, practice, reason), set()).add(environment)
            else:
                opt_outs.setdefault((stack, path, practice, reason), set()).add(environment)
    chosen = {reason for *_, reason in opt_outs}
    accepted = {finding: where for finding, where in findings.items() if finding[-1] not in chosen}
    answered = {finding: where for finding, where in findings.items() if finding[-1] in chosen}
    lines = ["# Suppressions of the reference stacks", "", _NOTE.format(sources="the synthesized stacks"), ""]
    lines += [_SUPPRESSIONS, "", _ARTEFACTS, ""]
    lines += ["## Accepted by the library", "", "The library acknowledges these wherever it makes the resource.", ""]
    lines += _by_reason({key: where for key, where in accepted.items() if key[2] != _CDK})
    lines += ["## Accepted by CDK", "", "CDK acknowledges these in its own L2 constructs.", ""]
    lines += _by_reason({key: where for key, where in accepted.items() if key[2] == _CDK})
    lines += ["## Opt-outs", "", "The reference stacks turn these practices off.", ""]
    rows = [
        (stack, f"`{path}`", f"[{practice}](practices.md#{practice})", _named(where), reason)
        for (stack, path, practice, reason), where in sorted(opt_outs.items())
    ]
    lines += _table(("Stack", "Construct", "Practice", "Environment", "Reason"), rows)
    lines += ["The other checkers of these practices get the same reason:", ""]
    findings_answered = [
        (stack, f"`{path}`", f"{checker} {finding}", _named(where))
        for (stack, path, checker, finding, _), where in sorted(answered.items())
    ]
    lines += _table(("Stack", "Construct", "Finding", "Environment"), findings_answered)
    return re.sub(r"(?<!\()https://\S+", r"<\g<0>>", "\n".join(lines).rstrip()) + "\n"


def _by_reason(findings: Mapping[tuple[str, ...], set[str]]) -> list[str]:
    lines: list[str] = []
    for reason in sorted({key[-1] for key in findings}):
        same = {key: where for key, where in findings.items() if key[-1] == reason}
        ids = sorted({f"{checker} {finding}" for _, _, checker, finding, _ in same})
        places = sorted(
            {(stack, f"`{path}`" if path else "", _named(where)) for (stack, path, *_), where in same.items()}
        )
        lines += [f"### {', '.join(ids)}", "", f"{reason.rstrip('.')}.", ""]
        lines += _table(("Stack", "Construct", "Environment"), places)
    return lines


def _synthesize(folder: Path, environment: str) -> None:
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], "environment": environment}
    variables = {**os.environ, "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(context)}
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=variables, check=True)


def _opt_outs(assembly: Path) -> Iterator[tuple[str, ...]]:
    for stack, path, metadata in _resource_metadata(assembly):
        for practice, reason in metadata.get("cdk_containers", {}).get("opt_outs", {}).items():
            yield stack, path, practice, reason


def _acknowledged(assembly: Path) -> Iterator[tuple[str, ...]]:
    for stack, path, metadata in _resource_metadata(assembly):
        for skipped in metadata.get("checkov", {}).get("skip", ()):
            yield stack, path, "checkov", skipped["id"], skipped["comment"]
    for stack, _, metadata in _stacks(assembly):
        for path, entries in metadata.items():
            for entry in entries:
                if entry["type"] == "aws:cdk:acknowledged-rules":
                    for name, reason in entry["data"].items():
                        source, _, finding = name.partition("::")
                        if f"{source}::" == ACKNOWLEDGED_AS:
                            continue  # where it answers a finding, it is among those of our checks
                        checker = "cdk-nag" if source == "Annotation" else _CDK
                        yield stack, _inside(path), checker, finding, reason


def _accepted_by_our_checks(assembly: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield stack, path in the stack, practice and reason of each finding of our checks that is accepted."""
    names = {str(path): name.partition("-")[2] for name, path in stacks(assembly)}
    estate = Estate()
    unread = read_estate([assembly], estate)
    report = run_checks(estate, CHECKS, not_checked=unread)
    if unread or report.failures:
        raise ValueError(f"our checks find something in the reference stacks: {unread or report.failures[0]}")
    for finding in report.acknowledged:
        yield names[finding.path], _inside(finding.construct), finding.practice, finding.acknowledged


def _resource_metadata(assembly: Path) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield stack, path in the stack and metadata of each resource; an L2's own resource under the path of the L2."""
    for stack, template, metadata in _stacks(assembly):
        paths = {
            entry["data"]: path
            for path, entries in metadata.items()
            for entry in entries
            if entry["type"] == "aws:cdk:logicalId"
        }
        for logical_id, resource in template["Resources"].items():
            if "Metadata" in resource:
                yield stack, _inside(paths[logical_id]).removesuffix("/Resource"), resource["Metadata"]


def _stacks(assembly: Path) -> Iterator[tuple[str, Mapping[str, Any], Metadata]]:
    for name, path in sorted(stacks(assembly)):
        metadata = json.loads(path.with_name(path.name.replace(".template.", ".metadata.")).read_text())
        yield name.partition("-")[2], json.loads(path.read_text()), metadata


def _inside(path: str) -> str:
    return path.lstrip("/").partition("/")[2]


def _named(environments: set[str]) -> str:
    return " and ".join(sorted(environments))


# ---- Markdown


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [headings, ["---"] * len(headings), *rows]
    return [*(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines), ""]


def _cell(text: str) -> str:
    """Write text into a table: an escaped bar in a code span is one character on some sites, and two on others."""
    coded = re.sub(r"`([^`]*\|[^`]*)`", lambda found: f"<code>{escape(found[1], quote=False)}</code>", _one_line(text))
    return coded.replace("|", "&#124;")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _short(default: str) -> str:
    """Leave out what a default is explained with."""
    return re.split(r"; |: |, (?=since|so that|which|written)", default)[0]


if __name__ == "__main__":
    sys.exit(main())
