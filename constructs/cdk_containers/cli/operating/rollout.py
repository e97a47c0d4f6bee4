"""`cdk-containers rollout`: follow a deployment to its end, and return its result as the exit code."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from .common import Operation, add_where, duration, operate

if TYPE_CHECKING:
    from datetime import datetime

    from cdk_containers.operate.states import RolloutState
    from cdk_containers.operate.tell_progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `rollout`."""
    add = parser.add_argument
    add("name", metavar="NAME", help="the path of a service in the code, such as Shop/Web")
    add(
        "--deployment",
        default="",
        metavar="ID",
        help=("this deployment; by default the running deployment, or else the last"),
    )
    add("--timeout", type=duration, default="1h", metavar="TIME", help="exit with 5 after this time; 1h by default")
    add(
        "--keep-waiting",
        action="store_true",
        help=("keep following while it waits for a decision, instead of exiting with 6"),
    )
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Follow a deployment, and return how it ended."""
    return operate("rollout", arguments, _follow)


def _follow(operation: Operation) -> int:
    from cdk_containers.operate.exits import WAITS  # noqa: PLC0415  (boto3 may not be installed)
    from cdk_containers.operate.read_services import described  # noqa: PLC0415
    from cdk_containers.operate.tell_progress import Progress  # noqa: PLC0415
    from cdk_containers.operate.tell_rollouts import outcome  # noqa: PLC0415
    from cdk_containers.operate.watch import first_state, watch  # noqa: PLC0415

    arguments = operation.arguments
    target = operation.finder.one(arguments.name, "service", "express service")
    api = operation.api(target)
    tasks = described(api, target).get("desiredCount", 0)
    first = first_state(api, target, arguments.deployment)
    progress = Progress(target, first, tasks)
    display = _Display(operation, progress)
    state = first
    for state in watch(api, target, first, timeout=arguments.timeout):
        display.show(state, api.now())
        if state.waiting is not None and not arguments.keep_waiting:
            break
    code = outcome(state).code
    display.end(state, api.now(), waits=code == WAITS)
    return code


class _Display:
    """Redraws on a terminal, and prints a line for each change elsewhere."""

    def __init__(self, operation: Operation, progress: Progress) -> None:
        self._operation = operation
        self._progress = progress
        self._redraws = sys.stdout.isatty() and not operation.arguments.json and operation.moves
        self._drawn = 0

    def show(self, state: RolloutState, now: datetime) -> None:
        changed = self._progress.note(state, now)
        if self._redraws:
            self._draw(state, now)
        elif changed and self._operation.arguments.json:
            print(json.dumps(self._progress.data(state, now)), flush=True)
        elif changed:
            print(self._progress.line(state, now), flush=True)

    def _draw(self, state: RolloutState, now: datetime) -> None:
        from cdk_containers.operate.show import screen  # noqa: PLC0415

        told = self._progress.screen(state, now)
        text = screen(told, width=self._operation.width, colour=self._operation.colour, cut=True)
        back = f"\033[{self._drawn}A\r\033[J" if self._drawn else ""
        print(f"{back}{text}", flush=True)
        self._drawn = text.count("\n") + 1

    def end(self, state: RolloutState, now: datetime, *, waits: bool) -> None:
        if self._operation.arguments.json:
            return
        from cdk_containers.operate.tell_rollouts import waits_line  # noqa: PLC0415

        if waits:
            name = self._progress.target.name
            print(f"{name} waits for {waits_line(state, name, now).text}")
        else:
            print(self._progress.end(state, now))
