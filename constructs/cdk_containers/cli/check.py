"""`cdk-containers check`: check templates and CDK apps against the practices."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from difflib import get_close_matches
from pathlib import Path

from cdk_containers.checks.engine import Check, Report, run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.reports import FORMATS, Results, render
from cdk_containers.checks.reports.baseline import Baseline, BaselineError
from cdk_containers.checks.reports.practice_text import explained
from cdk_containers.checks.reports.words import summary
from cdk_containers.checks.templates import Estate
from cdk_containers.core.practices import Severity

from .choosing import checks_chosen, practices_named
from .errors import UsageError
from .live import read_live
from .output import Output

_NEVER = "never"
_SEVERITIES = [str(severity) for severity in Severity]

_EPILOG = """\
exit codes:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on, neither acknowledged nor in a baseline
  2  wrong usage, or nothing could be read (with --live also: no credentials or no region)

A template or a service that cannot be read does not stop the others: the report lists what was not checked."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `check`."""
    add = parser.add_argument
    add("path", nargs="*", type=Path, metavar="PATH", help="templates, or folders with templates; cdk.out by default")
    add("--format", choices=tuple(FORMATS), default="table", metavar="FORMAT", help=_of(FORMATS, "table"))
    add("--output", type=Path, metavar="FILE", help="write the report to a file, and print only the number of findings")
    failing = (*_SEVERITIES, _NEVER)
    add("--fail-on", choices=failing, default="low", metavar="SEVERITY", help=_of(failing, "low"))
    add("--all", action="store_true", help="also report passed and undecided checks")
    add("--only", action="append", default=[], metavar="ID|AREA", help="run only these checks; may be repeated")
    add("--skip", action="append", default=[], metavar="ID|AREA", help="skip these checks; may be repeated")
    add("--baseline", type=Path, metavar="FILE", help="show only findings that are not in this file")
    add("--write-baseline", type=Path, metavar="FILE", help="write all findings to a baseline file, and exit with 0")
    add("--parameter", action="append", default=[], metavar="NAME=VALUE", help="value of a parameter; may be repeated")
    add("--assume-defaults", action="store_true", help="assume that parameters have their defaults")
    add("--live", action="store_true", help="check the deployed resources of an account, read-only")
    add("--region", action="append", default=[], metavar="REGION", help="region for --live; may be repeated")
    add("--profile", metavar="NAME", help="AWS profile for --live")
    add("--policy", action="store_true", help="print the IAM policy that --live needs, and exit")
    add("--explain", metavar="ID", help="explain a practice, and exit")
    parser.epilog = _EPILOG


def _of(values: object, default: str) -> str:
    return f"{', '.join(values)}; {default} by default"  # type: ignore[arg-type]


def run(arguments: Namespace) -> int:
    """Check, report, and return the exit code."""
    if arguments.explain:
        print("\n\n".join(explained(it) for it in practices_named([arguments.explain], option="--explain")))
        return 0
    if arguments.policy:
        print(json.dumps(_policy(), indent=2))
        return 0
    _refuse_what_does_not_fit(arguments)
    checks = checks_chosen(arguments.only, arguments.skip, live=arguments.live)
    output = Output.to(arguments.output)
    baseline = _baseline(arguments.baseline)
    report, estate = _live(arguments, checks) if arguments.live else _templates(arguments, checks)
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


# ---- the input


def _refuse_what_does_not_fit(arguments: Namespace) -> None:
    """Reject template options together with --live, and options of --live without it."""
    of_templates = {
        "PATH": arguments.path,
        "--parameter": arguments.parameter,
        "--assume-defaults": arguments.assume_defaults,
    }
    of_accounts = {"--region": arguments.region, "--profile": arguments.profile}
    if arguments.live:
        wrong = [f"{name} is for templates, and cannot be used with --live" for name, it in of_templates.items() if it]
    else:
        wrong = [f"{name} requires --live" for name, it in of_accounts.items() if it]
    if wrong:
        raise UsageError(*wrong)


def _policy() -> dict[str, object]:
    from cdk_containers.checks.live import read_only_policy  # noqa: PLC0415  (templates need no readers)

    return read_only_policy()


def _live(arguments: Namespace, checks: list[Check]) -> tuple[Report, Estate]:
    return read_live(arguments.region, arguments.profile, checks)


def _templates(arguments: Namespace, checks: list[Check]) -> tuple[Report, Estate]:
    estate, not_checked = _read(arguments)
    return run_checks(estate, checks, not_checked=not_checked), estate


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
        raise UsageError("no PATH given, and no folder cdk.out here")
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
