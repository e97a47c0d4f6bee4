"""`cdk-containers completion`: print the completion script for a shell, made by shtab."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from .choosing import names
from .commands import COMMANDS
from .errors import UsageError
from .main import command_parser

_SHELLS = {
    "bash": 'eval "$(cdk-containers completion bash)"  in ~/.bashrc',
    "zsh": 'eval "$(cdk-containers completion zsh)"  in ~/.zshrc, after compinit',
    "fish": "cdk-containers completion fish > ~/.config/fish/completions/cdk-containers.fish",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `completion`."""
    parser.add_argument("shell", choices=tuple(_SHELLS), metavar="SHELL", help="one of: " + ", ".join(_SHELLS))
    parser.epilog = "\n".join(["to install it:", *(f"  {shell:5} {line}" for shell, line in _SHELLS.items())])


def run(arguments: Namespace) -> int:
    """Print the script."""
    try:
        import shtab  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        raise UsageError("completion needs shtab: pip install 'cdk-containers[completion]'") from None
    parser = command_parser(COMMANDS)
    for action in (action for subcommand in parser.subcommands.values() for action in subcommand.added):
        if action.metavar in ("FILE", "PATH"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # it is where shtab looks
        elif action.metavar in ("ID", "ID|AREA"):
            action.choices = names()
    print(shtab.complete(parser, shell=arguments.shell))
    return 0
