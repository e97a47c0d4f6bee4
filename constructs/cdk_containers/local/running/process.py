"""Calls the engine."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress

from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import LocalError

_LONGEST_LINE = 1 << 20


@frozen
class Done:
    """A finished call."""

    code: int
    out: str
    err: str

    @property
    def why(self) -> str:
        """The last error message."""
        lines = [line for line in self.err.strip().splitlines() if line.strip()]
        errors = [line for line in lines if "rror" in line]
        return (errors or lines or [f"exit code {self.code}"])[-1].strip()


class Caller:
    """Calls an engine. Ctrl-C does not reach its processes."""

    def __init__(self, command: str) -> None:
        self._command = command

    async def call(self, arguments: Sequence[str], *, hidden: Mapping[str, str] | None = None, text: str = "") -> Done:
        """Call the engine and wait for it.

        Args:
            arguments: Arguments of the engine.
            hidden: Additional environment variables.
            text: Standard input.
        """
        process = await self._start(arguments, hidden, errors=PIPE, text=bool(text))
        try:
            out, err = await process.communicate(text.encode() if text else None)
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        return Done(code=process.returncode or 0, out=out.decode(errors="replace"), err=err.decode(errors="replace"))

    async def demand(self, arguments: Sequence[str], *, hidden: Mapping[str, str] | None = None, text: str = "") -> str:
        """Call the engine and return what it prints.

        Raises:
            LocalError: The call failed.
        """
        done = await self.call(arguments, hidden=hidden, text=text)
        if done.code:
            raise LocalError(f"{self._command} {arguments[0]}: {done.why}")
        return done.out.strip()

    async def attach(self, arguments: Sequence[str]) -> Process:
        """Start the engine with its standard output and standard error in one stream."""
        return await self._start(arguments, None, errors=STDOUT, text=False)

    async def _start(
        self, arguments: Sequence[str], hidden: Mapping[str, str] | None, *, errors: int, text: bool
    ) -> Process:
        return await asyncio.create_subprocess_exec(
            self._command,
            *arguments,
            stdin=PIPE if text else DEVNULL,
            stdout=PIPE,
            stderr=errors,
            env={**os.environ, **hidden} if hidden else None,
            start_new_session=True,
            limit=_LONGEST_LINE,
        )
