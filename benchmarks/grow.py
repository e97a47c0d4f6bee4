"""Make many of one kind in one app, and say what they took while there were few and when there were many.

Usage: grow.py KIND NUMBER, where KIND is one of `growing.py`; `scale.py` runs it in its own process. Linux only.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from os import getpid
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from growing import GROWING
from jsii._kernel.providers import process
from one_more import descendants, processor_seconds

_MIB = 1024


class Calls:
    """Counts the messages to CDK's process."""

    def __init__(self) -> None:
        self.number = 0
        calls, send = self, process._NodeProcess.send  # noqa: SLF001

        def counting(self: Any, request: Any, response_type: Any) -> Any:
            calls.number += 1
            return send(self, request, response_type)

        process._NodeProcess.send = counting  # type: ignore[method-assign]  # noqa: SLF001


def grow(kind: str, number: int, folder: str) -> dict[str, Any]:
    """Make some in ten parts, synthesize on the way, and return what each part took for one."""
    app = cdk.App(outdir=folder, context={"@aws-cdk/core:stackResourceLimit": 1_000_000})
    make, calls, part = GROWING[kind](cdk.Stack(app, "Benchmark")), Calls(), number // 10
    make(number + 1)  # whatever is made once
    processes = descendants()
    tenths: list[dict[str, float]] = []
    synths: dict[int, float] = {}

    def timed(act: Callable[[], object]) -> float:
        begin = processor_seconds(processes)
        act()
        return 1000 * (processor_seconds(processes) - begin)

    def synth() -> None:
        with contextlib.redirect_stdout(io.StringIO()):  # CDK reports the warnings of each synthesis
            app.synth(force=True)

    for tenth in range(10):
        numbers, before = range(1 + tenth * part, 1 + (tenth + 1) * part), calls.number
        taken = timed(lambda: [make(one) for one in numbers])  # noqa: B023  (called at once)
        tenths.append({"ms": taken / part, "calls": (calls.number - before) / part})
        if tenth in (0, 1, 5, 9):  # the first is to warm up
            synths[(tenth + 1) * part] = timed(synth)
    return {
        "tenths": tenths,
        "synths": synths,
        "python_mib": _resident(getpid()),
        "node_mib": sum(_resident(int(folder.name)) for folder in processes),
    }


def _resident(process_id: int) -> float:
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next((int(line.split()[1]) / _MIB for line in lines if line.startswith("VmRSS:")), 0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="grow-") as made_in:
        print(json.dumps(grow(sys.argv[1], int(sys.argv[2]), made_in)))
