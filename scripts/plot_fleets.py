"""Draw docs/images/fleet-*.svg, and make the tables of docs/fleets.md, from the model of fleets.

Usage: plot_fleets.py [--check]

  --check  write nothing, and fail if a picture is not as it would be drawn
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "constructs"), str(ROOT)]

from charts import Axis, line_chart  # noqa: E402
from pictures import write_pictures  # noqa: E402

from cdk_containers.model.fleet import Fleet, FleetPlan, plan_fleet  # noqa: E402
from cdk_containers.model.limits import quotas  # noqa: E402

COUNTS = tuple(round(10 ** (exponent / 12)) for exponent in range(12, 61))
TABLE_COUNTS = (10, 100, 1_000, 10_000, 100_000)
LAYOUTS: Mapping[str, tuple[int, int | None]] = {
    "one region": (1, None),
    "4 regions": (4, None),
    "4 regions, 20 accounts": (4, 20),
    "4 regions, 100 accounts": (4, 100),
}
_PARTS = {
    "stacks": "stacks",
    "load balancers": "load_balancers",
    "clusters": "clusters",
    "VPCs": "vpcs",
    "accounts": "accounts",
}
_MARKS = (10, 100, 1_000, 10_000, 100_000)
_MINUTE, _HOUR = 60, 3600


@cache
def plan(services: int, regions: int = 1, accounts: int | None = None) -> FleetPlan:
    """Plan a fleet of so many services."""
    return plan_fleet(Fleet(services=services, regions=regions, accounts=accounts))


def pictures() -> dict[str, str]:
    """Draw all pictures; the names are those of the files."""
    return {"fleet-parts.svg": _parts(), "fleet-rollout.svg": _rollout()}


def _parts() -> str:
    largest = plan(COUNTS[-1])
    lines = {name: [(count, getattr(plan(count), field)) for count in COUNTS] for name, field in _PARTS.items()}
    words = ", ".join(f"{getattr(largest, field):,} {name}" for name, field in _PARTS.items())
    return line_chart(
        "What a fleet is split into, in one region",
        f"By the number of services, up to {COUNTS[-1]:,}, which take {words}.",
        Axis("services, with two tasks each", _MARKS),
        Axis("how many there are", (1, 10, 100, 1_000, 10_000)),
        lines,
    )


def _rollout() -> str:
    lines = {
        name: [(count, plan(count, *layout).rollout.seconds / _MINUTE) for count in COUNTS]
        for name, layout in LAYOUTS.items()
    }
    words = ", ".join(f"{points[-1][1]:,.0f} minutes with {name}" for name, points in lines.items())
    return line_chart(
        "How long a new version of every service takes, at the least",
        f"By the number of services, up to {COUNTS[-1]:,}: {words}.",
        Axis("services, with two tasks each", _MARKS),
        Axis("minutes", (1, 2, 5, 10, 20, 50, 100)),
        lines,
    )


# ---- tables


def plan_table() -> str:
    """Return plans for fleets of several sizes, as a table."""
    rows = [
        "| services | accounts | stacks | load balancers | clusters | VPCs | rollout of all | quotas to raise |",
        "|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for count in TABLE_COUNTS:
        it = plan(count)
        raised = ", ".join(f"`{request.quota.id}` to {request.needed:,}" for request in it.requests)
        cells = (it.accounts, it.stacks, it.load_balancers, it.clusters, it.vpcs)
        numbers = " | ".join(f"{cell:,}" for cell in cells)
        rows.append(f"| {count:,} | {numbers} | {_time(it.rollout.seconds)} | {raised or '–'} |")
    return "\n".join(rows)


def first_table() -> str:
    """Return what fails first as a fleet grows in one region of one account, as a table."""
    rows = ["| services | what is reached | then |", "|---:|---|---|"]
    for growth in plan(1).first_limits:
        limit = growth.quota
        if growth.services <= COUNTS[-1]:
            kind = "default of " if limit.adjustable else ""
            what = f"`{limit.id}`: {kind}{limit.value:,} {limit.counts} for each {limit.of}"
            rows.append(f"| {growth.services:,} | {what} | {growth.then} |")
    return "\n".join(rows)


def quota_table() -> str:
    """Return all quotas, as a table."""
    rows = ["| id | of | limit | raised by AWS | Service Quotas | read on |", "|---|---|---:|---|---|---|"]
    for it in quotas().values():
        raised = f"to {it.most:,}" if it.most else "yes" if it.adjustable else "no"
        code = f"`{it.code}`" if it.code else ""
        rows.append(
            f"| `{it.id}` | {it.of} | {it.value:,} {it.counts} | {raised} | {code} | [{it.date}]({it.source}) |"
        )
    return "\n".join(rows)


def _time(seconds: int) -> str:
    hours, rest = divmod(seconds, _HOUR)
    return f"{hours} h {rest // _MINUTE} min" if hours else f"{rest // _MINUTE} min"


if __name__ == "__main__":
    sys.exit(write_pictures(pictures(), sys.argv[1:]))
