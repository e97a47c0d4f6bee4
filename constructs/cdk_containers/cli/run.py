"""`cdk-containers run`: containers of an app, started by hand."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module

ACTIONS = {"local": "run services and jobs of an app on this machine"}
"""The ways to run, each with its line of help; each is the module `run_…` of its name."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the ways to run."""
    actions = parser.add_subparsers(dest="action", metavar="WHERE", title="where", required=True)
    for name, summary in ACTIONS.items():
        action = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        import_module(f".run_{name}", __package__).add_arguments(action)


def run(arguments: Namespace) -> int:
    """Run, and return the exit code."""
    code: int = import_module(f".run_{arguments.action}", __package__).run(arguments)
    return code
