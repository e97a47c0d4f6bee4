"""Priorities of listener rules that neither collide nor move.

A listener evaluates its rules by number, lowest first. Consecutive numbers would change live rules whenever a service
is added before another. Here the specificity of the conditions selects a band of numbers, and a hash of the rule's
stack and path selects a place in the band. The conditions have no part in the place, so a rule that is created while
another with the same conditions still exists has another number.

If another rule has the place, the next hash selects another place.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from cdk_containers.core.hashes import sha256

FIRST, LAST = 1, 50_000
OWN_FIRST, OWN_LAST = 501, 49_600
"""Numbers below and above are for callers who set their own."""

_BAND_SIZES = (1_000, 10_000, 14_000, 10_000, 6_000, 4_000, 2_000, 1_000, 500, 500, 100)
"""Numbers of each band, from the least specific rules to the most specific. Most rules are in the second to the fourth:
a path, a host, or both. The last is for test traffic of rules that are as specific as any."""

_TEST_ONLY = len(_BAND_SIZES) - 1
_HASHES = 1_000
_TOKEN = re.compile(r"[$#]\{Token\[[^\]]*\]\}")

Conditions = Mapping[str, Sequence[str]]
"""Values by the field of the request that they are compared with."""


def choose_priority(conditions: Conditions, identity: str, taken: Container[int] = (), *, at_least: int = 0) -> int:
    """Return the number of a rule.

    Args:
        conditions: Its conditions.
        identity: Identity of the rule, unique on the listener.
        taken: Numbers of other rules, which are not available.
        at_least: Least specificity: a rule for test traffic comes before the production rule.
    """
    for number in choices(conditions, identity, at_least=at_least):
        if number not in taken:
            return number
    band = band_of(conditions, at_least=at_least)
    return next((number for number in band if number not in taken), band[0])


def choices(conditions: Conditions, identity: str, *, at_least: int = 0) -> Iterator[int]:
    """Yield candidate numbers for a rule, the first choice first."""
    band = band_of(conditions, at_least=at_least)
    for attempt in range(_HASHES):
        digest = sha256(f"{identity}\n{attempt}")
        yield band[int.from_bytes(digest[:8], "big") % len(band)]


def band_of(conditions: Conditions, *, at_least: int = 0) -> range:
    """Return the band of numbers for rules as specific as these conditions, or as `at_least`."""
    level = max(min(specificity(conditions), _TEST_ONLY - 1), at_least)
    start = OWN_FIRST + sum(_BAND_SIZES[level + 1 :])
    return range(start, start + _BAND_SIZES[level])


def before(conditions: Conditions) -> int:
    """Return the specificity that a rule needs to be evaluated before a rule with these conditions."""
    return min(specificity(conditions), _TEST_ONLY - 1) + 1


def specificity(conditions: Conditions) -> int:
    """Return how specific conditions are: by their kinds, by wildcards in hosts and paths, and by the depth of paths.

    A rule that takes every request has 0.
    """
    kinds = {
        field: values
        for field, values in conditions.items()
        if not (field in ("path", "host") and any(value in ("*", "/*") for value in values))
    }
    points = sum(1 if field == "path" or _is_wild(field, values) else 2 for field, values in kinds.items())
    if paths := kinds.get("path", ()):
        points += min(2 * max(_depth(path) - 1, 0) + (not _is_wild("path", [path])) for path in paths)
    return points


def canonical(conditions: Conditions) -> str:
    """Return one text for all ways to write the same conditions."""
    return "\n".join(f"{field}={'|'.join(sorted(values))}" for field, values in sorted(conditions.items()))


def without_tokens(text: str) -> str:
    """Return a text in which all tokens are the same: their numbers depend on how many were made before."""
    return _TOKEN.sub("*", text)


def _is_wild(field: str, values: Sequence[str]) -> bool:
    return field in ("path", "host") and any("*" in value or "?" in value for value in values)


def _depth(path: str) -> int:
    return sum(1 for part in path.split("/") if part and "*" not in part and "?" not in part)
