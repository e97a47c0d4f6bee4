"""The Session Manager plugin, which handles sessions of ECS Exec and of forwarded ports."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .exits import USAGE, Stop

PLUGIN = "session-manager-plugin"
PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
_BY_ENVIRONMENT = (1, 2, 497, 0)
"""Later versions of the plugin accept a session in an environment variable, which other users cannot see."""
_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"
_TERMINAL_SIGNALS = ("SIGINT", "SIGQUIT", "SIGTSTP")


def find_plugin() -> str:
    """Return the path of the plugin.

    Raises:
        Stop: It is not installed.
    """
    found = shutil.which(PLUGIN)
    if found is None:
        raise Stop(USAGE, f"{PLUGIN} is not on the PATH, but a session needs it", f"install it: {PAGE}")
    return found


def run_plugin(plugin: str, session: Mapping[str, str], request: Mapping[str, Any], *, region: str, url: str) -> int:
    """Run a session until it ends. Return the exit code of the plugin, not that of the command in the container.

    Args:
        plugin: Path of the plugin.
        session: Id, token and URL of the session.
        request: Parameters of the request that opened the session.
        region: The region.
        url: Endpoint of Systems Manager in the region.
    """
    told = json.dumps({key: session.get(it, "") for key, it in _KEYS.items()})
    environment = dict(os.environ)
    if _version(plugin) > _BY_ENVIRONMENT:
        environment[_VARIABLE] = told
        told = _VARIABLE
    with _left_to_the_session():
        ran = subprocess.run(  # noqa: S603  (it is on the PATH of the user)
            [plugin, told, region, "StartSession", "", json.dumps(request), url], env=environment, check=False
        )
    return ran.returncode


_KEYS = {"SessionId": "sessionId", "TokenValue": "tokenValue", "StreamUrl": "streamUrl"}


def _version(plugin: str) -> tuple[int, ...]:
    said = subprocess.run(  # noqa: S603
        [plugin, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    found = re.search(r"\d+(\.\d+)+", said.stdout)
    return tuple(map(int, found[0].split("."))) if found else ()


@contextmanager
def _left_to_the_session() -> Iterator[None]:
    """Pass Ctrl-C and similar signals to the program in the container."""
    numbers = [getattr(signal, name) for name in _TERMINAL_SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    # A child process inherits ignored signals; the plugin sets its own handlers.
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
