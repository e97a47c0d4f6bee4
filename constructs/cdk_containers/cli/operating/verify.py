"""`cdk-containers verify`: check the prerequisites of a deployment before it begins."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from .common import Operation, add_identity, operate

_LINE = {"ok": "ok", "fails": "FAILS", "not checked": "not checked"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `verify`."""
    add = parser.add_argument
    add("app", type=Path, nargs="?", default=Path("cdk.out"), metavar="DIR", help="the assembly; cdk.out by default")
    add("--only", action="append", default=[], metavar="STACK", help="only this stack, by its name; may be repeated")
    add("--strict", action="store_true", help="also exit with 1 if something could not be checked")
    add_identity(parser)
    parser.set_defaults(stack="", application="", environment="")


def run(arguments: Namespace) -> int:
    """Verify, and return 1 if something is missing."""
    return operate("verify", arguments, _verify)


def _verify(operation: Operation) -> int:
    from cdk_containers.operate.verifying.place import places_of  # noqa: PLC0415  (boto3 may not be installed)
    from cdk_containers.operate.verifying.verify import verify  # noqa: PLC0415

    arguments = operation.arguments
    found = []
    for place in places_of(arguments.app, operation.access, arguments.only):
        if not arguments.json:
            print(f"checking prerequisites in {place.api.name} …", file=sys.stderr, flush=True)
        for it in verify(place):
            found.append(it)
            if arguments.json:
                print(json.dumps({**asdict(it), "account": place.api.id, "region": place.api.region}), flush=True)
            elif it.verdict != "ok":
                print(f"{_LINE[it.verdict]:<12} {it.what} {it.name} of {it.where}: {it.says}", flush=True)
                print(f"{'':<12} {it.way}\n" if it.way else "", end="", flush=True)
    operation.print_unread()
    count = {verdict: sum(it.verdict == verdict for it in found) for verdict in _LINE}
    if not arguments.json:
        print(", ".join(f"{number} {verdict}" for verdict, number in count.items()))
    return int(count["fails"] > 0 or (arguments.strict and bool(count["not checked"] or operation.access.unread)))
