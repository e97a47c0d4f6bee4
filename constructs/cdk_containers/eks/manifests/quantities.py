"""Kubernetes quantities, such as `250m`, `64Mi` and `1.5`."""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(\d+(\.\d*)?|\.\d+))(?:(?P<unit>[numkMGTPE]|[KMGTPE]i)|[eE](?P<exponent>[+-]?\d+))?"
)
_UNITS = {
    **{unit: Decimal(10) ** power for unit, power in zip("num", (-9, -6, -3), strict=True)},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
}

ALLOWED = "a quantity such as 250m, 2, 512Mi or 1.5Gi"


def quantity(value: object) -> Decimal | None:
    """Read a quantity as a number; None if it is invalid."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if found is None:
        return None
    factor = _UNITS[found["unit"]] if found["unit"] else Decimal(10) ** int(found["exponent"] or 0)
    return Decimal(found["number"]) * factor


def mebibytes(count: int) -> str:
    """Write a number of MiB."""
    return f"{count}Mi"


def millicores(cpu_units: int) -> str:
    """Write CPU units (1024 per vCPU) as thousandths of a CPU, rounded up."""
    return f"{-(-cpu_units * 1000 // 1024)}m"
