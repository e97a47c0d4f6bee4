"""`cdk-containers check`: templates and CDK apps against the practices."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from difflib import get_close_matches
from pathlib import Path

from cdk_containers.checks.engine import Report, run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.reports import FORMATS, Results, render
from cdk_containers.checks.reports.baseline import Baseline, BaselineError
from cdk_containers.checks.reports.practice_text import explained
from cdk_containers.checks.reports.words import summary
from cdk_containers.checks.templates import Estate
from cdk_containers.core.practices import Severity

from .choosing import checks_chosen, practices_named
from .errors import UsageError
from .output import Output

_NEVER = "never"
_SEVERITIES = [str(severity) for severity in Severity]

_EPILOG = """\
exit codes:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on, that nobody has acknowledged and no baseline has
  2  wrong usage, or nothing could be read

A template that cannot be read does not stop the others: it is in the list of what was not checked."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `check`."""
    add = parser.add_argument
    add("path", nargs="*", type=Path, metavar="PATH", help="templates, or folders with templates; cdk.out by default")
    add("--format", choices=tuple(FORMATS), default="table", metavar="FORMAT", help=_of(FORMATS, "table"))
    add("--output", type=Path, metavar="FILE", help="write the report to a file, and print how many findings there are")
    failing = (*_SEVERITIES, _NEVER)
    add("--fail-on", choices=failing, default="low", metavar="SEVERITY", help=_of(failing, "low"))
    add("--all", action="store_true", help="report what passes and what cannot be told, too")
    add("--only", action="append", default=[], metavar="ID|AREA", help="run these checks only; may be repeated")
    add("--skip", action="append", default=[], metavar="ID|AREA", help="leave these checks out; may be repeated")
    add("--baseline", type=Path, metavar="FILE", help="count the findings that this file has, and show the others")
    add("--write-baseline", type=Path, metavar="FILE", help="write all findings to a baseline, and exit with 0")
    add("--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter's value; may be repeated")
    add("--assume-defaults", action="store_true", help="take parameters to have their defaults")
    add("--explain", metavar="ID", help="say what a practice is and why, and exit")
    parser.epilog = _EPILOG


def _of(values: object, default: str) -> str:
    return f"{', '.join(values)}; {default} by default"  # type: ignore[arg-type]


def run(arguments: Namespace) -> int:
    """Check, report, and return the exit code."""
    if arguments.explain:
        print("\n\n".join(explained(it) for it in practices_named([arguments.explain], option="--explain")))
        return 0
    checks = checks_chosen(arguments.only, arguments.skip)
    output = Output.to(arguments.output)
    baseline = _baseline(arguments.baseline)
    estate, not_checked = _read(arguments)
    report = run_checks(estate, checks, not_checked=not_checked)
    if arguments.write_baseline:
        _write_baseline(arguments.write_baseline, report)
        return 0
    if baseline:
        looked_at = {template.name for template in estate.templates}
        report = baseline.applied(report, practices={check.practice for check in checks}, paths=looked_at)
    results = Results(report, estate, everything=arguments.all, colour=output.colour, width=output.width)
    output.write(render(arguments.format, results), summary(report))
    return 1 if _fails(report, arguments.fail_on) else 0


def _fails(report: Report, threshold: str) -> bool:
    if threshold == _NEVER:
        return False
    counted = _SEVERITIES[: _SEVERITIES.index(threshold) + 1]
    return any(finding.severity in counted for finding in report.failures)


# ---- what is checked; further sources, such as what is deployed, go beside this one


def _read(arguments: Namespace) -> tuple[Estate, list[str]]:
    estate = Estate(assume_defaults=arguments.assume_defaults)
    given = _parameters(arguments.parameter)
    not_checked = read_estate(_paths(arguments.path), estate, arguments=given)
    if not estate.templates:
        raise UsageError(*not_checked)
    declared = {name for template in estate.templates if not template.nested_in for name in template.parameters}
    unknown = [_not_a_parameter(name, declared) for name in given if name not in declared]
    if unknown:
        raise UsageError(*unknown)
    return estate, not_checked


def _paths(given: list[Path]) -> list[Path]:
    if given:
        return given
    assembly = Path("cdk.out")
    if not assembly.is_dir():
        raise UsageError("no PATH was given, and there is no folder cdk.out here")
    return [assembly]


def _parameters(given: list[str]) -> dict[str, str]:
    wrong = [
        f"--parameter: {text!r} is not NAME=VALUE" for text in given if not text.partition("=")[0] or "=" not in text
    ]
    if wrong:
        raise UsageError(*wrong)
    return dict(text.split("=", 1) for text in given)


def _not_a_parameter(name: str, declared: set[str]) -> str:
    nearest = get_close_matches(name, sorted(declared), n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"--parameter: no template has a parameter {name!r}{hint}"


# ---- the baseline


def _baseline(path: Path | None) -> Baseline | None:
    if path is None:
        return None
    try:
        return Baseline.read(path)
    except BaselineError as error:
        raise UsageError(f"--baseline: {path}: {error}") from None


def _write_baseline(path: Path, report: Report) -> None:
    baseline = Baseline.of(report, path)
    Output.to(path, option="--write-baseline").write(baseline.text, f"{path}: {summary(report)}")
