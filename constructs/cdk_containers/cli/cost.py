"""`cdk-containers cost`: estimate the monthly cost of templates and of a change, and compare capacities."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import UsageError
from .output import Output

if TYPE_CHECKING:
    from cdk_containers.checks.templates import Estate
    from cdk_containers.costs import Bill, Prices

_COMPARE, _UPDATE = "compare", "update"
_INSTALL = 'fetching prices needs boto3: pip install "cdk-containers[live]"'

_EPILOG = """\
cdk-containers cost cdk.out                          a bill for each stack
cdk-containers cost new.out --diff cdk.out           the cost of a change
cdk-containers cost compare --cpu 512 --memory 1024 --tasks 8
                                                     one workload on every kind of capacity
cdk-containers cost update --region eu-west-1        fetch prices, with your credentials (pricing:GetProducts)

The package has prices of us-east-1. It never guesses: prices that are missing are reported.

exit codes:
  0  done
  2  wrong usage, nothing could be read, or there are no prices for the region"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `cost`."""
    add = parser.add_argument
    add("what", nargs="*", metavar="PATH|compare|update", help="templates and folders, cdk.out by default; or a word")
    add("--region", metavar="REGION", help="region of the prices; that of the stacks by default")
    add("--diff", type=Path, metavar="PATH", help="the current templates: print the cost of a change to them")
    add("--run-minutes", action="append", default=[], metavar="JOB=MINUTES", help="duration of a job run")
    add("--json", action="store_true", help="print JSON")
    add("--output", type=Path, metavar="FILE", help="write to a file")
    add("--prices", type=Path, metavar="FILE", help=f"the file of fetched prices; {_shown(prices_file())} by default")
    add("--cpu", type=int, metavar="UNITS", help="compare: CPU units of a task, 1024 for a vCPU")
    add("--memory", type=int, metavar="MIB", help="compare: memory of a task in MiB")
    add(
        "--tasks",
        type=int,
        default=2,
        metavar="COUNT",
        help=("compare: number of tasks that run all month; 2 by default"),
    )
    add("--zones", type=int, default=2, metavar="COUNT", help="compare: number of zones; 2 by default")
    add("--arm", action="store_true", help="compare: tasks for ARM64")
    add("--instance-type", action="append", default=[], metavar="TYPE", help="compare, update: one of these types")
    add("--profile", metavar="NAME", help="update: the AWS profile")
    parser.epilog = _EPILOG


def run(arguments: Namespace) -> int:
    """Print a bill, a difference or a comparison, or fetch prices; return the exit code."""
    word = arguments.what[0] if arguments.what else ""
    _refuse_what_does_not_fit(arguments, word)
    if word == _UPDATE:
        return _update(arguments)
    if word == _COMPARE:
        return _compare(arguments)
    return _cost(arguments)


