"""Draw docs/images/placement-*.svg: where tasks go and which are stopped, by strategy, as the simulator has it.

Usage: plot_placement.py [--check]

  --check  write nothing, and fail if a picture is not as it would be drawn
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "constructs"), str(ROOT)]

from pictures import text_at, write_pictures  # noqa: E402

from cdk_containers.model.placement import PlacementStrategy  # noqa: E402
from cdk_containers.model.placement.container_instance import ContainerInstance, container_instances  # noqa: E402
from cdk_containers.model.placement.simulation import simulate_placement  # noqa: E402
from cdk_containers.model.placement.simulation_result import Placement  # noqa: E402

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
STEPS = (10, 5)
SLOTS = 4
SEED = 1

STRATEGIES: Mapping[str, tuple[PlacementStrategy, ...]] = {
    "binpack": (PlacementStrategy.binpack("cpu"),),
    "spread-zones": (PlacementStrategy.spread_across_zones(),),
    "spread-instances": (PlacementStrategy.spread_across_instances(),),
    "spread-zones-instances": (PlacementStrategy.spread_across_zones(), PlacementStrategy.spread_across_instances()),
    "spread-zones-binpack": (PlacementStrategy.spread_across_zones(), PlacementStrategy.binpack("cpu")),
    "random": (PlacementStrategy.random(),),
}

_SLOT, _GAP, _ZONE_GAP, _MARGIN = (34, 26), 8, 22, 20
_COLOURS = ("#2f5f9e", "#a85508", "#2e7d4f")
_PALE, _PAPER, _EMPTY = "#6b7280", "#ffffff", "#f3f4f6"
_TOP = 100


@dataclass(frozen=True)
class Square:
    """A place on an instance, with what is or was in it."""

    column: int
    row: int
    text: str
    stopped: bool = False


def cluster() -> tuple[ContainerInstance, ...]:
    """Six instances in three zones, each with the CPU for four tasks, sorted by zone."""
    return tuple(sorted(container_instances("m7g.large", 6, ZONES, eni_trunking=True), key=lambda host: host.zone))


def simulate(strategies: tuple[PlacementStrategy, ...]) -> Placement:
    """Place ten tasks, and then stop five of them."""
    return simulate_placement(cluster(), tasks=STEPS, cpu=512, memory_mib=1024, strategies=strategies, seed=SEED)


def pictures() -> dict[str, str]:
    """Draw all pictures; the names are those of the files."""
    return {f"placement-{name}.svg": picture(strategies) for name, strategies in STRATEGIES.items()}


def picture(strategies: tuple[PlacementStrategy, ...]) -> str:
    """Draw one picture: on the left how the service grows, on the right how it shrinks."""
    placed = simulate(strategies)
    panel = len(ZONES) * (2 * _SLOT[0] + _GAP) + (len(ZONES) - 1) * _ZONE_GAP
    width, height = 2 * panel + 3 * _MARGIN + 20, _TOP + SLOTS * (_SLOT[1] + 4) + 68
    name = " → ".join(_words(strategy) for strategy in strategies)
    left, right = _MARGIN, 2 * _MARGIN + 20 + panel
    parts = [
        _svg_tag(width, height),
        f'<title id="title">{escape(name)}</title>',
        f'<desc id="description">{escape(_description(placed))}</desc>',
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
        text_at(_MARGIN, 30, name, size=15, weight="bold"),
        text_at(left, 58, f"{STEPS[0]} tasks, numbered as they were placed", size=13),
        text_at(left, 76, _summary(placed, 0), size=12, colour=_PALE),
        *_panel(left, _grown(placed)),
        text_at(right, 58, f"then {STEPS[1]}: −1 was stopped first", size=13),
        text_at(right, 76, _summary(placed, 1), size=12, colour=_PALE),
        *_panel(right, _shrunk(placed)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _svg_tag(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="Helvetica, Arial, sans-serif" role="img" aria-labelledby="title description">'
    )


def _words(strategy: PlacementStrategy) -> str:
    return strategy.type if strategy.field is None else f"{strategy.type}({strategy.field})"


def _description(placed: Placement) -> str:
    grown = ", ".join(f"{zone} {count}" for zone, count in placed.per_zone(0).items())
    shrunk = ", ".join(f"{zone} {count}" for zone, count in placed.per_zone(1).items())
    return f"{STEPS[0]} tasks: {grown}. After scale-in to {STEPS[1]} tasks: {shrunk}."


def _summary(placed: Placement, step: int) -> str:
    in_use = len(placed.history[step])
    worst = max(placed.per_zone(step).values())
    return f"{in_use} instance{'' if in_use == 1 else 's'} in use; {worst} tasks in the fullest zone"


def _slots(placed: Placement) -> dict[int, tuple[int, int]]:
    """Give each placed task the lowest free place on its instance; nothing is stopped before all are placed."""
    columns = {instance.id: number for number, instance in enumerate(placed.instances)}
    height = dict.fromkeys(columns, 0)
    found = {}
    for event in placed.events:
        if event.kind == "placed" and event.instance is not None:
            found[event.task] = (columns[event.instance], height[event.instance])
            height[event.instance] += 1
    return found


def _grown(placed: Placement) -> list[Square]:
    return [Square(column, row, str(task)) for task, (column, row) in _slots(placed).items()]


def _shrunk(placed: Placement) -> list[Square]:
    stopped = [event.task for event in placed.events if event.kind == "stopped"]
    return [
        Square(column, row, f"−{stopped.index(task) + 1}" if task in stopped else str(task), stopped=task in stopped)
        for task, (column, row) in _slots(placed).items()
    ]


def _panel(left: int, squares: list[Square]) -> Iterator[str]:
    taken = {(square.column, square.row): square for square in squares}
    bottom = _TOP + SLOTS * (_SLOT[1] + 4)
    for column in range(2 * len(ZONES)):
        x, zone = _x(left, column), column // 2
        for row in range(SLOTS):
            yield from _draw(x, bottom - (row + 1) * (_SLOT[1] + 4), taken.get((column, row)), _COLOURS[zone])
        yield text_at(x + _SLOT[0] / 2, bottom + 16, f"i-{column + 1}", size=12, colour=_PALE, anchor="middle")
        if column % 2 == 0:
            end = _x(left, column + 1) + _SLOT[0]
            yield f'<path d="M{x} {bottom + 24}H{end}" stroke="{_COLOURS[zone]}" stroke-width="3"/>'
            yield text_at((x + end) / 2, bottom + 43, ZONES[zone], size=12, anchor="middle")


def _x(left: int, column: int) -> int:
    return left + column * (_SLOT[0] + _GAP) + column // 2 * (_ZONE_GAP - _GAP)


def _draw(x: int, y: int, square: Square | None, colour: str) -> Iterator[str]:
    width, height = _SLOT
    box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4"'
    if square is None:
        yield f'{box} fill="{_EMPTY}"/>'
        return
    if square.stopped:
        yield f'{box} fill="{_PAPER}" stroke="{colour}" stroke-width="1.5" stroke-dasharray="4 3"/>'
    else:
        yield f'{box} fill="{colour}"/>'
    yield text_at(
        x + width / 2,
        y + height / 2 + 5,
        square.text,
        size=14,
        colour=colour if square.stopped else _PAPER,
        anchor="middle",
        weight="bold",
    )


if __name__ == "__main__":
    sys.exit(write_pictures(pictures(), sys.argv[1:]))
