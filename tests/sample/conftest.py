"""Starts the services as ECS does: a process with an environment, and nothing else."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[2] / "sample"

PATIENCE = 300
"""Seconds after which something hangs, and is not merely slow."""


class Service:
    """One running service."""

    def __init__(self, name: str, cwd: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SAMPLE / name / "main.py")],
            cwd=cwd,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(SAMPLE),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONUNBUFFERED": "1",
                "PORT": "0",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[dict[str, Any]] = []
        self.port: int = self.next_line()["port"]
        self.url = f"http://127.0.0.1:{self.port}"

    def next_line(self) -> dict[str, Any]:
        """Wait for the next line of the log."""
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        assert text, f"the service ended: {self.process.communicate()[1]}"
        self.lines.append(json.loads(text))
        return self.lines[-1]

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def request(self, method: str, path: str, **headers: str) -> tuple[HTTPResponse, str]:
        connection = self.connect()
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response, body

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was written to stderr. The log goes on in `lines`."""
        out, err = self.process.communicate(timeout=PATIENCE)
        self.lines.extend(json.loads(line) for line in out.splitlines())
        return self.process.returncode, err

    def kill(self) -> None:
        """End it now, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


Start = Callable[..., Service]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start services by name, in a directory that needs no write access. Running services are killed at the end."""
    with ExitStack() as stack:

        def start_one(name: str, *, cwd: str = "/", **environment: str) -> Service:
            service = Service(name, cwd, environment)
            stack.callback(service.kill)
            return service

        yield start_one
