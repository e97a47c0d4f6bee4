"""Runs `run local` in a separate process, and reads its lines as they come."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.local.images import PAUSE

PATIENCE = 240


@dataclass
class Running:
    """A run whose lines are read as they come."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self.lines.append(line.rstrip())
                self._more.notify_all()
        with self._more:
            self.lines.append("(the end)")
            self._more.notify_all()

    def until(self, pattern: str) -> str:
        """Wait for a line, and return it."""
        with self._more:
            found = self._more.wait_for(lambda: self._find(pattern) or self._find(r"\(the end\)"), PATIENCE)
        line = self._find(pattern)
        assert found, f"no {pattern!r}:\n{self.text}"
        assert line is not None, f"no {pattern!r}:\n{self.text}"
        return line

    def _find(self, pattern: str) -> str | None:
        return next((line for line in self.lines if re.search(pattern, line)), None)

    def place(self, pattern: str) -> int:
        return self.lines.index(self.until(pattern))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self.until(r"\(the end\)")
        return code


def start(environment: dict[str, str], folder: Path, *arguments: str) -> Running:
    command = [sys.executable, "-m", "cdk_containers.cli", "run", "local", "--engine", "podman", *arguments]
    return Running(
        subprocess.Popen(
            [*command, "--image", f"pause={PAUSE}"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
    )
