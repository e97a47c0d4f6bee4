"""What one more costs in a large app: as much as in a small one, counted and not timed.

Counted are the calls into CDK's process and the lines of this library that run, loops included. A search through all
that was made before shows as more lines for each more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from jsii._kernel.providers import process

import cdk_containers
from cdk_containers.eks.delivery.apply_order import in_order

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from growing import GROWING  # noqa: E402  (a script among scripts, which find each other by name)

from tests.remembering import forgetting  # noqa: E402

_LIBRARY = str(Path(cdk_containers.__file__).parent)


class Work(NamedTuple):
    calls: int
    lines: int

    def __sub__(self, other: Work) -> Work:
        return Work(self.calls - other.calls, self.lines - other.lines)


@contextmanager
def counting() -> Iterator[Callable[[], Work]]:
    calls, lines, send, traced = 0, 0, process._NodeProcess.send, sys.gettrace()

    def count_call(self: Any, *request: Any) -> Any:
        nonlocal calls
        calls += 1
        return send(self, *request)

    def count_line(_frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count_line

    def enter(frame: FrameType, _event: str, _: object) -> Any:
        return count_line if frame.f_code.co_filename.startswith(_LIBRARY) else None

    process._NodeProcess.send = count_call  # type: ignore[method-assign]
    sys.settrace(enter)
    try:
        yield lambda: Work(calls, lines)
    finally:
        sys.settrace(traced)
        process._NodeProcess.send = send  # type: ignore[method-assign]


def work_of(act: Callable[[], object]) -> Work:
    with forgetting(), counting() as counted:
        act()
        return counted()


@pytest.mark.parametrize("kind", list(GROWING))
def test_the_eighth_takes_as_much_work_as_the_third(kind: str, tmp_path: Path):
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False, context={"@aws-cdk/core:stackResourceLimit": 10_000})
    make = GROWING[kind](cdk.Stack(app, "Shop"))
    made: list[Work] = []
    synthesized: list[Work] = []
    first = 100 + 10 * list(GROWING).index(kind)  # names of its own: what was parsed for another kind is remembered
    for number in range(1, 9):
        made.append(work_of(lambda: make(first + number)))  # noqa: B023  (called at once)
        if number in (2, 5, 8):
            if number == 2:
                app.synth(force=True)  # what is made once, at the first synthesis
            synthesized.append(work_of(lambda: app.synth(force=True)))
    assert made[7] == made[2], "the second may still be the first with another before it"
    assert made[7].lines > 50, "the library's own lines are counted"
    few, some, many = synthesized
    assert many - some == some - few


def test_what_goes_through_all_before_is_counted():
    def through(size: int) -> Work:
        files = {f"file-{number}": () for number in range(size)}
        return work_of(lambda: list(in_order(files)))

    assert through(20).lines > through(10).lines > 10
    assert work_of(cdk.App) == Work(calls=1, lines=0)
