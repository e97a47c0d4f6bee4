"""Draw docs/images/rollout-*.svg: tasks and traffic while a new version takes over, as the model of rollouts has it.

Usage: plot_rollouts.py [--check]

  --check  write nothing, and fail if a picture is not as it would be drawn
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "constructs"), str(ROOT)]

from pictures import INK, text_at, write_pictures  # noqa: E402

from cdk_containers.model.rollouts import (  # noqa: E402
    Moment,
    RollingSteps,
    Rollout,
    RolloutSteps,
    ShiftSteps,
    TrafficShift,
    plan_rollout,
)

TASKS = 4
MINUTE = 60

_SHARES = (20, 40, 60, 80)
DEPLOYMENTS: Mapping[str, tuple[str, RolloutSteps]] = {
    "rolling": ("Rolling, 100–200 %", RollingSteps(min_healthy_percent=100, max_healthy_percent=200)),
    "rolling-batches": ("Rolling, 100–150 %", RollingSteps(min_healthy_percent=100, max_healthy_percent=150)),
    "rolling-in-place": ("Rolling, 50–100 %", RollingSteps(min_healthy_percent=50, max_healthy_percent=100)),
    "blue-green": (
        "Blue/green, 5 minutes of bake time",
        ShiftSteps(shifts=(TrafficShift(percent=100, bake_seconds=5 * MINUTE),)),
    ),
    "canary": (
        "Canary, 10 % for 5 minutes, then 5 minutes of bake time",
        ShiftSteps(
            shifts=(
                TrafficShift(percent=10, bake_seconds=5 * MINUTE),
                TrafficShift(percent=100, bake_seconds=5 * MINUTE),
            )
        ),
    ),
    "linear": (
        "Linear, 20 % every 2 minutes, then 5 minutes of bake time",
        ShiftSteps(
            shifts=(
                *(TrafficShift(percent=share, bake_seconds=2 * MINUTE) for share in _SHARES),
                TrafficShift(percent=100, bake_seconds=5 * MINUTE),
            )
        ),
    ),
}

_LEFT, _RIGHT, _WIDTH = 64, 700, 720
_TASKS_TOP, _TASKS_BOTTOM = 84, 228
_TRAFFIC_TOP, _TRAFFIC_BOTTOM = 262, 322
_HEIGHT = 372
_OLD, _NEW, _PALE, _PAPER, _GRID = "#d9a15f", "#2f5f9e", "#6b7280", "#ffffff", "#e5e7eb"


def plan(name: str) -> Rollout:
    """Plan one of the deployments."""
    return plan_rollout(DEPLOYMENTS[name][1], tasks=TASKS)


def pictures() -> dict[str, str]:
    """Draw all pictures; the names are those of the files."""
    return {f"rollout-{name}.svg": picture(title, plan(name)) for name, (title, _) in DEPLOYMENTS.items()}


def picture(title: str, rollout: Rollout) -> str:
    """Draw one picture: tasks above, traffic below, over the same time."""
    end = rollout.completed_after_seconds * 1.06
    most = 2 * TASKS

    def x(seconds: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * seconds / end

    def tasks_y(count: float) -> float:
        return _TASKS_BOTTOM - (_TASKS_BOTTOM - _TASKS_TOP) * count / most

    def traffic_y(percent: float) -> float:
        return _TRAFFIC_BOTTOM - (_TRAFFIC_BOTTOM - _TRAFFIC_TOP) * percent / 100

    def area(value: Callable[[Moment], float], y: Callable[[float], float], colour: str) -> str:
        line = _steps(rollout, value, x, y, end)
        return f'<path d="{line}V{y(0):g}H{_LEFT}Z" fill="{colour}"/>'

    healthy = _steps(rollout, lambda moment: moment.healthy, x, tasks_y, end)
    parts = [
        _svg_tag(),
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(rollout.explanation)}</desc>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{_PAPER}"/>',
        text_at(_LEFT - 40, 26, f"{title}, {TASKS} tasks", size=15, weight="bold"),
        *_legend(50),
        *(_grid(tasks_y(count), str(count)) for count in range(0, most + 1, 2)),
        area(lambda moment: moment.running, tasks_y, _OLD),
        area(lambda moment: moment.running_new, tasks_y, _NEW),
        f'<path d="{healthy}" fill="none" stroke="{_PAPER}" stroke-width="5"/>',
        f'<path d="{healthy}" fill="none" stroke="{INK}" stroke-width="2.5"/>',
        text_at(_LEFT - 40, _TASKS_TOP - 10, "tasks", size=12, colour=_PALE),
        *(_grid(traffic_y(percent), f"{percent} %") for percent in (0, 50, 100)),
        (
            f'<rect x="{_LEFT}" y="{_TRAFFIC_TOP}" width="{_RIGHT - _LEFT}" height="{_TRAFFIC_BOTTOM - _TRAFFIC_TOP}" '
            f'fill="{_OLD}"/>'
        ),
        area(lambda moment: moment.percent_new, traffic_y, _NEW),
        text_at(_LEFT - 40, _TRAFFIC_TOP - 10, "traffic", size=12, colour=_PALE),
        *_time_axis(end, x),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _steps(
    rollout: Rollout,
    value: Callable[[Moment], float],
    x: Callable[[float], float],
    y: Callable[[float], float],
    end: float,
) -> str:
    """Return the path of a value that stays as it is until the next moment."""
    path = f"M{x(0):g} {y(value(rollout.moments[0])):g}"
    for before, moment in pairwise(rollout.moments):
        if value(moment) != value(before):
            path += f"H{x(moment.seconds):.5g}V{y(value(moment)):.5g}"
    return f"{path}H{x(end):.5g}"


def _svg_tag() -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'font-family="Helvetica, Arial, sans-serif" role="img" aria-labelledby="title description">'
    )


def _legend(y: int) -> Iterator[str]:
    x = _LEFT - 40
    for colour, text, width in ((_OLD, "old version", 110), (_NEW, "new version", 112)):
        yield f'<rect x="{x}" y="{y - 10}" width="14" height="12" fill="{colour}"/>'
        yield text_at(x + 20, y, text, size=12)
        x += width
    yield f'<path d="M{x} {y - 4}h18" stroke="{INK}" stroke-width="2.5"/>'
    yield text_at(x + 24, y, "healthy, both versions together", size=12)


def _grid(y: float, label: str) -> str:
    line = f'<path d="M{_LEFT} {y:g}H{_RIGHT}" stroke="{_GRID}" stroke-width="1"/>'
    return line + text_at(_LEFT - 8, y + 4, label, size=11, colour=_PALE, anchor="end")


def _time_axis(end: float, x: Callable[[float], float]) -> Iterator[str]:
    apart = next(step for step in (30, 60, 120, 300) if end / step <= 10)
    for seconds in range(0, int(end) + 1, apart):
        yield f'<path d="M{x(seconds):.5g} {_TRAFFIC_BOTTOM}v5" stroke="{_PALE}" stroke-width="1"/>'
        label = f"{seconds // MINUTE}:{seconds % MINUTE:02}"
        yield text_at(x(seconds), _TRAFFIC_BOTTOM + 19, label, size=11, colour=_PALE, anchor="middle")
    yield text_at(
        _RIGHT, _TRAFFIC_BOTTOM + 38, "minutes since the deployment began", size=12, colour=_PALE, anchor="end"
    )


if __name__ == "__main__":
    sys.exit(write_pictures(pictures(), sys.argv[1:]))
