"""Draw docs/images/cost-*.svg, and make the tables of docs/costs.md, from the prices of the package.

Usage: plot_costs.py [--check]

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

from cdk_containers.checks.reading import read_estate  # noqa: E402
from cdk_containers.checks.templates import Estate  # noqa: E402
from cdk_containers.costs import Bill, Comparison, compare_capacity, estimate, read_prices  # noqa: E402
from cdk_containers.model.workload import Architecture  # noqa: E402

REGION = "us-east-1"
ENVIRONMENTS = ("dev", "prod")
SIZES: Mapping[str, tuple[str, int, int]] = {
    "small": ("0.25 vCPU, 0.5 GB", 256, 512),
    "large": ("1 vCPU, 4 GB", 1024, 4096),
}
ARCHITECTURES: Mapping[str, tuple[str, Architecture]] = {"x86": ("x86", "X86_64"), "arm": ("Arm", "ARM64")}
COUNTS = (1, 2, 3, 4, 6, 8, 10, 14, 20, 28, 40, 60, 80, 100, 140, 200, 300, 400)
TABLE_COUNTS = (2, 10, 50, 200)
_DRAWN = (
    "ECS on Fargate",
    "ECS on EC2",
    "ECS Managed Instances",
    "EKS on Fargate",
    "EKS on EC2",
    "EKS Auto Mode",
)
"""In the order of their colours; Spot has no one price."""


@cache
def compared(size: str, architecture: str, tasks: int) -> Comparison:
    """Compare one size of task, with so many of them."""
    _, cpu, memory = SIZES[size]
    return compare_capacity(
        read_prices(REGION), cpu=cpu, memory_mib=memory, tasks=tasks, architecture=ARCHITECTURES[architecture][1]
    )


def pictures() -> dict[str, str]:
    """Draw all pictures; the names are those of the files."""
    return {f"cost-{size}-{arch}.svg": _picture(size, arch) for size in SIZES for arch in ARCHITECTURES}


def _picture(size: str, architecture: str) -> str:
    lines: dict[str, list[tuple[float, float]]] = {name: [] for name in _DRAWN}
    for tasks in COUNTS:
        for offer in compared(size, architecture, tasks).offers:
            if offer.high is not None and offer.capacity in lines:
                lines[offer.capacity].append((tasks, offer.high / tasks))
    cheapest = {count: compared(size, architecture, count).cheapest for count in (COUNTS[0], COUNTS[-1])}
    words = "; ".join(f"at {count} tasks {it.capacity if it else 'nothing'}" for count, it in cheapest.items())
    bottom, top = (5, 500) if size == "small" else (20, 500)
    marks = [mark for mark in (5, 10, 20, 50, 100, 200, 500) if bottom <= mark <= top]
    return line_chart(
        f"{SIZES[size][0]}, {ARCHITECTURES[architecture][0]}",
        f"What a task costs in a month on each kind of capacity, by how many there are. Cheapest is {words}.",
        Axis("tasks that run all month", (1, 2, 5, 10, 20, 50, 100, 200, 400)),
        Axis("USD for each task and month", marks),
        lines,
    )


# ---- tables


def cheapest_table() -> str:
    """Return which capacity is cheapest, as a table."""
    rows = ["| a task | " + " | ".join(f"{count} tasks" for count in TABLE_COUNTS) + " |"]
    rows.append("|---|" + "---|" * len(TABLE_COUNTS))
    for size, (name, _, _) in SIZES.items():
        for architecture, (shown, _) in ARCHITECTURES.items():
            cells = []
            for count in TABLE_COUNTS:
                best = compared(size, architecture, count).cheapest
                cells.append(f"{best.capacity}, {best.high:,.0f}" if best and best.high else "–")
            rows.append(f"| {name}, {shown} | {' | '.join(cells)} |")
    return "\n".join(rows)


@cache
def bill(environment: str) -> Bill:
    """Return what the reference stacks of an environment cost, by their golden templates."""
    estate = Estate(assume_defaults=True)
    read_estate(sorted((ROOT / "tests" / "snapshots").glob(f"{environment}-*.template.json")), estate)
    return estimate(estate, read_prices(REGION))


def reference_table() -> str:
    """Return what each reference stack costs, as a table."""
    bills = {name: bill(name) for name in ENVIRONMENTS}
    rows = [f"| stack | {' | '.join(ENVIRONMENTS)} | most of it |", "|---|---:|---:|---|"]
    names = [stack.partition("-")[2] for stack in {**bills["dev"].stacks, **bills["prod"].stacks}]
    for name in dict.fromkeys(sorted(names)):
        cells = []
        for environment, found in bills.items():
            lines = found.stacks.get(f"{environment}-{name}", ())
            cells.append(_range(sum(it.low for it in lines), sum(it.high for it in lines)))
        largest = max(bills["prod"].stacks.get(f"prod-{name}", ()), key=lambda it: it.high, default=None)
        rows.append(f"| {name} | {' | '.join(cells)} | {largest.what if largest and largest.high else '–'} |")
    totals = " | ".join(f"**{_range(found.low, found.high)}**" for found in bills.values())
    return "\n".join([*rows, f"| **all** | {totals} | |"])


def price_table() -> str:
    """Return the prices of the package, instance types aside, as a table."""
    prices = read_prices(REGION)
    rows = ["| price | USD | for | read on | source |", "|---|---:|---|---|---|"]
    for key, price in prices.by_key.items():
        if not key.startswith("ec2:"):
            page = price.source.removeprefix("https://").removesuffix("/")
            rows.append(f"| `{key}` | {price.usd:g} | {price.unit} | {price.date} | [{page}]({price.source}) |")
    instances = [it for key, it in prices.by_key.items() if key.startswith("ec2:")]
    rows.append(
        f"| `ec2:…` | {len(instances)} types | hour | {instances[0].date} | [karpenter]({instances[0].source}) |"
    )
    return "\n".join(rows)


def _range(low: float, high: float) -> str:
    return " – ".join(dict.fromkeys((f"{low:,.0f}", f"{high:,.0f}")))


if __name__ == "__main__":
    sys.exit(write_pictures(pictures(), sys.argv[1:]))
