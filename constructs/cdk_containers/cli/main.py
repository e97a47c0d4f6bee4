"""The entry point, which imports only the subcommand that is called."""

from __future__ import annotations

import gc
import io
import os
import sys
from argparse import Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Container, Sequence
from importlib import import_module
from typing import Any, NoReturn

from .commands import COMMANDS, module_of
from .errors import UsageError

_WRONG_USAGE = 2
_INTERRUPTED = 130
_READER_GONE = 141

_EPILOG = """\
exit codes:
  0  done, without findings
  1  findings at or above --fail-on
  2  wrong usage, or nothing could be read
  3-6  of commands for deployed resources: 'cdk-containers status --help' lists them

'cdk-containers COMMAND --help' shows the options of a command."""


def _wide(prog: str) -> RawDescriptionHelpFormatter:
    return RawDescriptionHelpFormatter(prog, max_help_position=28)


class Parser(ArgumentParser):
    """A parser with one-line errors instead of the whole usage text.

    Attributes:
        added: Its arguments.
        subcommands: The parsers of the subcommands.
    """

    def __init__(self, **options: Any) -> None:
        self.added: list[Action] = []
        self.subcommands: dict[str, Parser] = {}
        super().__init__(formatter_class=_wide, allow_abbrev=False, **options)

    def add_argument(self, *names: Any, **options: Any) -> Action:
        """Add an argument, and record it for completion."""
        self.added.append(super().add_argument(*names, **options))
        return self.added[-1]

    def error(self, message: str) -> NoReturn:
        """Report a usage error."""
        raise UsageError(f"{message} (see '{self.prog} --help')")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name in a template must not stop a report
    collects = gc.isenabled()
    gc.disable()  # garbage collection takes a tenth of the time and frees little before the report is written
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except UsageError as error:
        for problem in error.problems:
            print(f"cdk-containers: {problem}", file=sys.stderr)
        return _WRONG_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # otherwise Python prints an error at exit
        return _READER_GONE
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        if collects:
            gc.enable()
    return code


def command_parser(wanted: Container[str]) -> Parser:
    """Return the parser, with the options of the requested subcommands."""
    parser = Parser(prog="cdk-containers", description="Containers on AWS, right by default.", epilog=_EPILOG)
    parser.add_argument("--version", action="store_true", help="show the version, and exit")
    subcommands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        subcommand = subcommands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        parser.subcommands[name] = subcommand
        if name in wanted:
            module = import_module(module_of(name), __package__)
            module.add_arguments(subcommand)
            subcommand.set_defaults(run=module.run)
    return parser


def _run(argv: Sequence[str]) -> int:
    wanted = next((argument for argument in argv if not argument.startswith("-")), "")
    parser = command_parser({wanted})
    arguments: Namespace = parser.parse_args(argv)
    if arguments.version:
        from cdk_containers.core.version import VERSION  # noqa: PLC0415  (only on request)

        print(f"cdk-containers {VERSION}")
        return 0
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return _WRONG_USAGE
    code: int = arguments.run(arguments)
    return code
