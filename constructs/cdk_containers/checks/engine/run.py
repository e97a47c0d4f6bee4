"""Run the checks over an estate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from cdk_containers.checks.templates import WHOLE, CannotTell, Estate, Malformed, Resource, World
from cdk_containers.core.practices import practice

from .acknowledged import reason
from .check import Check, Outcome
from .finding import Finding, Report, Verdict

MISTAKE = "the check does not understand this resource"

_Seen: TypeAlias = Outcome | CannotTell | Literal["absent"] | None


def run_checks(estate: Estate, checks: Sequence[Check], *, not_checked: Iterable[str] = ()) -> Report:
    """Run checks over all resources of an estate."""
    by_type: dict[str, list[Check]] = {}
    for check in checks:
        for type_ in check.types:
            by_type.setdefault(type_, []).append(check)
    resources = list(estate.resources)
    looked_at = [*resources, *(template.whole for template in estate.templates if WHOLE in by_type)]
    findings = (_run(check, resource) for resource in looked_at for check in by_type.get(resource.type, ()))
    return Report(
        findings=tuple(it for it in findings if it is not None),
        not_checked=tuple(not_checked),
        resources=len(resources),
    )


def _run(check: Check, resource: Resource) -> Finding | None:
    verdict, outcome = _verdict(check, resource)
    if verdict is None:
        return None
    rule = practice(check.practice)
    failed = verdict is Verdict.FAIL
    stack, logical_id = resource.deployed or ("", "")
    return Finding(
        practice=check.practice,
        resource=resource.logical_id,
        type=resource.type,
        verdict=verdict,
        severity=rule.severity,
        why=outcome.why,
        fix=(outcome.fix or check.fix) if failed else "",
        path=resource.template.name,
        line=resource.template.line_of(resource.logical_id),
        construct=resource.construct_path,
        stack=stack,
        logical_id=logical_id,
        acknowledged=reason(check.practice, resource) if failed else "",
    )


def _verdict(check: Check, resource: Resource) -> tuple[Verdict | None, Outcome]:
    """Return the result that holds in every world in which the resource exists."""
    worlds = resource.template.estate.worlds
    seen: list[tuple[World, _Seen]] = []
    try:
        seen.extend(worlds.each(lambda: (worlds.now, _look(check, resource))))
    except CannotTell as unknown:
        return Verdict.CANNOT_TELL, Outcome(passes=False, why=str(unknown))
    here = [(world, it) for world, it in seen if it != "absent"]
    faults = [(world, it) for world, it in here if isinstance(it, Outcome) and not it.passes]
    unknown_ones = [it for _, it in here if isinstance(it, CannotTell)]
    passes = [it for _, it in here if isinstance(it, Outcome) and it.passes]
    if faults and len(faults) == len(here):
        return Verdict.FAIL, faults[0][1]
    if faults:
        world, first = faults[0]
        return Verdict.CANNOT_TELL, Outcome(passes=False, why=f"{first.why}, if {world.described}")
    if unknown_ones:
        return Verdict.CANNOT_TELL, Outcome(passes=False, why=str(unknown_ones[0]))
    return (Verdict.PASS, passes[0]) if passes else (None, Outcome(passes=True))


def _look(check: Check, resource: Resource) -> _Seen:
    try:
        return check.look(resource) if resource.exists else "absent"
    except CannotTell as unknown:
        return unknown
    except Malformed as malformed:
        return CannotTell(str(malformed))
    except RecursionError:
        return CannotTell("the template is nested too deeply")
    except Exception as error:  # noqa: BLE001  (a mistake in one check must not cost a team all the others)
        return CannotTell(f"{MISTAKE} ({type(error).__name__}: {error})")
