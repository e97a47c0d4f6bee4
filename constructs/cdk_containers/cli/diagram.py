"""`cdk-containers diagram`: draw the resources of an app's stacks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from difflib import get_close_matches
from pathlib import Path

from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.templates import Estate
from cdk_containers.diagrams import FORMATS, Drawing, drawing_of

from .errors import UsageError
from .output import Output

_EPILOG = """\
GitHub and GitLab render Mermaid in Markdown files. For a picture, use Graphviz:
  cdk-containers diagram --stack dev-shop --format dot | dot -Tsvg > shop.svg

exit codes:
  0  drawn
  2  wrong usage, or nothing could be read"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `diagram`."""
    add = parser.add_argument
    add("path", nargs="*", type=Path, metavar="PATH", help="templates, or folders with templates; cdk.out by default")
    add("--stack", action="append", default=[], metavar="NAME", help="draw only this stack; may be repeated")
    add("--format", choices=tuple(FORMATS), default="mermaid", help=f"{', '.join(FORMATS)}; mermaid by default")
    add("--output", type=Path, metavar="FILE", help="write to a file")
    parser.epilog = _EPILOG


def run(arguments: Namespace) -> int:
    """Draw, and return the exit code."""
    output = Output.to(arguments.output)
    estate = Estate(assume_defaults=True)
    skipped = read_estate(arguments.path or [Path("cdk.out")], estate)
    if not estate.templates:
        raise UsageError(*skipped)
    drawings = _chosen([drawing_of(template) for template in estate.templates], arguments.stack)
    write = FORMATS[arguments.format]
    texts = [write(drawing) for drawing in drawings]
    if arguments.format == "mermaid":
        texts = [f"## {it.title}\n\n```mermaid\n{text}```\n" for it, text in zip(drawings, texts, strict=True)]
    output.write("\n".join(texts).rstrip("\n"), f"{len(drawings)} drawings")
    return 0


def _chosen(drawings: list[Drawing], names: list[str]) -> list[Drawing]:
    if not names:
        return [drawing for drawing in drawings if drawing.boxes]
    by_title = {drawing.title: drawing for drawing in drawings}
    problems = []
    for name in names:
        if name not in by_title:
            near = get_close_matches(name, by_title, n=1)
            advice = f"did you mean {near[0]}?" if near else f"existing stacks: {', '.join(sorted(by_title))}"
            problems.append(f"--stack: there is no stack {name}; {advice}")
    if problems:
        raise UsageError(*problems)
    return [by_title[name] for name in names]
