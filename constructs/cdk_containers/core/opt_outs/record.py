"""Practices that you turned off, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from constructs import IConstruct

from ..practices import Disabled
from .acknowledge import Acknowledgement, acknowledge, resource_of

_KEY = "cdk_containers"


def record_opt_out(construct: IConstruct, practice_id: str, disabled: Disabled) -> None:
    """Record in a resource that a practice is turned off for it, for our report and for other checkers."""
    resource = resource_of(construct)
    metadata: dict[str, Any] = resource.get_metadata(_KEY) or {}
    opt_outs: dict[str, str] = metadata.get("opt_outs", {})
    # Two containers of a task may switch off one practice for two reasons.
    before, reason = opt_outs.get(practice_id), disabled.reason
    if before is not None:
        reason = before if f"; {reason}; " in f"; {before}; " else f"{before}; {reason}"
    resource.add_metadata(_KEY, {"opt_outs": {**opt_outs, practice_id: reason}})
    from ..practices import practice  # noqa: PLC0415  (it takes all practices with it)

    checkers = practice(practice_id).checkers
    acknowledge(
        construct,
        Acknowledgement(disabled.reason, cdk_nag=checkers.get("cdk-nag", ()), checkov=checkers.get("checkov", ())),
    )


def copy_opt_outs(source: IConstruct, target: IConstruct) -> None:
    """Copy the opt-outs of a resource to the resource that replaces it."""
    metadata: dict[str, Any] = resource_of(source).get_metadata(_KEY) or {}
    for practice_id, reason in metadata.get("opt_outs", {}).items():
        record_opt_out(target, practice_id, Disabled(reason))


def opt_outs_of(template: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Read the opt-outs of a synthesized template, as logical id, practice and reason."""
    resources = cast("Mapping[str, Mapping[str, Any]]", template.get("Resources", {}))
    for logical_id, resource in resources.items():
        opt_outs = resource.get("Metadata", {}).get(_KEY, {}).get("opt_outs", {})
        for practice_id, reason in opt_outs.items():
            yield logical_id, practice_id, reason
