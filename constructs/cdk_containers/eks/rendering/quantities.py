"""Amounts of CPU and memory as Kubernetes writes them."""

from __future__ import annotations


def cores(units: int) -> str:
    """Return CPU units, 1024 to a vCPU, in thousandths of a core, never less."""
    return f"{-(-units * 1000 // 1024)}m"


def mebibytes(count: int) -> str:
    """Return an amount of memory."""
    return f"{count}Mi"


def gibibytes(count: int) -> str:
    """Return an amount of disk."""
    return f"{count}Gi"
