"""Reads scalars as Go does: text, numbers, booleans and durations."""

from __future__ import annotations

import re
from datetime import timedelta

from .nodes import Scalar

_TRUTHS = {"y": True, "yes": True, "on": True, "n": False, "no": False, "off": False}
_STYLES = (str.lower, str.upper, str.capitalize)
_UNITS = {"ns": 1e-3, "us": 1.0, "µs": 1.0, "μs": 1.0, "ms": 1e3, "s": 1e6, "m": 6e7, "h": 3.6e9}
_DURATION = re.compile(r"(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+\Z")
_PART = re.compile(r"([0-9.]+)([a-zµμ]+)")
_LARGEST = 2**63 - 1


def text(node: Scalar) -> str:
    """Return the text as it is written: `012` and `yes` stay what they are."""
    return node.text


def whole_number(node: Scalar) -> int:
    """Return an integer. Go reads a quoted number as text."""
    if node.kind == "int" and abs(node.value) <= _LARGEST:
        return int(node.value)
    if node.kind == "float" and abs(node.value) <= _LARGEST and node.value == int(node.value):
        return int(node.value)
    hint = ""
    if node.filled:
        hint = ": Copilot inserts variables as text, and does not accept text as a number"
    elif node.kind == "str" and node.text.isdigit():
        hint = ": write it without quotes"
    raise ValueError(f"got {node.shape()}; expected a whole number{hint}")


def number(node: Scalar) -> float:
    """Return a number."""
    if node.kind in ("int", "float"):
        return float(node.value)
    raise ValueError(f"got {node.shape()}; expected a number")


def truth(node: Scalar) -> bool:
    """Return a boolean. If a boolean is expected, the words of YAML 1.1 are accepted."""
    if node.kind == "bool":
        return bool(node.value)
    word = node.text.lower()
    if word in _TRUTHS and node.text in {style(word) for style in _STYLES}:
        return _TRUTHS[word]
    raise ValueError(f"got {node.shape()}; expected true or false")


def duration(node: Scalar) -> timedelta:
    """Return a duration in Go's notation, such as `1m30s`."""
    written = node.text.removeprefix("+")
    if written == "0" and node.kind == "str":
        return timedelta(0)
    negative = written.startswith("-")
    if not _DURATION.match(written.removeprefix("-")):
        hint = f": did you mean {node.text}s?" if node.text.isdigit() else ""
        raise ValueError(f"got {node.shape()}; expected a duration such as 90s, 5m or 1h30m{hint}")
    microseconds = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(written))
    if microseconds * 1000 > _LARGEST:
        raise ValueError(f"got {node.shape()}; the longest duration is 292 years")
    return timedelta(microseconds=-microseconds if negative else microseconds)
