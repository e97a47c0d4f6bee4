"""`cdk-containers environments`: compare environments, find collisions, and bootstrap accounts."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from cdk_containers.environments import (
    Account,
    AssemblyError,
    DeployedStack,
    Difference,
    accounts_of,
    collisions,
    commands,
    differences,
    read_assembly,
    text_of,
)

from .errors import UsageError

_MOST_SHOWN = 8
_ACCOUNT = re.compile(r"[0-9]{12}")
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*]+")

_EXIT_CODES = """\
exit codes:
  0  done, and nothing collides
  1  stacks collide: `collisions` only
  2  wrong usage, or the assembly cannot be read"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `environments`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)

    def action(name: str, about: str) -> ArgumentParser:
        added: ArgumentParser = actions.add_parser(
            name, help=about, description=f"{about[0].upper()}{about[1:]}.", epilog=_EXIT_CODES
        )
        added.add_argument(
            "assemblies", nargs="*", type=Path, metavar="PATH", help="cloud assemblies; cdk.out by default"
        )
        return added

    compare = action("differences", "list differences between environments, except account, region and names")
    compare.add_argument(
        "--between", nargs=2, metavar=("ENV", "ENV"), help="two environments; by default each one and the next"
    )
    action("collisions", "list collisions between stacks of one account and region")
    bootstrap = action("bootstrap", "print the commands that bootstrap each account and region for CDK")
    bootstrap.add_argument(
        "--tools-account", metavar="ACCOUNT", help="the account of the pipeline, which the others trust"
    )
    bootstrap.add_argument(
        "--output",
        type=Path,
        default=Path(),
        metavar="DIR",
        help=("folder for the policies; the current folder by default"),
    )
    bootstrap.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="SERVICE:ACTION",
        help="additional action for CloudFormation; may be repeated",
    )


def run(arguments: Namespace) -> int:
    """Run the action, and return the exit code."""
    try:
        folders = arguments.assemblies or [Path("cdk.out")]
        stacks = [stack for folder in folders for stack in read_assembly(folder)]
        return {"differences": _differences, "collisions": _collisions, "bootstrap": _bootstrap}[arguments.action](
            stacks, arguments
        )
    except AssemblyError as error:
        raise UsageError(*error.problems) from None


# ---- differences


def _differences(stacks: Sequence[DeployedStack], arguments: Namespace) -> int:
    by_environment: dict[str, list[DeployedStack]] = {}
    for stack in stacks:
        if stack.environment:
            by_environment.setdefault(stack.environment, []).append(stack)
    for before, after in _pairs(arguments.between, list(by_environment)):
        found = differences(by_environment[before], by_environment[after])
        print(f"{before} → {after}: {_counted(len(found), 'difference')}")
        print("\n".join(_lines(found, before, after)))
    return 0


def _pairs(asked: Sequence[str] | None, known: list[str]) -> list[tuple[str, str]]:
    listed = ", ".join(known) or (
        "no environment; stacks belong to an environment by stage, or by the tag that Application sets"
    )
    if asked is None:
        if len(known) < 2:
            raise UsageError(f"differences: two environments are needed, but the assembly has {listed}")
        return list(pairwise(known))
    if unknown := [name for name in asked if name not in known]:
        raise UsageError(
            *(f"--between: there is no environment {name!r}; the assembly has {listed}" for name in unknown)
        )
    return [(asked[0], asked[1])]


def _lines(found: Sequence[Difference], before: str, after: str) -> Iterator[str]:
    for stack, of_stack in groupby(found, key=lambda it: it.stack):
        yield f"\n{stack}"
        for what, some in groupby(of_stack, key=lambda it: it.what):
            for index, one in enumerate(some):
                if not one.at:
                    yield f"  only in {before if one.after is None else after}: {what or 'the stack'}"
                    continue
                if index == 0:
                    yield f"  {what}"
                yield f"    {one.at}: {_side(one.before)} → {_side(one.after)}"


def _side(value: str | None) -> str:
    return "(not set)" if value is None else value


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


# ---- collisions


def _collisions(stacks: Sequence[DeployedStack], _: Namespace) -> int:
    found = collisions(stacks)
    for one in found:
        print(f"{one.severity}: {one.what}")
        print("\n".join(f"    {who}" for who in one.who[:_MOST_SHOWN]))
        if len(one.who) > _MOST_SHOWN:
            print(f"    and {len(one.who) - _MOST_SHOWN} more")
        print(f"    allowed: {one.allowed}\n")
    errors = sum(one.severity == "error" for one in found)
    print(
        f"{_counted(errors, 'error')}, {_counted(len(found) - errors, 'warning')} in {_counted(len(stacks), 'stack')}"
    )
    return 1 if errors else 0


# ---- bootstrap


def _bootstrap(stacks: Sequence[DeployedStack], arguments: Namespace) -> int:
    tools, folder = arguments.tools_account, arguments.output
    wrong = [f"--allow: {it!r} is not SERVICE:ACTION" for it in arguments.allow if not _ACTION.fullmatch(it)]
    if tools is not None and not _ACCOUNT.fullmatch(tools):
        wrong.append(f"--tools-account: {tools!r} is not an account id of 12 digits")
    if not folder.is_dir():
        wrong.append(f"--output: there is no folder {folder}")
    if wrong:
        raise UsageError(*wrong)
    for account in accounts_of(stacks, also=arguments.allow):
        try:
            (folder / account.file).write_text(text_of(account), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--output: {folder / account.file}: {error.strerror or error}") from None
        print("\n".join(_of_account(account, tools, folder)))
    return 0


def _of_account(account: Account, tools: str | None, folder: Path) -> Iterator[str]:
    yield f"# account {account.id}, with administrator credentials"
    for type_ in account.policy.unknown:
        yield f"# the permissions for {type_} are not known: add them with --allow SERVICE:ACTION"
    yield from commands(account, tools_account=tools, folder=str(folder))
    yield ""
