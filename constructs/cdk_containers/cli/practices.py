"""`cdk-containers practices`: list the practices, or show one."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from cdk_containers.checks.reports.practice_text import as_data, catalogue_table, explained

from .choosing import practices_named


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `practices`."""
    parser.add_argument("name", nargs="*", metavar="ID|AREA", help="practices or areas; all by default")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="table, the default, or json")


def run(arguments: Namespace) -> int:
    """Print the practices. A single practice is printed with all details."""
    chosen = practices_named(arguments.name, option="practices")
    if arguments.format == "json":
        print(json.dumps([as_data(practice) for practice in chosen], indent=2))
    elif len(chosen) == 1:
        print(explained(chosen[0]))
    else:
        print(catalogue_table(chosen))
    return 0
