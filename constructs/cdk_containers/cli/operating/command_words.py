"""A command for a container, after `--` on the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Any


def add_command_words(
    parser: ArgumentParser, usage: str, *, elsewhere: Mapping[str, ArgumentParser] | None = None
) -> None:
    """Let a parser read everything after `--` as the command of a container.

    Argparse accepts no list after options, and does not distinguish the words after `--` from others.

    Args:
        parser: The parser.
        usage: Usage line for the help.
        elsewhere: Parsers for first words with another meaning. Default: none.
    """
    parser.usage = usage
    parse = parser.parse_known_args

    def parse_known_args(args: Sequence[str] | None = None, namespace: Namespace | None = None) -> Any:
        own = list(args or ())
        if own and own[0] in (elsewhere or {}):
            return (elsewhere or {})[own[0]].parse_known_args(own[1:], namespace)
        words = own[own.index("--") + 1 :] if "--" in own else []
        found, rest = parse(own[: own.index("--")] if "--" in own else own, namespace)
        found.words = words
        return found, rest

    parser.parse_known_args = parse_known_args  # type: ignore[method-assign, assignment]
