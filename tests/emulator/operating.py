"""Operate what is deployed in the emulator, by the command as somebody types it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from .cdk_cli import PATIENCE, Assembly, Emulator

TYPED = {
    "job": ("run", "Shop/Nightly"),
    "command": ("run", "Shop/Web", "--detach", "--", "python", "-c", "print('done')"),
}
"""What is typed, by a name for the tests."""


@dataclass(frozen=True)
class Typed:
    """How a command ended, what it said on its standard error, and what it printed."""

    code: int
    said: str
    printed: str


def type_commands(emulator: Emulator, assembly: Assembly) -> dict[str, Typed]:
    """Type each command in the folder of the assembly."""
    return {name: _type(emulator, assembly, *words) for name, words in TYPED.items()}


def _type(emulator: Emulator, assembly: Assembly, verb: str, name: str, *rest: str) -> Typed:
    finished = subprocess.run(
        [sys.executable, "-m", "cdk_containers.cli", verb, name, "--app", str(assembly.folder), *rest],
        env=emulator.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Typed(finished.returncode, finished.stderr, finished.stdout)
