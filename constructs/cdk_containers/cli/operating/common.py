"""What the commands share: options, access to AWS, output and errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdk_containers.operate.exits import EXIT_CODES, USAGE, Stop, stopped_by
from cdk_containers.operate.needs import NEEDS

if TYPE_CHECKING:
    from cdk_containers.checks.live.refused import Refused
    from cdk_containers.operate.access import Access, Identity
    from cdk_containers.operate.api import Api
    from cdk_containers.operate.find import Finder
    from cdk_containers.operate.targets import Target

_INSTALL = 'this command needs boto3: pip install "cdk-containers[operations]"'
_WIDTH_OF_FILES = 100
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_READ_ONLY = "CDK_CONTAINERS_READ_ONLY"


def add_where(parser: ArgumentParser) -> None:
    """Add the options that all commands have."""
    add = parser.add_argument
    add("--app", type=Path, metavar="DIR", help="the assembly with the names; cdk.out by default, or else tags")
    add("--stack", default="", metavar="NAME", help="read the names from the template of this deployed stack")
    add("--application", default="", metavar="NAME", help="only resources with this tag `application`")
    add("--environment", default="", metavar="NAME", help="only resources of this environment, by tag or by stage")
    add_identity(parser)


def add_identity(parser: ArgumentParser) -> None:
    """Add the options for credentials and output."""
    add = parser.add_argument
    add("--region", metavar="REGION", help="the region, if the stack does not set it")
    add("--profile", metavar="NAME", help="the AWS profile")
    add("--role", metavar="ARN", help="a role to assume; `lookup` for the lookup role of CDK")
    add("--json", action="store_true", help="print JSON, including errors")
    add("--read-only", action="store_true", help=f"refuse all changes; the same as {_READ_ONLY}=1")
    parser.epilog = EXIT_CODES


def add_yes(parser: ArgumentParser) -> None:
    """Add the option of commands that change something."""
    parser.add_argument("--yes", action="store_true", help="do not ask before changes")


def add_since(parser: ArgumentParser, default: str, why: str) -> None:
    """Add the option for the start of the period."""
    help_ = f"such as 30m, 12h or 2d: {why}; {default} by default"
    parser.add_argument("--since", type=duration, default=default, metavar="TIME", help=help_)


def duration(text: str) -> timedelta:
    """Read `90s`, `10m`, `2h` or `1d`."""
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a time such as 30m, 12h or 2d")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


class Operation:
    """A running command.

    Attributes:
        name: Name of the command.
        arguments: Its arguments.
        finder: Finds targets by name.
        access: Access to AWS.
    """

    def __init__(self, name: str, arguments: Namespace, access: Access) -> None:
        from cdk_containers.operate.find import Finder, Where  # noqa: PLC0415  (boto3 may not be installed)

        self.name = name
        self.arguments = arguments
        self.access = access
        where = Where(
            app=arguments.app,
            stack=arguments.stack,
            application=arguments.application,
            environment=arguments.environment,
        )
        self.finder: Finder = Finder(access, where)

    def api(self, target: Target) -> Api:
        """Return the API of a target's account and region."""
        return self.access.api(target.account, target.region)

    @property
    def colour(self) -> bool:
        """Whether to use colours."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return sys.stdout.isatty() and not plain

    @property
    def moves(self) -> bool:
        """Whether the terminal can move its cursor."""
        return os.environ.get("TERM") != "dumb"

    def where(self, target: Target) -> str:
        """Return the name and the location of a target."""
        return f"{target.name} ({', '.join(it for it in (target.environment, target.account, target.region) if it)})"

    @property
    def width(self) -> int:
        """Width of a line in characters."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH_OF_FILES

    def confirm(self, question: str) -> None:
        """Ask before something changes, unless `--yes` says so already.

        Raises:
            Stop: The answer is no, or there is no terminal to ask on.
        """
        if self.arguments.yes:
            return
        if not sys.stdin.isatty():
            raise Stop(USAGE, f"{question} There is no terminal to answer on", "add --yes to skip the question")
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Stop(USAGE, "nothing was changed")

    def print(self, text: str, data: Mapping[str, Any]) -> None:
        """Print a result, as text or as one line of JSON."""
        print(json.dumps(data) if self.arguments.json else text, flush=True)

    def print_unread(self) -> None:
        """Print what could not be read, if the output has no place for it."""
        for why in self.access.unread:
            print(f"not read: {why}", file=sys.stderr)


def operate(name: str, arguments: Namespace, act: Callable[[Operation], int]) -> int:
    """Run a command. Print errors of AWS and of names, and return their exit codes."""
    try:
        try:
            return act(_operation(name, arguments))
        except ImportError as error:
            if (error.name or "").partition(".")[0] not in ("boto3", "botocore"):
                raise
            raise Stop(USAGE, _INSTALL) from None
        except _refused() as refused:
            raise stopped_by(refused, name) from None
    except Stop as stop:
        _print_stop(stop, as_json=arguments.json)
        return stop.code


def make_access(identity: Identity, allowed: Mapping[str, tuple[str, ...]]) -> Access:
    """Return the access to AWS."""
    from cdk_containers.operate.access import Access  # noqa: PLC0415

    return Access(identity, allowed=allowed)


def _operation(name: str, arguments: Namespace) -> Operation:
    need = NEEDS[name]
    if need.changes and (arguments.read_only or os.environ.get(_READ_ONLY, "") not in ("", "0")):
        raise Stop(USAGE, f"{name} changes deployed resources, which is turned off (--read-only or {_READ_ONLY})")
    from cdk_containers.operate.access import Identity  # noqa: PLC0415

    identity = Identity(profile=arguments.profile, region=arguments.region, role=arguments.role)
    return Operation(name, arguments, make_access(identity, need.calls))


def _refused() -> type[Refused]:
    from cdk_containers.checks.live.refused import Refused  # noqa: PLC0415

    return Refused


def _print_stop(stop: Stop, *, as_json: bool) -> None:
    if as_json:
        print(stop.as_json, file=sys.stderr)
        return
    print(f"cdk-containers: {stop.problem}", file=sys.stderr)
    for way in filter(None, stop.ways):
        print(f"  {way}", file=sys.stderr)
