"""`cdk-containers run`: run a one-off task of a deployed service or job; `run local`: run an app on this machine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from . import run_local
from .operating import run_task
from .operating.command_words import add_command_words

_USAGE = "cdk-containers run NAME [options] [-- COMMAND ...]\n       cdk-containers run local STACK[/SERVICE] [options]"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of a one-off task, and the options of a local run after the word `local`."""
    what = "Run services and jobs of an app on this machine."
    local = type(parser)(prog=f"{parser.prog} local", description=what)
    run_local.add_arguments(local)
    local.set_defaults(run=run_local.run)
    run_task.add_arguments(parser)
    add_command_words(parser, _USAGE, elsewhere={"local": local})
    parser.epilog = f"`cdk-containers run local --help` describes runs on this machine.\n\n{parser.epilog}"


def run(arguments: Namespace) -> int:
    """Run a one-off task, and return the exit code."""
    return run_task.run(arguments)
