"""Accepted findings, with their reasons.

Constructs of this library and authors of templates accept a finding in the metadata of the resource. A CDK app calls
`Validations.of(construct).acknowledge(...)`, which covers everything in the construct. Suppressions for checkov or
cdk-nag in the metadata of the resource also count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_containers.checks.templates import Resource
from cdk_containers.core.practices import ACKNOWLEDGED_AS, Checker
from cdk_containers.core.practices import practice as practice_of

KEY = "cdk_containers"
"""Key in the metadata of a resource: `cdk_containers: {opt_outs: {practice: reason}}`."""

_OTHER_CHECKERS: tuple[tuple[Checker, str, str, str], ...] = (
    ("checkov", "checkov", "skip", "comment"),
    ("cdk-nag", "cdk_nag", "rules_to_suppress", "reason"),
)
"""A checker, with the location of its ids and reasons in the metadata of a resource."""


def reason(practice: str, resource: Resource) -> str:
    """Return the accepted reason why a resource does not follow a practice; empty if there is none."""
    by_app = resource.template.app_metadata().acknowledged if resource.construct_path else {}
    given = [_opt_outs(resource).get(practice)]
    given += [by_app.get(path, {}).get(ACKNOWLEDGED_AS + practice) for path in _path_and_above(resource.construct_path)]
    given += _told_to_others(practice, resource)
    return next((text.strip() for text in given if isinstance(text, str) and text.strip()), "")


def _opt_outs(resource: Resource) -> Mapping[str, Any]:
    ours = resource.metadata.get(KEY)
    opt_outs = ours.get("opt_outs") if isinstance(ours, Mapping) else None
    return opt_outs if isinstance(opt_outs, Mapping) else {}


def _told_to_others(practice: str, resource: Resource) -> Iterator[Any]:
    same = practice_of(practice).checkers
    for checker, key, entries, text in _OTHER_CHECKERS:
        ours = resource.metadata.get(key)
        listed = ours.get(entries) if isinstance(ours, Mapping) else None
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, Mapping) and entry.get("id") in same.get(checker, ()):
                yield entry.get(text)


def _path_and_above(path: str) -> Iterator[str]:
    yield f"{path}/Resource"
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
