"""`cdk-containers compose export`: write services and jobs of an app as a compose file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from .errors import UsageError
from .output import Output
from .run_local import add_shared_arguments, options_of


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `compose export`."""
    add_shared_arguments(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="the file; the standard output by default")


def run(arguments: Namespace) -> int:
    """Write the file."""
    from cdk_containers.local.exporting import export  # noqa: PLC0415  (what runs is imported when it runs)
    from cdk_containers.local.planning import LocalError  # noqa: PLC0415

    output = Output.to(arguments.output)
    try:
        text = export(options_of(arguments))
    except LocalError as error:
        raise UsageError(*error.problems) from None
    output.write(text.rstrip("\n"), f"{arguments.output}: written")
    return 0