def prices_file() -> Path:
    """Return the path of the file with fetched prices."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "cdk-containers" / "prices.json"


def _shown(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _refuse_what_does_not_fit(arguments: Namespace, word: str) -> None:
    of_compare = {"--cpu": arguments.cpu, "--memory": arguments.memory, "--arm": arguments.arm}
    of_bills = {"--diff": arguments.diff, "--run-minutes": arguments.run_minutes}
    wrong = []
    if word != _COMPARE:
        wrong += [f"{name} requires 'cost compare'" for name, it in of_compare.items() if it]
    else:
        wrong += [f"'cost compare' needs {name}" for name in ("--cpu", "--memory") if not of_compare[name]]
    if word in {_COMPARE, _UPDATE}:
        wrong += [f"{name} requires a PATH" for name, it in of_bills.items() if it]
        wrong += [f"'cost {word}' does not accept a PATH: {path}" for path in arguments.what[1:]]
    elif arguments.instance_type:
        wrong.append("--instance-type requires 'cost compare' or 'cost update'")
    if word != _UPDATE and arguments.profile:
        wrong.append("--profile requires 'cost update'")
    if wrong:
        raise UsageError(*wrong)


# ---- bills


def _cost(arguments: Namespace) -> int:
    from cdk_containers.costs import difference  # noqa: PLC0415  (each word needs another part)
    from cdk_containers.costs.report import bill_data, bill_text, difference_data, difference_text  # noqa: PLC0415

    minutes = _minutes(arguments.run_minutes)
    paths = [Path(it) for it in arguments.what] or [_default()]
    estate, unread = _estate(paths)
    prices = _prices(arguments, _region(arguments.region, estate))
    bill = _bill(estate, prices, minutes)
    output = Output.to(arguments.output)
    if arguments.diff is None:
        text = json.dumps(bill_data(bill), indent=2) if arguments.json else bill_text(bill)
    else:
        before, more = _estate([arguments.diff], option="--diff: ")
        unread += more
        change = difference(_bill(before, prices, minutes), bill)
        text = json.dumps(difference_data(change), indent=2) if arguments.json else difference_text(change)
    if unread and not arguments.json:
        text += "\n\nnot read\n" + "\n".join(f"  {why}" for why in unread)
    output.write(text, f"{arguments.output}: {bill.low:,.2f} – {bill.high:,.2f} USD a month")
    return 0


def _default() -> Path:
    folder = Path("cdk.out")
    if not folder.is_dir():
        raise UsageError("no PATH given, and no folder cdk.out here")
    return folder


def _estate(paths: list[Path], *, option: str = "") -> tuple[Estate, list[str]]:
    from cdk_containers.checks.reading import read_estate  # noqa: PLC0415
    from cdk_containers.checks.templates import Estate  # noqa: PLC0415

    estate = Estate(assume_defaults=True)
    unread = read_estate(paths, estate)
    if not estate.templates:
        raise UsageError(*(f"{option}{why}" for why in unread))
    return estate, unread


def _bill(estate: Estate, prices: Prices, minutes: Mapping[str, float]) -> Bill:
    from cdk_containers.costs import estimate  # noqa: PLC0415

    return estimate(estate, prices, run_minutes=minutes)


def _region(given: str | None, estate: Estate) -> str:
    """Return the requested region, or that of the stacks."""
    if given:
        return given
    environments = {template.environment.rpartition("/")[2] for template in estate.templates if template.environment}
    known = environments - {"unknown-region"}
    if len(known) == 1:
        return known.pop()
    why = f"the stacks are for {', '.join(sorted(known))}" if known else "the templates have no region"
    raise UsageError(f"{why}; add --region")


def _prices(arguments: Namespace, region: str) -> Prices:
    from cdk_containers.costs import read_prices  # noqa: PLC0415
    from cdk_containers.costs.prices import regions  # noqa: PLC0415

    try:
        prices = read_prices(region, arguments.prices or prices_file())
    except ValueError as error:
        raise UsageError(f"--prices: {error}") from None
    if not prices:
        there = " and ".join(regions())
        raise UsageError(
            f"there are no prices for {region}: fetch them with 'cdk-containers cost update --region {region}', or use "
            f"those of {there} with --region"
        )
    return prices


def _minutes(given: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    wrong = []
    for text in given:
        name, _, minutes = text.rpartition("=")
        try:
            found[name] = float(minutes)
        except ValueError:
            name = ""
        if not name or not 0 < found.get(name, 0) < float("inf"):
            wrong.append(f"--run-minutes: {text!r} is not JOB=MINUTES")
    if wrong:
        raise UsageError(*wrong)
    return found


# ---- comparing


def _compare(arguments: Namespace) -> int:
    from cdk_containers.core.errors import ConstructError  # noqa: PLC0415
    from cdk_containers.costs import compare_capacity  # noqa: PLC0415
    from cdk_containers.costs.report import comparison_data, comparison_text  # noqa: PLC0415

    prices = _prices(arguments, arguments.region or "us-east-1")
    try:
        found = compare_capacity(
            prices,
            cpu=arguments.cpu,
            memory_mib=arguments.memory,
            tasks=arguments.tasks,
            architecture="ARM64" if arguments.arm else "X86_64",
            zones=arguments.zones,
            instances=arguments.instance_type or None,
        )
    except ConstructError as error:
        raise UsageError(*map(str, error.problems)) from None
    text = json.dumps(comparison_data(found), indent=2) if arguments.json else comparison_text(found)
    best = found.cheapest
    summary = f"{arguments.output}: {best.capacity if best else 'no price'}"
    Output.to(arguments.output).write(text, summary)
    return 0


# ---- fetching


def _update(arguments: Namespace) -> int:
    if not arguments.region:
        raise UsageError("'cost update' needs --region")
    file = arguments.prices or prices_file()
    from cdk_containers.costs.update import ACTION, fetch_prices  # noqa: PLC0415

    client, failures = _client(arguments.profile)
    try:
        fetched = fetch_prices(client.get_products, arguments.region, instance_types=tuple(arguments.instance_type))
    except failures as error:
        raise UsageError(f"'cost update': {error} (it calls {ACTION})") from None
    if not fetched.prices:
        raise UsageError(f"'cost update': the Price List has no prices for {arguments.region}")
    try:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(fetched.text(before), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"--prices: {file}: {error}") from None
    print(f"{file}: {len(fetched.prices)} prices for {arguments.region}")
    if fetched.missing:
        print(f"no price, or several: {', '.join(fetched.missing)}")
    return 0


def _client(profile: str | None) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return the client of the Price List, and the errors that its calls raise."""
    try:
        import boto3  # noqa: PLC0415  (only who fetches prices needs it)
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ImportError:
        raise UsageError(f"'cost update': {_INSTALL}") from None
    from cdk_containers.costs.update import ENDPOINT_REGION  # noqa: PLC0415

    try:
        session = boto3.Session(profile_name=profile)
        return session.client("pricing", region_name=ENDPOINT_REGION), (BotoCoreError, ClientError)
    except BotoCoreError as error:
        raise UsageError(f"'cost update': {error}") from None
