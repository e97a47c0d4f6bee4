"""Priorities of listener rules that neither collide nor move.

A listener tries its rules by number, lowest first. Counting up would renumber rules, and so replace live ones, whenever
a service is added before another. Here the number comes from what the rule says: a band by how specific it is, and a
place in the band by a hash of its conditions. Two rules that fall on one number are an error, with a free number in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

FIRST, LAST = 1, 50_000
_BANDS = 5
_BAND_SIZE = 9_800
_OFFSET = 500
"""Numbers up to here, and above the bands, are left to callers who give their own."""

Conditions = Mapping[str, Sequence[str]]
"""Values by the field of the request that they are compared with."""


def derive_priority(conditions: Conditions) -> int:
    """Return the number that belongs to a rule's conditions.

    More specific rules come first: more kinds of conditions, or a deeper path. `/*` comes last.
    """
    digest = hashlib.sha256(canonical(conditions).encode()).digest()
    place = int.from_bytes(digest[:8], "big") % _BAND_SIZE
    return _OFFSET + (_BANDS - 1 - _specificity(conditions)) * _BAND_SIZE + place


def canonical(conditions: Conditions) -> str:
    """Return one text for all ways to write the same conditions."""
    return "\n".join(f"{field}={'|'.join(sorted(values))}" for field, values in sorted(conditions.items()))


def _specificity(conditions: Conditions) -> int:
    kinds = {field: values for field, values in conditions.items() if not (field == "path" and "/*" in values)}
    if not kinds:
        return 0
    depth = min((_depth(path) for path in kinds.get("path", ())), default=1)
    return min(_BANDS - 1, len(kinds) + max(depth - 1, 0))


def _depth(path: str) -> int:
    return sum(1 for part in path.split("/") if part and "*" not in part)
